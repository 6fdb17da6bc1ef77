"""TeX's mathematics: balanced, and of commands that everybody has."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backlit.explain.typeset.mathematics import (
    Add,
    Call,
    Matrix,
    Number,
    Piecewise,
    Symbol,
    Vector,
    equation,
    symbol,
)
from backlit.explain.typeset.notation import parse
from backlit.explain.typeset.tex import escaped, formula, rows

NASTY = "_&%$#<>{}\\~^\"'`|*[]()!?@;:,.-+=/ äб重"


def unbalanced(source):
    """How many braces stay open; negative if one closes too early."""
    bare = re.sub(r"\\[\\{}]", "", source)
    depth = 0
    for character in bare:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth < 0:
            return depth
    return depth


@given(st.text(min_size=1), st.text(min_size=1), st.text())
@example(NASTY, NASTY, NASTY)
def test_braces_balance_whatever_the_names_hold(name, index, mark):
    tree = Call(name, (Symbol(name, (index, 1), mark), Symbol(index, bold=True)))
    assert unbalanced(formula(tree)) == 0
    assert unbalanced(escaped(name)) == 0


@given(st.text(min_size=1))
@example(NASTY)
def test_no_special_character_of_a_name_is_left_bare(name):
    source = formula(Symbol(name))
    assert not re.search(r"(?<!\\)[&%$#_~^]", source)


@pytest.mark.parametrize(
    ("notation", "source"),
    [
        ("w1 * x", r"w_{1} \cdot x"),
        ("sigma * Sigma", r"\sigma \cdot \Sigma"),
        ("eta * delta", r"\eta \cdot \delta"),
        ("σ(Σ)", r"\sigma(\Sigma)"),
        ("tanh(x)", r"\tanh(x)"),
        ("softplus(x)", r"\operatorname{softplus}(x)"),
        ("log(x)", r"\ln(x)"),
        ("abs(x / y)", r"\left\lvert \frac{x}{y}\right\rvert"),
        ("(x / y)**2", r"\left(\frac{x}{y}\right)^{2}"),
        ("sqrt(x)", r"\sqrt{x}"),
        ("sum(i, 1, n, x[i])", r"\sum_{i = 1}^{n} x_{i}"),
        ("partial(E, w)", r"\frac{\partial E}{\partial w}"),
        ("x.T", r"x^{\mathrm{T}}"),
        ("x >= 0", r"[x \ge 0]"),
        ("dense1.T", r"\mathrm{dense1}^{\mathrm{T}}"),
        ("ŷ - y", r"\hat{y} - y"),
    ],
)
def test_notations_in_tex(notation, source):
    assert formula(parse(notation)) == source


def test_numbers_in_tex():
    assert formula(Number(-1.25e-7)) == r"-1.25 \cdot 10^{-7}"
    assert formula(Number(float("inf"))) == r"\infty"
    assert formula(Number(float("nan"))) == r"\mathrm{NaN}"


def test_bold_names():
    assert formula(Symbol("W", bold=True)) == r"\mathbf{W}"
    assert formula(Symbol("delta", bold=True)) == r"\boldsymbol{\delta}"


def test_matrices_and_cases_have_rows():
    assert formula(Vector((Number(1), Number(2)))) == (
        "\\left(\\begin{matrix} 1 \\\\\n2 \\end{matrix}\\right)"
    )
    assert formula(Matrix(((Number(1), Number(2)),))) == (
        r"\left(\begin{matrix} 1 & 2 \end{matrix}\right)"
    )
    cases = Piecewise(((symbol("x"), parse("x > 0")),), Number(0))
    assert formula(cases) == (
        "\\begin{cases} x & \\text{if }x > 0 \\\\\n0 & \\text{otherwise} \\end{cases}"
    )


def test_tall_brackets_broken_over_lines_are_no_pair():
    terms = [parse("x / y", x=Number(i + 0.125), y=symbol("N")) for i in range(30)]
    tree = equation(symbol("y"), "=", parse("f(x) * 2", x=Add(tuple(terms))))
    found = rows([tree])
    assert len(found) > 1
    assert r"\Bigl(" in found[0] + found[1]
    assert r"\Bigr)" in found[-1]
    for row in found:
        assert row.count(r"\left") == row.count(r"\right")
        assert row.count("&") == 1


def test_a_row_that_begins_with_a_bracket_is_kept_from_the_row_above():
    tree = equation(parse("x > 0"), "=", Number(1))
    assert rows([tree, tree])[1].startswith("{}[")
