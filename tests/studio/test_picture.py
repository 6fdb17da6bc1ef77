"""Every number of the diagram is the one that the drawing of `explain` has there."""

from __future__ import annotations

import numpy as np
import pytest
from drawings import NETWORKS, recorded

import backlit as bl
from backlit.draw.geometry import Edge, Slot
from backlit.draw.layout import layout
from backlit.draw.reading import Reading
from backlit.explain.typeset.mathematics import Equation, Number
from backlit.explain.typeset.text import expression
from backlit.interpret import run
from backlit.studio.bundle import step_of
from backlit.studio.picture import picture, reference

KINDS = {
    **{name: (*own, True) for name, own in NETWORKS.items()},
    "neuron without bias": (*NETWORKS["neuron"], False),
    "deep": (3, [(4, "tanh")] * 3 + [(2, "linear")], "mse", True),
    "wide": (20, [(30, "relu"), (12, "sigmoid"), (1, "linear")], "huber", True),
    "without bias": (4, [(3, "tanh"), (1, "linear")], "mse", False),
    "softmax inside": (2, [(3, "softmax"), (2, "linear")], "cross_entropy", True),
    "step": (2, [(3, "step"), (1, "linear")], "mse", True),
    "logits": (2, [(1, "linear")], "binary_cross_entropy_with_logits", True),
}


def network(kind):
    inputs, layers, loss, use_bias = KINDS[kind]
    dense = [bl.Dense(units, name, use_bias=use_bias) for units, name in layers]
    return bl.Network(inputs, dense, loss=loss, seed=3)


@pytest.fixture(params=KINDS)
def net(request):
    return network(request.param)


@pytest.fixture
def trace(net):
    return recorded(net)


def memory(net, trace):
    """Return all that a page's program works out in a pass over one sample."""
    graph = step_of(net.architecture, bl.SGD(0.1), 1)
    arrays = {
        **{name: net.parameters[name] for name in net.architecture.shapes},
        **{name: np.reshape(trace[name], (1, -1)) for name in ("x", "t")},
        "learning_rate": 0.1,
        "count": 1,
        "step": 1,
    }
    given = {name: arrays[name] for name in graph.inputs}
    return {**given, **run(graph, given)}


def number(found, value):
    """Return what a reference refers to."""
    if isinstance(value, float):
        return value
    base, *place = value
    array = np.asarray(found[base])
    return float(array[(*([0] * (array.ndim - len(place))), *place)])


def last(tree):
    return tree.sides[-1] if isinstance(tree, Equation) else tree


def told(reading, slot):
    """Return the text of a slot, its number left out, and the number."""
    tree = reading.tree(slot)
    found = last(tree)
    value = found.value if isinstance(found, Number) else None
    whole = expression(tree)
    return whole.removesuffix(expression(found)), value


def test_every_number_is_the_one_that_is_read(net, trace):
    reading, found = Reading(trace), memory(net, trace)
    numbers = [text for text in picture(net.architecture).texts if text.value]
    assert numbers
    for text in numbers:
        slot = Slot(text.shows, text.name, 0, 0, 99, by=text.by)
        _, value = told(reading, slot)
        assert number(found, text.value) == pytest.approx(value, rel=1e-9), text


def test_every_text_is_the_one_that_is_read(net, trace):
    reading = Reading(trace)
    for text in picture(net.architecture).texts:
        slot = Slot(text.shows, text.name, 0, 0, 99, by=text.by)
        if text.value is not None:
            assert text.text.removesuffix("{}") == told(reading, slot)[0]
        elif text.shows == "symbol":
            assert text.text == expression(reading.symbol(text.name))


def test_nothing_that_is_read_is_left_out_but_the_slopes_of_softmax(net, trace):
    reading = Reading(trace)
    read = {s for s in layout(net.architecture).slots if reading.tree(s) is not None}
    shown = {(t.shows, t.name, t.by) for t in picture(net.architecture).texts}
    assert {(s.shows, s.name, s.by) for s in read} <= shown


def test_every_strength_is_the_one_that_is_read(net, trace):
    reading, found = Reading(trace), memory(net, trace)
    lines = [x for x in picture(net.architecture).lines if x.strength or x.name]
    assert lines
    for line in lines:
        edge = Edge(line.kind, (), line.name, line.of, line.by)
        named = line.name if line.kind == "forward" else f"grad.{line.name}"
        factors = line.strength or [reference(named)]
        product = np.prod([number(found, value) for value in factors])
        assert product == pytest.approx(reading.strength(edge), rel=1e-9), line


def test_the_value_of_every_node_is_the_one_that_is_read(net, trace):
    reading, found = Reading(trace), memory(net, trace)
    for node in picture(net.architecture).nodes:
        if node.value:
            assert number(found, node.value) == pytest.approx(reading.value(node.name))


def test_lines_without_a_number_are_those_that_have_none(net, trace):
    reading = Reading(trace)
    for line in picture(net.architecture).lines:
        edge = Edge(line.kind, (), line.name, line.of, line.by)
        plain = not (line.strength or line.name or line.folded)
        if plain and line.kind == "backward":
            assert not reading.strength(edge)
