"""Products and sums collected as on paper."""

from __future__ import annotations

import pytest

from backlit.explain.products import Factor, Product, collected, lowest
from backlit.explain.typeset.mathematics import Add, Call, Number, Symbol
from backlit.explain.typeset.text import expression

X, Y = Factor("x", Symbol("x")), Factor("y", Symbol("y"))
ROOT = Factor("root", Call("sqrt", (Symbol("z"),)))
SUM = Factor("sum", Add((Symbol("a"), Symbol("b"))))


def written(product, digits=4):
    return expression(product.tree(digits))


@pytest.mark.parametrize(
    ("product", "text"),
    [
        (Product(1), "1"),
        (Product(0, 1, (X,)), "0"),
        (Product(-0.5), "−0.5"),
        (Product(1, 1, (X,)), "x"),
        (Product(-1, 1, (X, Y)), "−x · y"),
        (Product(2, 3, (X,)), "2 · x / 3"),
        (Product(1, 2, (), (X,)), "1 / (2 · x)"),
        (Product(1, 1, (X, X, Y)), "x² · y"),
        (Product(1, 1, (SUM, X)), "x · (a + b)"),
        (Product(3, 1, (ROOT,)), "3 · √z"),
        (Product(-1, 4, (X,), (Y,)), "−x / (4 · y)"),
    ],
)
def test_a_product_is_written_without_ones_plain_factors_first(product, text):
    assert written(product) == text


def test_numbers_of_a_product_are_multiplied():
    half_x, two_y = Product(1, 2, (X,)), Product(2, 1, (Y,))
    assert written(half_x.times(two_y)) == "x · y"
    assert written(half_x.times(half_x)) == "x² / 4"
    assert written(half_x.inverse()) == "2 / x"


def test_factors_that_print_alike_are_not_the_same():
    a, b = Factor("w", Number(0.5)), Factor("x", Number(0.5))
    assert written(Product(1, 1, (a, b))) == "0.5 · 0.5"
    assert written(Product(1, 1, (a, a))) == "0.5²"


def test_like_terms_are_added_whatever_the_order_of_factors():
    terms = [Product(2, 1, (X, Y)), Product(1, 3, (X,)), Product(1, 1, (Y, X))]
    assert [written(t) for t in collected(terms)] == ["3 · x · y", "x / 3"]


def test_terms_that_cancel_are_gone():
    assert collected([Product(1, 2, (X,)), Product(-1, 2, (X,))]) == []


def test_powers_and_quotients_are_not_like_terms():
    terms = [Product(1, 1, (X,)), Product(1, 1, (X, X)), Product(1, 1, (), (X,))]
    assert len(collected(terms)) == 3


@pytest.mark.parametrize(
    ("fraction", "found"),
    [
        ((2, 4), (1, 2)),
        ((6, 3), (2, 1)),
        ((1, -2), (-1, 2)),
        ((0.5, 2), (0.25, 1)),
        ((0, 5), (0, 1)),
    ],
)
def test_fractions_of_whole_numbers_are_in_lowest_terms(fraction, found):
    assert lowest(*fraction) == found
