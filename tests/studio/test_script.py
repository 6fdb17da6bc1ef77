"""The script of a run does what the page did."""

import runpy

import numpy as np
import pytest
from msgspec.structs import replace

from backlit.network import file as network_file
from backlit.network.file import InitialiserTable, LayerTable, NetworkTable
from backlit.studio.bundle import bundle
from backlit.studio.page import page
from backlit.studio.script import CHANGES, STEPS, script, template
from backlit.studio.spec import LESSON, DataTable, Spec

MOONS = Spec(
    NetworkTable(2, "binary_cross_entropy_with_logits", 0.05, seed=4, l2=0.01),
    [
        LayerTable(5, activation="tanh", initialiser=InitialiserTable("normal", 0.5)),
        LayerTable(1, freeze=["bias"]),
    ],
    data=DataTable("moons", samples=60, seed=2),
    optimizer={"kind": "Adam", "beta1": 0.8},
    batch_size=7,
)


def ran(text, tmp_path):
    """Return what a script leaves."""
    file = tmp_path / "run.py"
    file.write_text(text, "utf-8")
    return runpy.run_path(str(file))


def test_template_has_both_gaps():
    text = template(LESSON)
    assert text.count(CHANGES) == text.count(STEPS) == 1


def test_run_of_the_lesson_moves_the_weights_as_a_pass_says(tmp_path, capsys):
    net = ran(script(LESSON, [], 0), tmp_path)["net"]
    said = net.trace([0.5, 0.8], [1.0], learning_rate=0.5).updated
    moved = ran(script(LESSON, [], 1), tmp_path)["net"]
    for name, values in moved.parameters.items():
        assert values == pytest.approx(said[name], rel=1e-15)
    assert "dense1.weight [[0.46" in capsys.readouterr().out


def test_changes_by_hand_come_at_their_steps(tmp_path):
    weight = {"name": "dense1.weight", "index": [0, 1]}
    changes = [
        {"step": 1, **weight, "value": 9.0},
        {"step": 2, "name": "t", "index": [0, 0], "value": 0.0},
        {"step": 2, "learningRate": 0.25},
    ]
    before = ran(script(LESSON, changes, 2), tmp_path)
    assert before["T"].tolist() == [[0.0]]
    net = before["net"]
    said = net.trace([0.5, 0.8], [0.0], learning_rate=0.25).updated
    after = ran(script(LESSON, changes, 3), tmp_path)["net"]
    for name, values in after.parameters.items():
        assert values == pytest.approx(said[name], rel=1e-15)
    assert net.parameters["dense1.weight"][0, 1] > 8


@pytest.mark.parametrize(
    "spec",
    [
        LESSON,
        MOONS,
        replace(MOONS, shuffle=False, optimizer={"kind": "SGD", "momentum": 0.9}),
        replace(
            MOONS, data=DataTable("mine", csv="a,b,c\n1,2,0\n3,4,1\n5,1,0\n2,2,1\n")
        ),
    ],
    ids=["neuron", "adam", "momentum", "csv"],
)
def test_every_kind_of_spec_becomes_a_script_that_runs(spec, tmp_path):
    found = ran(script(spec, [{"step": 3, "batchSize": 2}], 9), tmp_path)
    assert found["state"].step == 9
    assert found["plan"].batch_size == 2


@pytest.mark.slow
def test_script_comes_to_the_weights_of_the_page(browser, tmp_path):
    """Plays, edits and changes η and the batch in a page, then takes both files out."""
    (tmp_path / "page.html").write_text(page(bundle(MOONS)), "utf-8")
    tab = browser.new_page(accept_downloads=True)
    tab.goto((tmp_path / "page.html").as_uri())
    typed(tab, "Step", "33")
    typed(tab, "input x1", "0.25")
    tab.locator("summary", has_text="Settings").click()
    typed(tab, "learning rate η", "0.02")
    typed(tab, "Step", "40")
    typed(tab, "batch size", "11")
    typed(tab, "Step", "97")
    tab.wait_for_function("document.querySelector('.place input').value === '97'")
    tab.get_by_role("button", name="Share").click()
    run = ran(taken(tab, "Python script of this run", tmp_path), tmp_path)
    toml = network_file.parse(taken(tab, "Network file (TOML)", tmp_path))
    tab.close()
    assert len(run["CHANGES"]) == 3
    assert run["STEPS"] == 97
    for name, values in run["net"].parameters.items():
        np.testing.assert_allclose(toml.parameters[name], values, rtol=1e-9)
    assert toml.architecture.layers[0].units == 5


def typed(tab, label, text):
    field = tab.get_by_label(label, exact=True)
    field.fill(text)
    field.press("Enter")
    tab.wait_for_timeout(150)


def taken(tab, label, tmp_path):
    """Return the text of a file that a button saves."""
    with tab.expect_download() as download:
        tab.get_by_role("button", name=label).click()
    download.value.save_as(tmp_path / "taken")
    return (tmp_path / "taken").read_text("utf-8")
