"""MathML Core with the elements that mean what is written."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from backlit.explain.typeset.mathematics import (
    Add,
    Marked,
    Number,
    Symbol,
    equation,
    symbol,
)
from backlit.explain.typeset.notation import parse
from backlit.explain.typeset.presentation import display, element, inline

CORE = {
    *("math", "mrow", "mfrac", "msqrt", "msub", "msup", "msubsup", "munder", "mover"),
    *("munderover", "mtable", "mtr", "mtd", "mi", "mn", "mo", "mtext", "mspace"),
}


def inside(tree):
    source = ET.tostring(inline(tree), encoding="unicode")
    return source.partition(">")[2].removesuffix("</math>")


@pytest.mark.parametrize(
    ("notation", "source"),
    [
        ("x / 2", "<mfrac><mi>x</mi><mn>2</mn></mfrac>"),
        ("sqrt(x)", "<msqrt><mi>x</mi></msqrt>"),
        ("w1**2", "<msup><msub><mi>w</mi><mn>1</mn></msub><mn>2</mn></msup>"),
        ("eta", "<mi>η</mi>"),
        ("Sigma", '<mi mathvariant="normal">Σ</mi>'),
    ],
)
def test_formulas_have_their_elements(notation, source):
    assert inside(parse(notation)) == source


def test_a_function_is_applied_and_a_product_of_matrices_is_not_silent():
    assert "<mi>tanh</mi><mo>\u2061</mo>" in inside(parse("tanh(x)"))
    assert "\u2062" in inside(parse("A @ x"))


def test_sums_have_limits_below_and_above():
    assert inside(parse("sum(i, 1, n, x)")).startswith("<mrow><munderover><mo>∑</mo>")
    assert inside(parse("sum(i, x)")).startswith("<mrow><munder>")
    assert inside(parse("sum(x)")).startswith("<mrow><mo>∑</mo>")


def test_bracket_rows_hold_what_their_brackets_hold():
    root = inline(parse("a / b * (x + y)"))
    inner = root[0][-1]
    assert inner[0].text == "("
    assert inner[-1].text == ")"
    assert {mo.get("stretchy") for mo in (inner[0], inner[-1])} == {"false"}
    tall = inline(parse("(a / b)**2"))[0][0]
    assert tall[0].get("stretchy") == "true"


def test_bold_letters_are_bold_characters():
    assert inside(Symbol("W", bold=True)) == "<mi>𝐖</mi>"
    assert inside(Symbol("x", bold=True)) == "<mi>𝐱</mi>"
    assert inside(Symbol("δ", bold=True)) == "<mi>δ</mi>"


def test_brackets_broken_over_lines_are_still_rows():
    terms = Add(tuple(map(Number, range(100, 140))))
    root = display([equation(symbol("y"), "=", parse("f(x)", x=terms))])
    first, *_, last = root[0]
    signs = [[mo.text for mo in row.iter("mo")] for row in (first, last)]
    assert "(" in signs[0]
    assert ")" not in signs[0]
    assert signs[1][-1] == ")"


def test_arguments_are_separated():
    assert '<mo separator="true">,</mo>' in inside(parse("max(x, y)"))


def test_a_role_is_a_class():
    assert inside(Marked(Number(1), "gradient")) == (
        '<mrow class="gradient"><mn>1</mn></mrow>'
    )


def test_a_chain_is_a_table_of_two_columns_with_its_text_as_alternative():
    chain = equation(symbol("y"), "=", Add(tuple(map(Number, range(100, 140)))))
    root = display([chain, chain])
    assert root.get("display") == "block"
    assert root.get("alttext").startswith("y = 100 + 101 + ")
    (table,) = root
    assert len(table) > 4
    assert all(len(row) == 2 for row in table)


def test_only_elements_of_mathml_core_are_used(story):
    for block in story.blocks:
        equations = getattr(block, "equations", ())
        used = {node.tag for tree in equations for node in inline(tree).iter()}
        used |= {node.tag for node in display(equations or [Number(1)]).iter()}
        assert used <= CORE


def test_elements_mix_text_and_elements():
    made = element(
        "p", "a", element("b", "c"), "d", "e", class_="x", aria_hidden="true"
    )
    source = ET.tostring(made, encoding="unicode")
    assert source == '<p class="x" aria-hidden="true">a<b>c</b>de</p>'
