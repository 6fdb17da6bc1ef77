from __future__ import annotations

import pytest

from backlit.errors import ShapeError
from backlit.graph import OPS
from backlit.ops.record import op, whole_axes


def test_a_name_is_recorded_once():
    def tanh(x):
        return x

    before = OPS["tanh"]
    with pytest.raises(ValueError, match="tanh is recorded twice"):
        op(notation="x")(tanh)
    assert OPS["tanh"] is before


@pytest.mark.parametrize(
    ("axis", "expected"),
    [(None, (0, 1, 2)), (-1, (2,)), ((2, 0), (0, 2)), ([1], (1,)), ((), ())],
)
def test_axes_are_counted_from_0_and_in_order(axis, expected):
    assert whole_axes((2, 3, 4), axis) == expected


@pytest.mark.parametrize("axis", [3, -4, (0, 3), (1, -2)])
def test_axes_that_are_not_there_or_doubled_are_refused(axis):
    with pytest.raises(ShapeError):
        whole_axes((2, 3, 4), axis)
