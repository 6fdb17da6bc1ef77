from __future__ import annotations

import numpy as np
import pytest

import backlit as bl
from backlit.errors import GraphError
from backlit.graph import input_node


def slopes(f, *inputs):
    found = bl.grad(lambda *xs: bl.sum(f(*xs)), tuple(range(len(inputs))))(*inputs)
    return [float(x) for x in found]


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        (bl.greater, [False, False, True]),
        (bl.greater_equal, [False, True, True]),
        (bl.less, [True, False, False]),
        (bl.less_equal, [True, True, False]),
        (bl.equal, [False, True, False]),
        (bl.not_equal, [True, False, True]),
    ],
)
def test_comparisons(op, expected):
    assert op([1.0, 2.0, 3.0], 2.0).tolist() == expected


@pytest.mark.parametrize("op", [bl.greater, bl.less, bl.equal, bl.greater_equal])
def test_nan_compares_false(op):
    assert not op(np.nan, np.nan)


def test_comparisons_have_no_derivative():
    assert slopes(lambda x: (x > 1) * 5.0 + x, 2.0) == [1.0]


def test_where_lets_the_cotangent_through_on_the_chosen_side():
    condition = np.array([True, False])
    a, b = bl.grad(lambda a, b: bl.sum(bl.where(condition, a, b)), (0, 1))(
        np.ones(2), np.ones(2)
    )
    assert a.tolist() == [1, 0]
    assert b.tolist() == [0, 1]


def test_where_keeps_infinities_of_the_other_side_out():
    def safe(x):
        return bl.where(x > 0, bl.log(bl.where(x > 0, x, 1.0)), 0.0)

    assert slopes(safe, 0.0) == [0.0]


def test_equal_numbers_share_the_derivative_of_maximum_and_minimum():
    for op in (bl.maximum, bl.minimum):
        assert slopes(op, 2.0, 2.0) == [0.5, 0.5]
    assert slopes(bl.maximum, 3.0, 2.0) == [1.0, 0.0]
    assert slopes(bl.minimum, 3.0, 2.0) == [0.0, 1.0]


def test_maximum_and_minimum_hand_nan_on():
    assert np.isnan(bl.maximum(np.nan, 1.0))
    assert np.isnan(bl.minimum(1.0, np.nan))


@pytest.mark.parametrize(
    ("x", "value", "slope"),
    [(-2, -1, 0), (-1, -1, 1), (0, 0, 1), (1, 1, 1), (2, 1, 0), (np.inf, 1, 0)],
)
def test_clip_has_derivative_1_at_its_ends(x, value, slope):
    assert bl.clip(x, low=-1, high=1) == value
    assert slopes(lambda x: bl.clip(x, low=-1, high=1), float(x)) == [slope]


def test_truth_values_and_integers_become_floats():
    assert bl.to_float([True, False]).tolist() == [1.0, 0.0]
    assert bl.to_float([3, -1]).dtype == np.float64
    assert bl.to_float(input_node("n", (2,), "int")).dtype == "float"


def test_crossed_ends_of_clip_are_refused():
    with pytest.raises(GraphError, match="low=2 is above high=1"):
        bl.clip(input_node("x", ()), low=2, high=1)
