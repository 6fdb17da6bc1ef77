"""Scalar expressions as a textbook prints them."""

from __future__ import annotations

import numpy as np
import pytest

import backlit as bl
from backlit.explain.elements import Elements
from backlit.explain.printing import Printer, shortened
from backlit.explain.typeset.mathematics import Number, Symbol
from backlit.explain.typeset.text import expression
from backlit.graph import input_node


def printed(make, x=0.5, y=-2.0, *, symbolic=True):
    """Return how an expression of two leaves is printed, made by a function of them."""
    values = {input_node("x", ()): np.array(x), input_node("y", ()): np.array(y)}
    elements = Elements(values, frozenset())
    leaves = [elements.leaf(node, ()) for node in values]
    names = dict(zip(leaves, map(Symbol, "xy"), strict=True))

    def number(leaf):
        return Number(elements.value(leaf))

    leaf = names.__getitem__ if symbolic else number
    printer = Printer(elements, leaf, symbolic=symbolic)
    return expression(printer.tree(make(*leaves)))


CASES = {
    "2 · x": lambda x, _: x + x,
    "3 · x²": lambda x, _: x * x * (x / x + 1) * 0 + x * x * 2 + x * x,
    "x · y": lambda x, y: 2 * (x * 0.5 * y),
    "x − y": lambda x, y: -y + x,
    "−(x + y)": lambda x, y: -x - y,
    "x − 0.5": lambda x, _: x + (-0.5),
    "2 · (x − y)": lambda x, y: 2 * x - 2 * y,
    "(x + y) / 2": lambda x, y: x / 2 + y / 2,
    "x · (1 − x)": lambda x, _: (1 - x) * x,
    "x² / y": lambda x, y: bl.square(bl.abs(x)) / y,
    "x / y": lambda x, y: bl.sign(x) * bl.abs(x) / y,
    "eˣ / y": lambda x, y: bl.exp(x - bl.log(y)),
    "ln(1 + x)": lambda x, _: bl.log1p(x),
    "|x − y|": lambda x, y: bl.abs(x - y),
}


@pytest.mark.parametrize("text", CASES)
def test_an_expression_is_printed_as_on_paper(text):
    assert printed(CASES[text]) == text


def test_numbers_stand_where_symbols_stood():
    assert printed(CASES["x · (1 − x)"], symbolic=False) == "0.5 · (1 − 0.5)"
    assert printed(CASES["2 · (x − y)"], symbolic=False) == "2 · (0.5 − (−2))"


def test_terms_that_are_cases_of_one_condition_are_one():
    def both(x, y):
        condition = x > y
        return bl.where(condition, x, 0.0) + bl.where(condition, 0.0, 1.0)

    assert printed(both) == "{x if x > y; 1 otherwise}"


@pytest.mark.parametrize(("x", "text"), [(0.5, "0.5"), (-0.5, "0.01 · (−0.5)")])
def test_in_numbers_the_case_that_holds_is_taken(x, text):
    def leaky(x, _):
        return bl.leaky_relu(x)

    assert printed(leaky, x, symbolic=False) == text
    assert printed(leaky, x) == "{x if x > 0; 0.01 · x otherwise}"


def test_an_attribute_of_1_is_no_factor():
    assert printed(lambda x, _: bl.elu(x)) == "{x if x > 0; eˣ − 1 otherwise}"


@pytest.mark.parametrize(("x", "text"), [(0.5, "x"), (2.0, "min(max(x, 0), 1)")])
def test_bounds_are_written_only_where_they_act(x, text):
    assert printed(lambda x, _: bl.clip(x, low=0, high=1), x) == text


@pytest.mark.parametrize(("x", "text"), [(-1.0, "0"), (0.5, "y"), (2.0, "0")])
def test_of_cases_within_cases_the_one_that_holds_is_taken(x, text):
    def inside(x, y):
        return y * bl.where(x < 0.0, 0.0, bl.where(x > 1.0, 0.0, 1.0))

    assert printed(inside, x) == text


def test_the_largest_terms_are_shown_in_their_order():
    terms = [Symbol(letter) for letter in "abcdef"]
    sizes = [1.0, 5.0, 0.0, 4.0, 3.0, 2.0]
    assert expression(shortened(terms, sizes)) == "b + d + e + f + … (2 more)"


def test_terms_that_are_0_are_only_counted():
    terms = [Symbol(letter) for letter in "abcdef"]
    assert expression(shortened(terms, [0, 0, 1.0, 0, 0, 0])) == "c + … (5 more, all 0)"
    assert expression(shortened(terms, [0.0] * 6)) == "a + … (5 more, all 0)"
