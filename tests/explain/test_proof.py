"""What is said about a gradient: that nudging agrees, that it is 0, a convention."""

from __future__ import annotations

import numpy as np
import pytest
from derivations import ACTIVATIONS, recorded

import backlit as bl
from backlit.explain.proof import jumps, nothing_passes, nudged, overflow
from backlit.explain.typeset.document import Check, Document, Note
from backlit.explain.typeset.text import render
from backlit.explain.worked import Worked
from backlit.network.architecture import LOSS_NAMES


def said(blocks):
    """Return blocks as one line of text."""
    return " ".join(render(Document("", tuple(blocks)), width=10_000).split())


def element(trace, name, place):
    worked = Worked(trace)
    return worked, worked.paths.element(name, place)


@pytest.mark.parametrize("loss", LOSS_NAMES)
def test_nudging_agrees_with_every_gradient(loss):
    for n, activation in enumerate(ACTIVATIONS):
        kind = ("a batch", "deep", "weighted", "narrow")[n % 4]
        trace = recorded(activation, loss, kind)
        _, block = nudged(*element(trace, "dense1.weight", (0, 1)))
        assert isinstance(block, Check)
        assert block.ok


@pytest.mark.parametrize("error", [1e-3, -1e-5])
def test_nudging_finds_a_wrong_gradient(error):
    worked, weight = element(recorded("tanh", "mse", "deep"), "dense1.weight", (0, 1))
    right = worked.paths.gradient(weight)
    object.__setattr__(worked.paths, "gradient", lambda _: right * (1 + error))
    _, block = nudged(worked, weight)
    assert not block.ok


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e4])
def test_inputs_of_any_size_are_nudged_well(scale):
    net = bl.Network(2, [bl.Dense(2, "tanh"), bl.Dense(1, "sigmoid")])
    net.parameters["dense1.weight"] = net.parameters["dense1.weight"] / scale
    trace = net.trace(np.array([0.3, -0.7]) * scale, [1.0])
    for name, place in (("x", (0,)), ("dense1.weight", (0, 1))):
        _, block = nudged(*element(trace, name, place))
        assert block.ok


def test_what_is_computed_cannot_be_nudged():
    assert nudged(*element(recorded("tanh", "mse", "deep"), "dense1.sum", (0,))) == []


def neuron(x, t=1.0, activation="relu", loss="mse"):
    net = bl.Network(1, [bl.Dense(1, activation)], loss)
    net.parameters["dense1.weight"] = [[1.0]]
    return net.trace([x], [t])


def test_at_a_kink_both_slopes_are_told_and_the_convention():
    text = said(nudged(*element(neuron(0.0), "dense1.bias", (0,))))
    assert "slope is −2 to the right" not in text
    assert "its slope is 0 to the left and −2 to the right" in text
    assert "relu: at 0 the derivative is taken as 0." in text
    assert "fails" not in text


def test_an_error_of_0_is_a_kink_of_the_absolute_error():
    text = said(nudged(*element(neuron(1.0, loss="mae"), "dense1.weight", (0, 0))))
    assert "its slope is −1 to the left and 1 to the right" in text
    assert "abs: at 0 the derivative is taken as 0." in text


def test_next_to_a_kink_there_is_none():
    _, block = nudged(*element(neuron(1e-4), "dense1.bias", (0,)))
    assert isinstance(block, Check)
    assert block.ok


def test_an_error_that_is_not_finite_is_not_nudged():
    trace = neuron(1000.0, activation="exp")
    assert nudged(*element(trace, "dense1.weight", (0, 0))) == []
    assert "beyond the range of 64-bit floats" in said(overflow(Worked(trace)))
    assert overflow(Worked(neuron(1.0))) == []


@pytest.mark.parametrize(
    ("trace", "reason"),
    [
        (
            neuron(-1.0),
            "∂y/∂Σ = 0: the sum is not positive, so relu has the neuron off.",
        ),
        (neuron(1000.0, activation="sigmoid"), "∂y/∂Σ = 0: sigmoid is saturated."),
        (neuron(0.0, activation="sigmoid"), "∂Σ/∂w₁ = 0."),
        (neuron(1.0), "∂E/∂y = 0."),
    ],
)
def test_a_gradient_of_0_has_its_reason(trace, reason):
    text = said(nothing_passes(*element(trace, "dense1.weight", (0, 0))))
    assert text.endswith(f"Note: The gradient is 0 because {reason}")


def test_over_a_batch_the_reason_of_one_sample_is_given():
    net = bl.Network(1, [bl.Dense(1, "relu")])
    net.parameters["dense1.weight"] = [[1.0]]
    trace = net.trace([[-1.0], [-2.0]], [[1.0], [1.0]])
    text = said(nothing_passes(*element(trace, "dense1.weight", (0, 0))))
    assert "All shares are 0, the first because ∂y₂/∂Σ₂ = 0" in text


def test_shares_that_cancel_have_no_such_reason():
    net = bl.Network(1, [bl.Dense(1)])
    net.parameters["dense1.weight"] = [[0.0]]
    trace = net.trace([[1.0], [1.0]], [[1.0], [-1.0]])
    weight = element(trace, "dense1.weight", (0, 0))
    assert weight[0].paths.gradient(weight[1]) == 0
    assert nothing_passes(*weight) == []


def test_a_gradient_that_is_not_0_needs_no_reason():
    assert nothing_passes(*element(neuron(2.0), "dense1.weight", (0, 0))) == []


@pytest.mark.parametrize("activation", ["step", "sign", "floor"])
def test_activations_that_jump_are_named(activation):
    net = bl.Network(2, [bl.Dense(2, activation), bl.Dense(1)])
    (note,) = jumps(Worked(net.trace([1.0, 2.0], [0.0])))
    assert isinstance(note, Note)
    assert note.content.startswith(f"{activation} passes no derivative back")
    assert jumps(Worked(neuron(1.0))) == []
