"""Formulas of some elements become one with letters, or are told to differ."""

import pytest

from backlit.explain.typeset.mathematics import Add, Multiply, Number, Symbol
from backlit.studio.rules.general import Differ, Letter, general, index

LETTERS = {"j": (0, 1, 0), "i": (0, 0, 1)}


def product(j, i):
    return Multiply((Symbol("w", (j, i), "(1)"), Symbol("x", (i,))))


def test_an_index_that_goes_along_with_a_coordinate_is_its_letter():
    found = general([product(1, 1), product(2, 1), product(1, 2)], LETTERS)
    assert found == product("j", "i")
    assert all(isinstance(n, Letter) for n in found.factors[0].sub)


def test_an_index_that_stays_is_kept():
    assert general([Symbol("w", (n, 2)) for n in (1, 2, 1)], LETTERS) == Symbol(
        "w", (Letter("j"), 2)
    )


@pytest.mark.parametrize(
    "other",
    [
        Add((Symbol("x", (1,)),)),
        Symbol("y", (1,)),
        Symbol("x", (1, 1)),
        Symbol("x", (7,)),
        Symbol("x", ("i",)),
    ],
)
def test_formulas_of_two_forms_have_none_in_common(other):
    with pytest.raises(Differ):
        general([Symbol("x", (1,)), other, Symbol("x", (1,))], LETTERS)


def test_numbers_and_sums_must_be_equal():
    with pytest.raises(Differ):
        general([Number(1.0), Number(2.0)], {})
    with pytest.raises(Differ):
        general([Add((Number(1.0),)), Add((Number(1.0), Number(1.0)))], {})


def test_a_place_that_no_letter_has_is_none():
    assert index((3, 3, 3), LETTERS) == 3
    with pytest.raises(Differ):
        index((0, 1, 2), LETTERS)
