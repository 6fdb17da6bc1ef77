"""Known values, extremes and conventions, written by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

import backlit as bl


def gradient(op, *inputs):
    """Return the derivatives of an operation on numbers to each of its inputs."""
    found = bl.grad(lambda *xs: bl.sum(op(*xs)), tuple(range(len(inputs))))(*inputs)
    return [float(x) for x in found]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (bl.add(2, 3), 5),
        (bl.sub(2, 3), -1),
        (bl.mul(2, 3), 6),
        (bl.div(3, 2), 1.5),
        (bl.neg(2), -2),
        (bl.square(-3), 9),
        (bl.sqrt(2), 1.4142135623730951),
        (bl.exp(1), math.e),
        (bl.log(math.e), 1),
        (bl.log1p(1e-20), 1e-20),
        (bl.pow(2, 10), 1024),
        (bl.sign(-0.1), -1),
        (bl.sign(0), 0),
        (bl.abs(-2), 2),
        (bl.sin(math.pi / 6), 0.5),
        (bl.cos(math.pi / 3), 0.5),
        (bl.tanh(1), 0.7615941559557649),
        (bl.erf(1), 0.8427007929497149),
        (bl.floor(-0.5), -1),
    ],
)
def test_known_values(value, expected):
    assert float(value) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("x", "expected"),
    [(1000, 1), (-1000, -1), (np.inf, 1), (-np.inf, -1), (0, 0), (np.nan, np.nan)],
)
def test_tanh_at_the_extremes(x, expected):
    np.testing.assert_array_equal(bl.tanh(x), expected)
    if not math.isnan(x):
        assert gradient(bl.tanh, x) == [float(x == 0)]


def test_a_quotient_of_large_numbers_has_a_finite_derivative():
    assert gradient(bl.div, 1.0, 1e200) == [1e-200, 0.0]


@pytest.mark.parametrize("b", [0.0, 1.0, 2.0, 3.0])
def test_powers_of_zero_have_the_derivatives_of_polynomials(b):
    slope, to_exponent = gradient(bl.pow, 0.0, b)
    assert slope == (1.0 if b == 1 else 0.0)
    assert to_exponent == 0.0
    curve = float(bl.grad(bl.grad(lambda x: x**b))(0.0))
    assert curve == (2.0 if b == 2 else 0.0)


def test_powers_of_zero_with_exponents_in_an_array():
    a, b = bl.grad(lambda a, b: bl.sum(a**b), (0, 1))(
        np.zeros(3), np.array([0.0, 1, 2])
    )
    assert a.tolist() == [0, 1, 0]
    assert b.tolist() == [0, 0, 0]


def test_whole_powers_of_negative_numbers_have_derivatives():
    assert gradient(bl.pow, -2.0, 3.0) == [12.0, 0.0]


def test_the_mixed_derivative_of_a_power_at_exponent_zero():
    """It is 1/a: the rule must not take the power for constant in b there."""
    mixed = bl.grad(bl.grad(bl.pow, 0), 1)
    assert float(mixed(4.0, 0.0)) == 0.25


def test_conventions_at_kinks():
    assert gradient(bl.abs, 0.0) == [0.0]
    assert gradient(bl.sign, 0.0) == [0.0]
    assert gradient(bl.floor, 1.0) == [0.0]
    assert gradient(bl.sqrt, 0.0) == [np.inf]
