"""What elements are called in print."""

from __future__ import annotations

from itertools import product

import pytest
from derivations import KINDS, recorded

import backlit as bl
from backlit.explain.symbols import Symbols
from backlit.explain.typeset.text import expression


def names(trace):
    """Return the printed symbol of every element by its name."""
    symbols = Symbols(trace)
    nodes = trace.one_pass.inputs | trace.one_pass.quantities
    elements = [
        (node, place)
        for node in nodes.values()
        for place in product(*map(range, node.shape))
    ]
    return {symbols.name(e): expression(symbols.symbol(e)) for e in elements}


def test_a_lone_neuron_has_the_letters_of_textbooks():
    found = names(bl.Network(2, [bl.Dense(1, "sigmoid")]).trace([1.0, 2.0], [0.0]))
    assert found == {
        "x[0]": "x₁",
        "x[1]": "x₂",
        "dense1.weight[0,0]": "w₁",
        "dense1.weight[0,1]": "w₂",
        "dense1.bias[0]": "b",
        "t[0]": "t",
        "dense1.sum[0]": "Σ",
        "dense1.output[0]": "y",
        "E": "E",
    }


def test_layers_stand_above_and_neurons_below():
    layers = [bl.Dense(2, "tanh"), bl.Dense(3)]
    found = names(bl.Network(2, layers, l2=0.1).trace([1.0, 2.0], [0.0, 1.0, 2.0]))
    assert found["dense2.weight[2,0]"] == "w⁽²⁾₃₁"
    assert found["dense1.output[1]"] == "h⁽¹⁾₂"
    assert found["dense2.sum[2]"] == "Σ⁽²⁾₃"
    assert (found["E.data"], found["E.penalty"]) == ("E_data", "E_penalty")


def test_of_a_batch_the_sample_comes_first():
    found = names(bl.Network(2, [bl.Dense(1)]).trace([[1.0, 2.0]] * 11, [[0.0]] * 11))
    assert found["x[10,0]"] == "x₁₁,₁"
    assert found["dense1.sum[10,0]"] == "Σ₁₁"
    assert found["E.sample[10]"] == "E₁₁"
    assert found["dense1.weight[0,0]"] == "w₁"


@pytest.mark.parametrize("loss", ["mse", "cross_entropy"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_two_elements_have_the_same_symbol(kind, loss):
    found = names(recorded("tanh", loss, kind))
    assert len(set(found.values())) == len(found)


def test_any_element_of_a_parameter_has_letters_for_indices():
    trace = bl.Network(2, [bl.Dense(2), bl.Dense(1)]).trace([1.0, 2.0], [0.0])
    symbols, inputs = Symbols(trace), trace.one_pass.inputs
    assert expression(symbols.general(inputs["dense1.weight"])) == "w⁽¹⁾ᵢⱼ"
    assert expression(symbols.general(inputs["dense2.weight"])) == "w⁽²⁾ᵢ"
