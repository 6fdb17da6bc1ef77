"""The terminal's form: aligned, wrapped to the width, and the same with colour."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlit.explain.typeset.characters import columns
from backlit.explain.typeset.document import (
    Bullets,
    Check,
    Display,
    Document,
    Heading,
    Note,
    Paragraph,
    Span,
    Table,
)
from backlit.explain.typeset.mathematics import Marked, Number, Symbol, equation
from backlit.explain.typeset.notation import parse
from backlit.explain.typeset.text import block_lines, expression, render

STORY = Path(__file__).with_name("story.txt")
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def body(*blocks, width=88):
    return render(Document("T", blocks), width).removeprefix("T\n═\n\n")


def test_the_story_reads_as_it_was_approved(story):
    assert render(story) == STORY.read_text("utf-8")


@pytest.mark.parametrize("width", [40, 60, 88, 200])
def test_colour_changes_no_character(story, width):
    coloured = render(story, width, colour=True)
    assert ANSI.sub("", coloured) == render(story, width)
    assert ANSI.search(coloured)


def test_each_role_has_its_colour():
    spans = [Span("x", role) for role in ("quantity", "gradient", "update", "error")]
    shown = render(Document("", (Paragraph(tuple(spans)),)), colour=True)
    assert len(set(ANSI.findall(shown)) - {"\x1b[0m"}) == 4


@pytest.mark.parametrize("width", [60, 88])
def test_no_line_is_wider_than_asked_and_none_ends_in_blanks(story, width):
    for line in render(story, width).splitlines():
        assert columns(line) <= width
        assert line == line.rstrip()


@given(st.integers(20, 100), st.lists(st.sampled_from(["a", "word", "w₁", "重み"])))
def test_wrapping_keeps_the_words_in_their_order(width, words):
    shown = body(Paragraph(" ".join(words)), width=width)
    assert shown.split() == words
    assert all(columns(line) <= width for line in shown.splitlines())


def test_equations_of_one_display_are_aligned_at_their_relations():
    shown = body(
        Display(
            (
                equation(parse("partial(E, w1)"), "=", Number(1)),
                equation(Symbol("y"), "←", Number(2)),
            )
        )
    )
    assert shown == "    ∂E/∂w₁ = 1\n    y      ← 2\n"


def test_a_short_formula_is_not_torn_apart_at_the_end_of_a_line():
    content = ("some words before ", parse("a + b + c"), " and after")
    assert body(Paragraph(content), width=24).splitlines() == [
        "some words before",
        "a + b + c and after",
    ]


def test_points_of_numbers_line_up_in_a_table():
    values = (0.5, -12.25, 3, 1.25e-7)
    rows = tuple((f"n{i}", Number(value)) for i, value in enumerate(values))
    assert body(Table(("name", "value"), rows, "Numbers")).splitlines() == [
        "    Numbers",
        "    name  value",
        "    ────  ─────────────",
        "    n0      0.5",
        "    n1    −12.25",
        "    n2      3",
        "    n3      1.25 · 10⁻⁷",
    ]


def test_a_table_too_wide_wraps_its_widest_column():
    rows = (("x", "one two three four five six seven eight nine ten"),)
    shown = body(Table(("a", "b"), rows), width=40)
    assert max(map(columns, shown.splitlines())) <= 40
    assert shown.splitlines()[2:] == [
        "    x  one two three four five six seven",
        "       eight nine ten",
    ]


def test_checks_stand_together_and_say_it_in_words():
    shown = body(Check(True, "a"), Check(False, "b"), Note("c"))
    assert shown == "✓ holds: a\n✗ fails: b\n\n│ Note: c\n"


def test_long_items_and_notes_hang():
    shown = body(Bullets(("one two three four",)), Note("one two three"), width=16)
    assert shown.splitlines() == [
        "  • one two",
        "    three four",
        "",
        "│ Note: one two",
        "│ three",
    ]


def test_names_cannot_send_codes_to_the_terminal():
    evil = "\x1b[2J\n\x07name"
    blocks = (
        Heading(1, evil),
        Heading(2, evil),
        Paragraph((evil, Symbol(evil), Symbol("w", (evil,), evil))),
        Table((evil,), ((evil,),), evil),
        Display((Marked(Symbol(evil), "error"),)),
    )
    shown = render(Document(evil, blocks))
    assert "\x1b" not in shown
    assert "\x07" not in shown


def test_an_empty_document_is_its_title():
    assert render(Document("Title", ())) == "Title\n═════\n"
    assert body(Paragraph(""), Bullets(()), Display(())).strip() == ""


def test_a_thing_that_is_no_block_is_named():
    with pytest.raises(TypeError, match="str is no block"):
        block_lines("text", 88)


def test_a_formula_alone_is_one_line(neuron):
    values = {"w2": Number(neuron.w2), "b": Number(neuron.b)}
    assert (
        expression(parse("w1 * x1 + w2 * x2 + b", **values))
        == "w₁ · x₁ + (−0.6) · x₂ + 0.1"
    )
