"""The whole pass, worked out."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from derivations import untrue

import backlit as bl

HERE = Path(__file__).parent


def text(net, x, t, **options):
    return str(net.trace(x, t, **options).explain(digits=5))


def test_the_lone_neuron_is_worked_out_as_in_a_textbook():
    trace = bl.load(HERE / "neuron.toml").trace()
    assert str(trace.explain()) == (HERE / "neuron.txt").read_text("utf-8")


# Mazur, "A step by step backpropagation example", 2015, whose biases stay as they are.
PUBLISHED = (
    "0.3775", "0.593269992", "0.596884378", "1.10590597", "0.75136507", "0.772928465",
    "0.298371109", "0.74136507", "0.138498562", "0.0821670406", "0.35891648",
    "0.408666186", "0.51130127", "0.561370121", "0.149780716", "0.199561432",
    "0.249751144", "0.299502287",
)  # fmt: skip


def test_a_published_example_has_its_published_numbers():
    printed = str(bl.load(HERE / "mazur.toml").trace().explain())
    assert [n for n in PUBLISHED if n not in printed] == []


def test_the_published_example_leaves_the_biases_as_they_are(tmp_path):
    file = tmp_path / "frozen.toml"
    described = (HERE / "mazur.toml").read_text("utf-8")
    file.write_text(described.replace("units = 2", 'units = 2\nfreeze = ["bias"]'))
    printed = " ".join(str(bl.load(file).trace().explain()).split())
    # Published is 0.291027924, which follows if output weights are updated first and
    # the hidden layer's gradients go through them; the weights printed there do not.
    assert "E goes from 0.298371109 to 0.291027774" in printed
    assert "Frozen, so left as they are: dense1.bias, dense2.bias." in printed


def test_the_network_is_told_in_a_sentence():
    net = bl.Network(1, [bl.Dense(3, "relu"), bl.Dense(1)], "mse", l1=0.5, l2=0.1)
    said = " ".join(text(net, [1.0], [0.0]).split())
    assert (
        "1 input, then 3 neurons (relu), then 1 neuron (linear); the error is mse with "
        "a penalty on weights, l1 = 0.5 and l2 = 0.1." in said
    )


def test_sections_are_in_the_order_of_the_pass():
    net = bl.Network(2, [bl.Dense(2, "tanh"), bl.Dense(1)])
    lines = text(net, [1.0, 2.0], [0.0]).splitlines()
    headings = [a for a, b in pairwise(lines) if b[:1] == "─"]
    assert headings == [
        "Forward: layer 1", "Forward: layer 2", "Error", "Backward: layer 2",
        "Backward: layer 1", "Gradients and update",
    ]  # fmt: skip


def wide(inputs, units, classes, samples):
    rng = np.random.default_rng(0)
    net = bl.Network(
        inputs, [bl.Dense(units, "relu"), bl.Dense(classes)], "cross_entropy"
    )
    lead = (samples,) if samples else ()
    x = rng.uniform(size=(*lead, inputs))
    t = np.eye(classes)[rng.integers(classes, size=lead or None)]
    return net, x, t


@pytest.mark.parametrize("samples", [None, 32])
def test_a_wide_pass_is_cut_and_says_how_much_is_left_out(samples):
    net, x, t = wide(64, 64, 10, samples)
    printed = text(net, x, t)
    assert len(printed.splitlines()) < 250
    assert "60 more neurons of the layer likewise." in printed
    assert "6 more neurons of the layer likewise." in printed
    assert f"{64 * 64 + 64 - 4} more parameters of the layer likewise." in printed
    total = 64 * 64 + 64 + 64 * 10 + 10
    assert f"The 24 largest gradients; {total - 24} more parameters." in printed


def test_of_a_batch_the_first_sample_is_worked_out_and_this_is_said():
    net, x, t = wide(3, 2, 2, 5)
    printed = " ".join(text(net, x, t).split())
    assert "The batch has 5 samples; the first is worked out." in printed
    assert "∂E/∂w⁽²⁾₁₁ = ∂E/∂Σ⁽²⁾₁₁ · h⁽¹⁾₁₁ + ∂E/∂Σ⁽²⁾₂₁ · h⁽¹⁾₂₁" in printed
    assert untrue(net.trace(x, t).explain().document) == []


def test_what_an_activation_holds_back_is_said():
    net = bl.Network(2, [bl.Dense(2, "step"), bl.Dense(1)])
    printed = text(net, [1.0, 2.0], [0.0])
    assert "step passes no derivative back" in printed
    assert "∂E/∂Σ⁽¹⁾₁" not in printed
