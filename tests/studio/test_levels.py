"""Levels of activations: what saturation is measured by."""

from __future__ import annotations

import pytest

from backlit.network.architecture import activations
from backlit.network.file import LayerTable, NetworkTable, build
from backlit.studio.levels import Levels, levels, levels_of


def test_a_sigmoid_rests_on_0_and_1_and_is_steepest_in_between() -> None:
    assert levels_of(activations()["sigmoid"]) == Levels(0.0, 1.0, 0.25)


def test_tanh_and_erf_rest_on_both_signs() -> None:
    for name in ("tanh", "erf"):
        its = levels_of(activations()[name])
        assert its is not None
        assert (its.low, its.high) == (-1.0, 1.0)


@pytest.mark.parametrize(
    "name", ["relu", "leaky_relu", "softplus", "silu", "sin", "step", "log", "square"]
)
def test_what_does_not_come_to_rest_on_both_sides_has_no_levels(name: str) -> None:
    assert levels_of(activations()[name]) is None


def test_only_layers_that_have_levels_are_named() -> None:
    kinds = ["tanh", "relu", "linear", "softmax"]
    layers = [LayerTable(2, activation=kind) for kind in kinds]
    network = build(NetworkTable(2, "cross_entropy"), layers)
    assert list(levels(network)) == ["dense1"]
