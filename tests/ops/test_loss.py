from __future__ import annotations

import numpy as np
import pytest

import backlit as bl
from backlit.graph import OPS
from backlit.ops.loss import LOSSES

Y, T = np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([[0.0, 4.0], [0.0, 0.0]])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mse", [2.5, 0.5]),
        ("half_mse", [1.25, 0.25]),
        ("sse", [5.0, 1.0]),
        ("half_sse", [2.5, 0.5]),
        ("mae", [1.5, 0.5]),
        ("huber", [1.0, 0.25]),
    ],
)
def test_each_convention_of_the_squared_error_is_its_own(name, expected):
    assert OPS[name](Y, T).tolist() == expected


def test_hinge_is_zero_beyond_the_margin():
    assert bl.hinge([2.0, 0.5], [1.0, 1.0]).tolist() == 0.25
    assert bl.hinge([-3.0], [-1.0]) == 0


def test_binary_cross_entropy_on_probabilities_and_on_logits_agree():
    logits, t = np.array([[-2.0], [0.3], [4.0]]), np.array([[0.0], [1.0], [0.25]])
    np.testing.assert_allclose(
        bl.binary_cross_entropy(bl.sigmoid(logits), t),
        bl.binary_cross_entropy_with_logits(logits, t),
        rtol=1e-12,
    )


def test_saturated_outputs_have_a_finite_error():
    assert bl.binary_cross_entropy([0.0], [1.0]) == pytest.approx(16.118, abs=1e-3)
    assert bl.binary_cross_entropy_with_logits([-1000.0], [1.0]) == 1000
    assert bl.binary_cross_entropy_with_logits([1000.0], [1.0]) == 0
    assert bl.cross_entropy([-1000.0, 1000.0], [1.0, 0.0]) == 2000


def test_cross_entropy_is_the_logarithm_of_the_share_of_the_class():
    y, t = np.array([1.0, -0.5, 2.0]), np.array([0.0, 1.0, 0.0])
    assert bl.cross_entropy(y, t) == pytest.approx(-bl.log_softmax(y)[1], rel=1e-14)
    found = bl.grad(bl.cross_entropy)(y, t)
    np.testing.assert_allclose(found, bl.softmax(y) - t, rtol=1e-14)


@pytest.mark.parametrize("loss", LOSSES, ids=lambda op: op.name)
def test_an_error_gives_one_number_per_sample(loss):
    assert loss(np.full((4, 5, 3), 0.5), np.full((4, 5, 3), 0.5)).shape == (4, 5)
