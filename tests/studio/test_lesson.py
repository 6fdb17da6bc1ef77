"""Lessons are read, and what is wrong in one is said in a line."""

import re
from pathlib import Path

import pytest

from backlit.errors import BacklitError, DataError
from backlit.studio import lesson
from backlit.studio.bundle import bundle
from backlit.studio.opening import opening
from backlit.studio.spec import LESSON

STEP = '[[step]]\ntitle = "A"\ntext = "B"\n'


def test_lesson_that_comes_with_backlit_is_sound():
    found = lesson.read(lesson.NEURON)
    assert found.start.layer == LESSON.layer
    assert len(found.step) == 10


def test_goals_of_the_lesson_are_stages_of_its_network():
    found = lesson.read(lesson.NEURON)
    stages = [stage.name for stage in bundle(found.start).stages]
    goals = [s.goal.stage for s in found.step if s.goal and s.goal.stage]
    assert goals == sorted(goals, key=stages.index)


def test_lesson_starts_with_the_neuron_where_nothing_else_is_given():
    assert lesson.parse(f'title = "T"\n{STEP}').start == LESSON


def test_studio_opens_a_lesson(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(f'title = "T"\n{STEP}')
    begins = opening(file)
    assert begins.lesson.title == "T"
    assert bundle(begins.spec, lesson=begins.lesson).lesson.step[0].text == "B"


def test_studio_opens_the_introductory_lesson_by_its_name():
    assert opening("lesson").lesson.title == lesson.read(lesson.NEURON).title


BAD = """
[start.network]
inputs = 0
[[start.layer]]
units = 1
[start.sample]
x = [1]
t = [1]
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "missing required field 'title'"),
        ('title = "T"', "missing required field 'step'"),
        ('title = "T"\nstep = []', r"no steps; write at least one \[\[step\]\]"),
        (f'titel = "T"\n{STEP}', "unknown field 'titel'"),
        ("= 3", "not valid TOML"),
        (f"title = 3\n{STEP}", "title: expected 'str', got 'int'"),
        (f'title = "T"\n[controls]\nhidden = ["view"]\n{STEP}', "mean 'views'"),
        (f'title = "T"\n[controls]\nhidden = ["q9"]\n{STEP}', "in the lesson 'q9'"),
        (f'title = "T"\n{STEP}{STEP}goal = {{set = 1}}', "the lesson, step 2.goal: "),
        (f'title = "T"\n{STEP}goal = {{stage = "gard"}}', "also with grad. or new."),
        (f'title = "T"\n{BAD}{STEP}', r"the lesson, start: .*inputs"),
        (f'title = "T"\n{STEP}look = "dense9.sum[0]"', "'dense9.sum"),
        (f'title = "T"\n{STEP}look = "dense1.sum"', r"such as dense1.sum\[0\]"),
        (f'title = "T"\n{STEP}look = "dense1.weight[0,2]"', r"weight\[0,0\]"),
        (f'title = "T"\n{STEP}[step.goal]\n', "here are 0"),
        (f'title = "T"\n{STEP}goal = {{step = 1, stage = "E"}}', "here are 2"),
        (f'title = "T"\n{STEP}goal = {{step = -1}}', "whole number"),
        (f'title = "T"\n{STEP}goal = {{error_below = nan}}', "finite number"),
        (f'title = "T"\n{STEP}goal = {{stage = "grad.dense2.sum"}}', "dense1.sum"),
        (f'title = "T"\n{STEP}goal = {{select = "F"}}', r"\[\[step\]\] 1, select"),
        (f'title = "T"\n[start.network]\ninputs = 1\n{STEP}', "start"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(text, said):
    with pytest.raises(BacklitError, match=said) as found:
        lesson.parse(text)
    assert "\n" not in str(found.value)


def test_file_that_is_no_text_is_said_to_be_none(tmp_path):
    file = tmp_path / "lesson.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match="not text"):
        lesson.read(file)


def test_every_control_is_described():
    assert all(words and words[0].islower() for words in lesson.CONTROLS.values())


def test_the_lesson_in_the_documentation_is_one():
    told = Path(__file__).parents[2] / "docs" / "studio.md"
    [example] = re.findall(r"```toml\n(.*?)```", told.read_text("utf-8"), re.DOTALL)
    assert len(lesson.parse(example, "studio.md").step) == 2
