"""Known values, extremes and conventions, written by hand."""

from __future__ import annotations

import numpy as np
import pytest

import backlit as bl

INF, NAN = np.inf, np.nan


def slope(op, x):
    return float(bl.grad(op)(float(x)))


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        # at       -inf  -1000  0           1000  inf
        (bl.sigmoid, (0, 0, 0.5, 1, 1)),
        (bl.softplus, (0, 0, 0.6931471805599453, 1000, INF)),
        (bl.relu, (0, 0, 0, 1000, INF)),
        (bl.step, (0, 0, 0, 1, 1)),
        (bl.leaky_relu, (-INF, -10, 0, 1000, INF)),
        (bl.elu, (-1, -1, 0, 1000, INF)),
        (bl.silu, (NAN, 0, 0, 1000, INF)),
        (bl.gelu, (NAN, 0, 0, 1000, INF)),
        (bl.gelu_tanh, (NAN, 0, 0, 1000, INF)),
    ],
    ids=lambda x: getattr(x, "name", ""),
)
def test_values_at_the_extremes(op, expected):
    with np.errstate(invalid="ignore"):  # -inf · 0 is NaN, as in NumPy
        found = op(np.array([-INF, -1000, 0, 1000, INF]))
    np.testing.assert_array_equal(found, expected)
    assert np.isnan(op(np.nan)) or op is bl.step


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        # at       -1000  0     1000
        (bl.sigmoid, (0, 0.25, 0)),
        (bl.softplus, (0, 0.5, 1)),
        (bl.relu, (0, 0, 1)),
        (bl.step, (0, 0, 0)),
        (bl.leaky_relu, (0.01, 0.01, 1)),
        (bl.elu, (0, 1, 1)),
        (bl.silu, (0, 0.5, 1)),
        (bl.gelu, (0, 0.5, 1)),
        (bl.gelu_tanh, (0, 0.5, 1)),
    ],
    ids=lambda x: getattr(x, "name", ""),
)
def test_derivatives_at_the_extremes_and_at_the_kink(op, expected):
    assert [slope(op, x) for x in (-1000, 0, 1000)] == list(expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (bl.sigmoid(1), 0.7310585786300049),
        (bl.sigmoid(-30), 9.357622968840175e-14),
        (bl.softplus(-40), 4.248354255291589e-18),
        (bl.elu(-1, alpha=2), -1.2642411176571153),
        (bl.leaky_relu(-3, slope=0.2), -0.6000000000000001),
        (bl.silu(1), 0.7310585786300049),
        (bl.gelu(1), 0.8413447460685429),
        (bl.gelu_tanh(1), 0.8411919906082768),
    ],
)
def test_known_values(value, expected):
    assert float(value) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("op", [bl.sigmoid, bl.softplus, bl.elu, bl.gelu, bl.silu])
def test_no_warning_at_a_thousand(op):
    for dtype in (np.float32, np.float64):
        assert np.isfinite(op(np.array([-1000, 1000], dtype))).all()
