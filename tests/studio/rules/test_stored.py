"""Slopes that a step stores are the derivatives that finite differences find."""

import numpy as np
import pytest

import backlit as bl
from backlit.studio.bundle import step_of
from backlit.update.optimizers import SGD
from tests.rules import stepped


def network(activation, **options):
    return bl.Network(3, [bl.Dense(4, activation), bl.Dense(2)], **options).architecture


@pytest.mark.parametrize("activation", ["tanh", "softmax", "gelu", "leaky_relu"])
def test_the_slope_of_an_activation_is_its_derivative(activation):
    a = network(activation)
    rng = np.random.default_rng(2)
    parameters = {n: rng.normal(size=s) for n, s in a.shapes.items()}
    x, t = rng.normal(size=(2, 3)), rng.normal(size=(2, 2))
    found = stepped(a, parameters, x, t, SGD()).values["slope.dense1"]
    h = 1e-6
    for j in range(4):
        move = np.zeros(4)
        move[j] = h
        ends = [
            stepped(a, parameters | {"dense1.bias": parameters["dense1.bias"] + by},
                    x, t, SGD()).values["dense1.output"][:, j]
            for by in (move, -move)
        ]  # fmt: skip
        assert found[:, j] == pytest.approx((ends[0] - ends[1]) / (2 * h), abs=1e-8)


def test_the_slope_of_the_penalty_is_of_each_weight():
    a = network("tanh", l1=0.1, l2=0.2)
    parameters = {n: np.full(s, -0.5) for n, s in a.shapes.items()}
    x, t = np.ones((1, 3)), np.ones((1, 2))
    found = stepped(a, parameters, x, t, SGD()).values
    assert found["slope.penalty.dense1.weight"] == pytest.approx(-0.1 + 0.2 * -0.5)
    assert "slope.penalty.dense1.bias" not in found


def test_a_step_has_no_slope_and_a_linear_layer_needs_none():
    names = step_of(network("step"), SGD(), 1).outputs
    assert not [name for name in names if name.startswith("slope.")]
