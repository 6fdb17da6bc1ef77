"""An op's notation is read with Python's precedence, and nothing is evaluated."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlit.errors import OptionError
from backlit.explain.typeset.mathematics import Add, Number, Symbol
from backlit.explain.typeset.notation import parse
from backlit.explain.typeset.text import expression

SUM = Add((Symbol("a"), Symbol("b")))


@pytest.mark.parametrize(
    ("notation", "text"),
    [
        ("x * y", "x · y"),
        ("x / y", "x / y"),
        ("exp(x)", "eˣ"),
        ("exp(-sigma)", "e^(−σ)"),
        ("1 - tanh(x)**2", "1 − tanh(x)²"),
        ("σ(x)", "σ(x)"),
        ("sigmoid(x)", "σ(x)"),
        ("x > 0", "[x > 0]"),
        ("x <= y", "[x ≤ y]"),
        ("z * (x != 0)", "z · [x ≠ 0]"),
        ("where(x > 0, x, y)", "{x if x > 0; y otherwise}"),
        ("where(c, x, y)", "{x if c; y otherwise}"),
        ("x if x > 0 else 0", "{x if x > 0; 0 otherwise}"),
        ("sum(x)", "∑ x"),
        ("sum(i, x[i])", "∑ᵢ xᵢ"),
        ("sum(i, 1, n, w[j, i] * x[i])", "∑ᵢ₌₁ⁿ wⱼᵢ · xᵢ"),
        ("sum(i, 1, N, x[i] + 1)", "∑(i = 1 … N) (xᵢ + 1)"),
        ("log(x)", "ln(x)"),
        ("log1p(x)", "ln(1 + x)"),
        ("expm1(x)", "eˣ − 1"),
        ("square(x + y)", "(x + y)²"),
        ("sqrt(x)", "√x"),
        ("sqrt(x + y)", "√(x + y)"),
        ("sqrt(x)**2", "(√x)²"),
        ("abs(x - y)", "|x − y|"),
        ("maximum(x, y)", "max(x, y)"),
        ("partial(E, w1)", "∂E/∂w₁"),
        ("1 / partial(E, w1)", "1 / (∂E/∂w₁)"),
        ("A @ x + b", "A x + b"),
        ("transpose(A) @ x", "Aᵀ x"),
        ("(A @ B).T", "(A B)ᵀ"),
        ("[x, y, ...]", "[x, y, …]"),
        ("x[i + 1, 2 * j]", "x_(i+1,2·j)"),
        ("x[k + 1]", "xₖ₊₁"),
        ("x[10, 1]", "x₁₀,₁"),
        ("alpha * w1 + Sigma", "α · w₁ + Σ"),
        ("-x**2", "−x²"),
        ("(-x)**2", "(−x)²"),
        ("x - (y - z)", "x − (y − z)"),
        ("x - y - z", "x − y − z"),
        ("x + -y", "x − y"),
        ("x / y / z", "(x / y) / z"),
        ("x / (y * z)", "x / (y · z)"),
        ("x**y**z", "x^(yᶻ)"),
        ("x**0.5", "x^0.5"),
        ("2**-1", "2⁻¹"),
    ],
)
def test_a_notation_is_printed_as_mathematics(notation, text):
    assert expression(parse(notation)) == text


@pytest.mark.parametrize(
    ("notation", "text"),
    [
        ("x * y", "(−0.5) · (a + b)"),
        ("y * x", "(a + b) · (−0.5)"),
        ("x**2", "(−0.5)²"),
        ("-x", "−(−0.5)"),
        ("y - x", "a + b − (−0.5)"),
        ("x - y", "−0.5 − (a + b)"),
        ("x / y", "(−0.5) / (a + b)"),
        ("y**y", "(a + b)ᵃ⁺ᵇ"),
        ("tanh(y)", "tanh(a + b)"),
        ("exp(x)", "e^(−0.5)"),
        ("2 * z", "2 · (1.25 · 10⁻⁷)"),
        ("1 / z", "1 / (1.25 · 10⁻⁷)"),
        ("z + 1", "1.25 · 10⁻⁷ + 1"),
        ("v**2", "(w⁽¹⁾₂₁)²"),
    ],
)
def test_what_is_put_in_place_of_a_name_gets_its_parentheses(notation, text):
    tree = parse(
        notation, x=Number(-0.5), y=SUM, z=Number(1.25e-7), v=Symbol("w", (2, 1), "(1)")
    )
    assert expression(tree) == text


def test_indices_follow_what_is_put_in_place_of_their_names():
    tree = parse("W[i, k + 1]", W=Symbol("w"), i=Number(3), k=Number(1))
    assert tree == Symbol("w", (3, 2))
    assert parse("x[i]", i=Symbol("j")) == Symbol("x", ("j",))


@pytest.mark.parametrize(
    ("notation", "message"),
    [
        ("x +", "is no Python expression"),
        ("x\0", "is no Python expression"),
        ("", "is no Python expression"),
        ("lambda: 1", "cannot hold `lambda: 1`"),
        ("x and y", "cannot hold `x and y`"),
        ("1 < x < 2", "cannot hold `1 < x < 2`"),
        ("'text'", "cannot hold `'text'`"),
        ("True", "cannot hold `True`"),
        ("x.real", r"cannot hold `x\.real`"),
        ("f(x=1)", r"cannot hold `f\(x=1\)`"),
        ("where(x)", "calls `where` with 1 arguments"),
        ("sum(x, y, z)", "calls `sum` with 3 arguments"),
        ("(x + y)[1]", "only symbols have it"),
        ("x[y**2]", r"cannot hold the index `y \*\* 2`"),
    ],
)
def test_a_notation_out_of_the_grammar_is_refused_in_one_line(notation, message):
    with pytest.raises(OptionError, match=message) as caught:
        parse(notation)
    assert "\n" not in str(caught.value)


def test_an_index_cannot_be_a_formula():
    with pytest.raises(OptionError, match="give it a number or a symbol"):
        parse("x[i]", i=SUM)


def test_nothing_is_evaluated():
    assert expression(parse("1 / 0")) == "1 / 0"


def sources():
    """Python expressions of numbers, parenthesised at random."""
    leaf = st.sampled_from(["2", "0.5", "3", "1.25", "7"])

    def grow(inner):
        binary = st.tuples(inner, st.sampled_from("+-*/"), inner)
        return st.one_of(
            binary.map(" ".join),
            inner.map("({})".format),
            inner.map("-{}".format),
            inner.map("({})**2".format),
            st.sampled_from(["2", "3"]).flatmap(
                lambda power: inner.map(lambda text: f"({text})**-{power}")
            ),
        )

    return st.recursive(leaf, grow, max_leaves=8)


def exactly(source):
    """Evaluate arithmetic in fractions; None where it divides by zero."""
    literals = re.sub(r"(\d+\.?\d*)", r"Fraction('\1')", source)
    try:
        return eval(literals, {"Fraction": Fraction})  # noqa: S307 (written by `sources`)
    except ZeroDivisionError:
        return None


@given(sources())
def test_the_text_of_a_notation_has_the_value_of_the_notation(source):
    text = expression(parse(source)).translate(str.maketrans("−·⁻", "-*-"))
    back = re.sub(r"-?[²³]", lambda power: f"**({power[0]})", text)
    assert exactly(back.translate(str.maketrans("²³", "23"))) == exactly(source)
