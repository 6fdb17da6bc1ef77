from __future__ import annotations

import numpy as np
import pytest

import backlit as bl

INF = np.inf


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        ([0.0, 0.0], np.log(2)),
        ([1000.0, 1000.0], 1000 + np.log(2)),
        ([-1000.0, -1000.0], -1000 + np.log(2)),
        ([-INF, 3.0], 3.0),
        ([INF, 3.0], INF),
        ([np.nan, 3.0], np.nan),
        ([5.0], 5.0),
    ],
)
def test_logsumexp_at_the_extremes(x, expected):
    np.testing.assert_allclose(bl.logsumexp(x), expected, rtol=1e-15)


def test_logsumexp_of_nothing_but_minus_infinity():
    with np.errstate(divide="ignore"):
        assert bl.logsumexp([-INF, -INF]) == -INF


def test_softmax_is_stable_and_sums_to_one():
    x = np.array([[1000.0, 0.0, -1000.0], [0.0, 0.0, 0.0]])
    shares = bl.softmax(x)
    np.testing.assert_allclose(shares, [[1, 0, 0], [1 / 3] * 3])
    np.testing.assert_allclose(bl.sum(bl.softmax(x, axis=0), axis=0), 1)


def test_log_softmax_is_accurate_for_tiny_shares():
    assert bl.log_softmax([0.0, -1000.0]).tolist() == [0.0, -1000.0]


def test_the_derivative_of_logsumexp_is_softmax_at_the_extremes_too():
    found = bl.grad(bl.logsumexp)(np.array([1000.0, 1000.0, -1000.0]))
    np.testing.assert_allclose(found, [0.5, 0.5, 0.0])


def test_equal_largest_elements_share_the_derivative_of_max():
    found = bl.grad(lambda x: bl.sum(bl.max(x, axis=1)))(
        np.array([[1.0, 3.0, 3.0], [2.0, 0.0, 1.0]])
    )
    assert found.tolist() == [[0, 0.5, 0.5], [1, 0, 0]]


def test_max_hands_nan_on():
    assert np.isnan(bl.max([1.0, np.nan]))


@pytest.mark.parametrize("op", [bl.sum, bl.mean, bl.max, bl.logsumexp])
def test_axes_are_named_from_either_end_or_all_at_once(op):
    x = np.arange(24.0).reshape(2, 3, 4)
    assert op(x).shape == ()
    assert op(x, axis=-1).tolist() == op(x, axis=2).tolist()
    assert op(x, axis=(0, -1)).shape == (3,)
    assert op(x, axis=[0, 2], keepdims=True).shape == (1, 3, 1)
    assert op(x, axis=np.int64(1)).shape == (2, 4)


def test_the_sum_of_nothing_is_zero():
    assert bl.sum(np.zeros((0, 2)), axis=0).tolist() == [0, 0]
    assert bl.sum([]) == 0


def test_mean_divides_by_the_number_of_elements():
    assert bl.mean([[1.0, 2.0], [3.0, 6.0]]) == 3
    assert bl.grad(bl.mean)(np.ones(4)).tolist() == [0.25] * 4
