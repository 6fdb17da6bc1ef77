"""Markdown that says what was meant, whatever the names hold."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from backlit.explain.typeset.characters import printable
from backlit.explain.typeset.document import (
    Bullets,
    Display,
    Document,
    Heading,
    Note,
    Paragraph,
    Table,
)
from backlit.explain.typeset.markdown import block_source, expression, render
from backlit.explain.typeset.mathematics import (
    Number,
    Partial,
    Symbol,
    equation,
    symbol,
)
from backlit.explain.typeset.notation import parse

STORY = Path(__file__).with_name("story.md")
GITHUB = MarkdownIt("commonmark").enable(["table", "strikethrough"])
NASTY = (
    "a_b_ *c* **d** `e` [f](g) ![h](i) <b>j</b> &amp; $k$ | l ~~m~~ # \\ n ^o^ % {p}"
)


def shown(source):
    """The words that a reader sees."""
    return html.unescape(re.sub(r"<[^>]*>", "", GITHUB.render(source)))


def words(text):
    return printable(text).split()


def test_the_story_reads_as_it_was_approved(story):
    assert render(story) == STORY.read_text("utf-8")


@given(st.text(st.characters(exclude_categories=["Zs"]) | st.just(" ")))
@example(NASTY)
@example("- item")
@example("1. item")
@example("1) item")
@example("+ item")
@example("--- ")
@example("===")
@example("    code")
@example("> quote")
@example("ends in \\")
def test_text_is_shown_as_it_is(text):
    for block in (Paragraph(text), Bullets((text,)), Heading(2, text)):
        assert words(shown(block_source(block))) == words(text)
    assert words(shown(block_source(Note(text)))) == ["Note:", *words(text)]


@given(st.text(st.characters(exclude_categories=["Zs"]), min_size=1))
@example("a|b")
@example("a\\|b")
def test_a_cell_stays_one_cell(text):
    source = block_source(Table(("name", "value"), ((text, Number(0.5)),)))
    assert GITHUB.render(source).count("<td") == 2
    assert words(shown(source)) == ["name", "value", *words(text), "0.5"]


def test_numbers_of_a_table_stand_right_and_are_plain():
    source = block_source(Table(("x", "y"), (("a", Number(-1.25e-7)),), "A *caption*"))
    assert source.splitlines() == [
        r"*A \*caption\**",
        "",
        "| x | y |",
        "| --- | ---: |",
        "| a | −1.25 · 10⁻⁷ |",
    ]


@pytest.mark.parametrize(
    ("tree", "source"),
    [
        (Symbol("w", (2, 1), "(1)"), "$w_{2,1}^{(1)}$"),
        (Partial(symbol("E"), symbol("w1")), r"$\frac{\partial E}{\partial w_{1}}$"),
        (Symbol("a_b"), r"$`\mathrm{a\_b}`$"),
        (Symbol("out", (1,)), r"$`\mathrm{out}_{1}`$"),
        (parse("abs(x) < 1"), r"$[\lvert x\rvert < 1]$"),
    ],
)
def test_formulas_github_would_misread_are_kept_from_it(tree, source):
    assert expression(tree) == source


def test_one_equation_stands_alone_and_several_are_aligned():
    one = equation(symbol("y"), "=", Number(1))
    assert block_source(Display((one,))) == "$$\ny = 1\n$$"
    assert block_source(Display((one, one))) == (
        "$$\n\\begin{aligned}\ny & = 1 \\\\\ny & = 1\n\\end{aligned}\n$$"
    )
    assert block_source(Display((Symbol("a_b"),))) == "```math\n\\mathrm{a\\_b}\n```"


def test_no_formula_can_leave_its_dollars():
    for name in ("$", "`", "``", "$$", "a`$b"):
        inner = expression(Symbol(name)).strip("$")
        assert "`$" not in inner[:-1]
        assert not re.search(r"(?<!\\)\$", inner)


def test_empty_blocks_leave_no_gap():
    document = Document("T", (Display(()), Bullets(()), Paragraph("a")))
    assert render(document) == "# T\n\na\n"


def test_a_thing_that_is_no_block_is_named():
    with pytest.raises(TypeError, match="str is no block"):
        block_source("text")
