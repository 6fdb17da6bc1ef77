"""Parentheses cannot lie: what is printed, turned back, has the formula's value."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from fractions import Fraction
from functools import reduce
from operator import add, mul

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlit.explain.typeset import latex, mathml, text
from backlit.explain.typeset.characters import SUPERSCRIPTS
from backlit.explain.typeset.layout import layout
from backlit.explain.typeset.mathematics import (
    Add,
    BigSum,
    Call,
    Compare,
    Divide,
    Equation,
    Marked,
    Multiply,
    Negate,
    Number,
    Partial,
    Power,
    Subtract,
    Symbol,
    equation,
    symbol,
)
from backlit.explain.typeset.notation import parse
from backlit.explain.typeset.numbers import figures

ORDINARY = {character: base for base, character in SUPERSCRIPTS.items()}


def trees():
    """Arithmetic of numbers, large, small and negative ones among them."""
    leaf = st.builds(
        Number,
        st.sampled_from([0.5, -0.5, 2, -3, 1.25e-7, -1.25e-7, 1e-9, -1e-9, 7, 0]),
    )

    def grow(inner):
        several = st.lists(inner, min_size=2, max_size=3).map(tuple)
        power = st.integers(-2, 3).map(Number)
        return st.one_of(
            several.map(Add),
            several.map(Multiply),
            st.builds(Subtract, inner, inner),
            st.builds(Divide, inner, inner),
            st.builds(Power, inner, power),
            inner.map(Negate),
            inner.map(lambda tree: Marked(tree, "gradient")),
        )

    return st.recursive(leaf, grow, max_leaves=7)


def value(tree):
    """The value of a formula in fractions, straight from its structure."""
    match tree:
        case Number():
            parts = figures(tree.value)
            size = Fraction(parts.mantissa or "1") * Fraction(10) ** (
                parts.exponent or 0
            )
            return -size if parts.negative else size
        case Add(terms):
            return reduce(add, map(value, terms))
        case Multiply(factors):
            return reduce(mul, map(value, factors))
        case Subtract(left, right):
            return value(left) - value(right)
        case Divide(numerator, denominator):
            return value(numerator) / value(denominator)
        case Power(base, exponent):
            return value(base) ** value(exponent)
        case Negate(body):
            return -value(body)
        case Marked(body):
            return value(body)
    raise AssertionError(tree)


def computed(source):
    literals = re.sub(r"(\d+\.?\d*)", r"Fraction('\1')", source)
    return eval(literals, {"Fraction": Fraction})  # noqa: S307 (written by the test)


def from_text(shown):
    raised = f"[{''.join(ORDINARY)}]+"
    plain = re.sub(
        raised, lambda run: f"**({''.join(ORDINARY[c] for c in run[0])})", shown
    )
    return plain.translate(str.maketrans("−·", "-*")).replace("^", "**")


def from_latex(source):
    plain = re.sub(r"\\(left|right|frac)", "", source).replace(r"\cdot", "*")
    plain = plain.translate(str.maketrans("{}", "()")).replace("^", "**")
    return plain.replace(")(", ")/(")


def from_mathml(node):
    parts = [from_mathml(child) for child in node]
    match node.tag.rpartition("}")[2]:
        case "mfrac":
            return f"(({parts[0]})/({parts[1]}))"
        case "msup":
            return f"{parts[0]}**({parts[1]})"
        case "mn" | "mo":
            return node.text.translate(str.maketrans("−·", "-*"))
    return "".join(parts)


@pytest.mark.parametrize(
    "turned_back",
    [
        lambda tree: from_text(text.expression(tree)),
        lambda tree: from_latex(latex.expression(tree)),
        lambda tree: from_mathml(ET.fromstring(mathml.expression(tree))),  # noqa: S314
    ],
    ids=["text", "latex", "mathml"],
)
@given(tree=trees())
def test_what_is_printed_has_the_value_of_the_formula(turned_back, tree):
    source = turned_back(tree)
    try:
        expected = value(tree)
    except ZeroDivisionError:
        with pytest.raises(ZeroDivisionError):
            computed(source)
    else:
        assert computed(source) == expected


A, B, C, W = (Symbol(name) for name in "abcw")
SERIES = BigSum(Symbol("i"), None, None, Symbol("x", ("i",)))


@pytest.mark.parametrize(
    ("tree", "shown"),
    [
        (Multiply((A, SERIES)), "a · ∑ᵢ xᵢ"),
        (Multiply((SERIES, A)), "(∑ᵢ xᵢ) · a"),
        (Multiply((Multiply((A, SERIES)), B)), "(a · ∑ᵢ xᵢ) · b"),
        (Add((SERIES, A)), "∑ᵢ xᵢ + a"),
        (BigSum(Symbol("i"), None, None, Add((A, B))), "∑ᵢ (a + b)"),
        (Multiply((A, Multiply((B, C)))), "a · (b · c)"),
        (Multiply((Multiply((A, B), "⊙"), C), ""), "(a ⊙ b) c"),
        (Multiply((A, Number(2)), ""), "a · 2"),
        (Add((A, Add((B, C)))), "a + (b + c)"),
        (Add((A, Negate(Add((B, C))))), "a − (b + c)"),
        (Add((A, Number(-0.5))), "a + (−0.5)"),
        (Power(Partial(A, B), Number(2)), "(∂a/∂b)²"),
        (Partial(Add((A, B)), W), "∂(a + b)/∂w"),
        (Power(Call("exp", (A,)), B), "(eᵃ)ᵇ"),
        (Power(Symbol("x", (1,)), Number(2)), "x₁²"),
        (Power(Symbol("x", (), "(1)"), Number(2)), "(x⁽¹⁾)²"),
        (Multiply((Compare(A, ">", B), C)), "(a > b) · c"),
        (Add((Marked(Number(-1), "error"), A)), "−1 + a"),
        (Multiply((A, Marked(Number(-1), "error"))), "a · (−1)"),
    ],
)
def test_parentheses_stand_where_the_precedence_demands_them(tree, shown):
    assert text.expression(tree) == shown


def test_open_cases_are_closed_inside_of_a_larger_formula():
    cases = parse("where(x > 0, x, y)")
    assert text.expression(Add((cases, A))) == "{x if x > 0; y otherwise} + a"
    assert latex.expression(Add((cases, A))).startswith(r"\left(\begin{cases}")
    assert "left" not in latex.expression(equation(A, "=", cases))


@pytest.mark.parametrize(
    ("sub", "sup", "shown", "tex"),
    [
        ((2, 1), "(1)", "w⁽¹⁾₂₁", "w^{(1)}_{2,1}"),
        ((10, 1), None, "w₁₀,₁", "w_{10,1}"),
        (("j", "i"), None, "wⱼᵢ", "w_{j,i}"),
        (("b",), None, "w_b", "w_{b}"),
        (("out",), None, "wₒᵤₜ", r"w_{\mathrm{out}}"),
        (("alpha",), None, "w_α", r"w_{\alpha}"),
        ((-1,), None, "w₋₁", "w_{-1}"),
        ((), "′", "w′", r"w^{\prime}"),
    ],
)
def test_indices_and_raised_marks(sub, sup, shown, tex):
    assert text.expression(Symbol("w", sub, sup)) == shown
    assert latex.expression(Symbol("w", sub, sup)) == tex


def test_a_thing_that_is_no_formula_is_named():
    with pytest.raises(TypeError, match="str is no formula"):
        layout("x", linear=True)


def test_a_lone_side_is_an_equation_too():
    assert text.expression(Equation((symbol("x1"),), ())) == "x₁"
