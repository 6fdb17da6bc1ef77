"""Trees are plain values, and a chain has no loose ends."""

from __future__ import annotations

import pytest

from backlit.errors import OptionError
from backlit.explain.typeset.mathematics import (
    Equation,
    Number,
    Symbol,
    equation,
    symbol,
)

W, X = Symbol("w"), Symbol("x")


def test_an_equation_is_written_in_turns():
    assert equation(W, "←", X, "=", Number(1)) == Equation(
        (W, X, Number(1)), ("←", "=")
    )


@pytest.mark.parametrize("parts", [(W, "="), (W, "=", X, "=")])
def test_a_relation_without_a_right_side_is_refused(parts):
    with pytest.raises(OptionError, match="needs one relation between two sides"):
        equation(*parts)


def test_an_equation_without_sides_is_refused():
    with pytest.raises(OptionError, match="0 sides"):
        Equation((), ())


def test_a_letter_with_a_number_has_an_index_and_a_word_stays_whole():
    assert symbol("w12") == Symbol("w", (12,))
    assert symbol("dense1") == Symbol("dense1")
    assert symbol("sigma") == Symbol("sigma")


def test_trees_are_equal_by_what_they_hold():
    assert len({Number(1), Number(1), Symbol("w"), Symbol("w")}) == 2
