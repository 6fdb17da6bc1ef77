"""Boxes know how tall and how wide they are."""

from __future__ import annotations

import pytest

from backlit.explain.typeset.boxes import (
    Fraction,
    Grid,
    Group,
    Limits,
    Root,
    Script,
    Token,
    broken,
    enclosed,
    extent,
    is_tall,
    separated,
)

X = Token("letter", "x")
FRACTION = Fraction((X,), (X, X))


@pytest.mark.parametrize(
    "box",
    [
        FRACTION,
        Group((FRACTION,)),
        Script((FRACTION,), (), (X,)),
        Grid("matrix", (((X,),),)),
        Limits(Token("sum", "∑"), (X,), ()),
    ],
)
def test_brackets_grow_around_what_is_tall(box):
    assert is_tall((X, box))
    assert enclosed("(", (box,), ")")[0] == Token("open", "(", tall=True)


@pytest.mark.parametrize(
    "box", [X, Script((X,), (X,), (X,)), Limits(Token("sum", "∑"), (), ()), Root((X,))]
)
def test_brackets_stay_small_around_a_line(box):
    assert not is_tall((box,))


def test_a_fraction_is_as_wide_as_its_wider_row():
    assert extent((FRACTION,)) < extent((X, X, X))
    assert extent((FRACTION,)) > extent((X, X))


def test_every_box_has_a_width():
    for box in (Root((X,)), Grid("cases", (((X,), (X,)),)), Group((X,), "error")):
        assert extent((box,)) >= 1


def test_a_separator_stands_between_and_not_at_the_ends():
    comma = Token("separator", ",")
    assert separated([(X,), (X,)], comma) == (X, comma, X)
    assert separated([], comma) == ()


def test_a_row_that_fits_and_a_row_without_a_place_stay_whole():
    row = (X, X, X)
    assert broken(row, 3, len) == [row]
    assert broken(row, 2, len) == [row]


def test_a_group_without_a_role_is_not_broken_and_one_with_a_role_is():
    plus = Token("operator", "+")
    body = (X, plus, X)

    def measure(boxes):
        return sum(len(box.body) if isinstance(box, Group) else 1 for box in boxes)

    assert broken((Group(body),), 2, measure) == [(Group(body),)]
    lines = broken((Group(body, "error"),), 2, measure)
    assert lines == [
        (Group((X,), "error"),),
        (Group((plus,), "error"), Group((X,), "error")),
    ]
