"""Long sums with an index."""

from __future__ import annotations

import pytest

from backlit.explain.indexed import indexed
from backlit.explain.typeset.mathematics import Add, Negate, Symbol
from backlit.explain.typeset.notation import parse
from backlit.explain.typeset.text import expression


def terms(notation, numbers):
    """Return a term for each number n, with w and x at n."""
    return [
        parse(notation, w=Symbol("w", (2, n)), x=Symbol("x", (n,))) for n in numbers
    ]


def written(found):
    return expression(Add(found)) if len(found) > 1 else expression(found[0])


@pytest.mark.parametrize(
    ("notation", "numbers", "text"),
    [
        ("w * x", range(1, 10), "∑ᵢ₌₁⁹ w₂ᵢ · xᵢ"),
        ("w * x", range(4, 8), "∑ᵢ₌₄⁷ w₂ᵢ · xᵢ"),
        ("square(x)", range(1, 4), "∑ᵢ₌₁³ xᵢ²"),
        ("exp(x) / 2", range(1, 4), "∑ᵢ₌₁³ e^(xᵢ) / 2"),
    ],
)
def test_neighbours_that_differ_in_an_index_are_a_sum(notation, numbers, text):
    assert written(indexed(terms(notation, numbers))) == text


def test_what_is_not_alike_stays_beside_the_sum():
    found = indexed([Symbol("a"), *terms("w * x", range(1, 5)), Symbol("b")])
    assert written(found) == "a + ∑ᵢ₌₁⁴ w₂ᵢ · xᵢ + b"


def test_two_runs_are_two_sums():
    found = indexed([*terms("x", range(1, 4)), *terms("w", range(1, 4))])
    assert written(found) == "∑ᵢ₌₁³ xᵢ + ∑ᵢ₌₁³ w₂ᵢ"


def test_what_is_taken_away_is_one_sum_that_is_taken_away():
    negative = [Negate(term) for term in terms("w * x", range(1, 5))]
    assert written(indexed([Symbol("a"), *negative])) == "a − ∑ᵢ₌₁⁴ w₂ᵢ · xᵢ"


@pytest.mark.parametrize("numbers", [(1, 2), (1, 3, 5), (2, 1, 0)])
def test_fewer_than_three_that_count_up_are_no_sum(numbers):
    assert indexed(terms("w * x", numbers)) is None


def test_the_letter_can_be_chosen():
    assert written(indexed(terms("x", range(1, 4)), "n")) == "∑ₙ₌₁³ xₙ"


def test_terms_that_alternate_are_taken_in_pairs():
    pairs = zip(terms("log(x)", range(1, 4)), terms("w * x", range(1, 4)), strict=True)
    found = indexed([term for pair in pairs for term in pair])
    assert written(found) == "∑ᵢ₌₁³ (ln(xᵢ) + w₂ᵢ · xᵢ)"
