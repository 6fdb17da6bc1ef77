"""The whole pass, worked out."""

from pathlib import Path

import numpy as np
import pytest
from derivations import untrue

import backlit as bl
from backlit.explain.whole import explain_pass

HERE = Path(__file__).parent


def text_of(trace, **options):
    return str(trace.explain(**options))


def test_every_neuron_error_delta_gradient_and_update_is_there():
    text = text_of(bl.load(HERE / "mazur.toml").trace())
    for symbol in ("Σ⁽¹⁾₁ =", "h⁽¹⁾₂ =", "Σ⁽²⁾₂ =", "y₁ ", "∂E/∂Σ⁽¹⁾₂ =", "∂E/∂y₂"):
        assert symbol in text
    for name in ("dense1.weight[1,0]", "dense2.bias[1]"):
        assert name in text
    assert "0.298371109" in text
    assert "0.280471447" in text


def test_frozen_biases_give_the_published_error_after_the_update():
    source = (HERE / "mazur.toml").read_text()
    frozen = source.replace("bias = ", 'freeze = ["bias"]\nbias = ')
    from backlit.network.file import parse

    described = parse(frozen)
    net = bl.Network(2, described.architecture.layers, "half_sse")
    for name, value in described.parameters.items():
        net.parameters[name] = value
    trace = net.trace(*described.sample, learning_rate=0.5)
    # Published as 0.291027924, computed there from weights rounded to 9 digits.
    assert trace.error_after == pytest.approx(0.291027924, abs=2e-7)
    assert "0.29102777" in text_of(trace)


@pytest.mark.parametrize("samples", [None, 5], ids=["one", "batch"])
@pytest.mark.parametrize("loss", ["mse", "cross_entropy", "hinge"])
def test_nothing_that_is_printed_is_false(loss, samples):
    draw = np.random.default_rng(3)
    net = bl.Network(3, [bl.Dense(4, "relu"), bl.Dense(2)], loss, l2=0.1)
    lead = () if samples is None else (samples,)
    t = np.eye(2)[draw.integers(2, size=lead)]
    t = 2 * t - 1 if loss == "hinge" else t
    trace = net.trace(draw.normal(size=(*lead, 3)), t)
    assert untrue(explain_pass(trace)) == []


def test_wide_network_is_cut_and_says_how_much():
    net = bl.Network(64, [bl.Dense(64, "relu"), bl.Dense(10)], "cross_entropy")
    draw = np.random.default_rng(4)
    text = text_of(net.trace(draw.random(64), np.eye(10)[3]), digits=4)
    assert len(text.splitlines()) < 250
    assert "56" in text  # neurons of the first layer that are not shown
    assert "∑ᵢ₌₁⁶⁴" in text
