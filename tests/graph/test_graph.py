from __future__ import annotations

import pytest

import backlit as bl
from backlit.errors import GraphError
from backlit.graph import Graph, input_node, reachable

X, Y = input_node("x", (3,)), input_node("y", ())


def test_nodes_come_after_their_inputs_each_once():
    shared = bl.exp(X)
    total = bl.sum(shared * shared + Y)
    order = reachable([total, shared])
    assert len(set(order)) == len(order)
    for n, node in enumerate(order):
        assert all(order.index(x) < n for x in node.inputs)


def test_a_missing_input_is_named():
    with pytest.raises(GraphError, match="needs the input 'y', its inputs are x"):
        Graph({"x": X}, {"z": X * Y})


def test_an_input_must_be_an_input_node():
    with pytest.raises(GraphError, match="input 'a' is <add"):
        Graph({"a": X + 1}, {})


def test_a_name_means_one_value():
    with pytest.raises(GraphError, match="'x' names an input and another quantity"):
        Graph({"x": X}, {"x": X + 1})
    assert Graph({"x": X}, {"x": X}).outputs["x"] is X


def test_a_graph_cannot_be_changed():
    given = {"x": X}
    graph = Graph(given, {"z": X + 1})
    given["y"] = Y
    assert list(graph.inputs) == ["x"]
    with pytest.raises(TypeError):
        graph.outputs["z"] = X
    with pytest.raises(AttributeError):
        graph.inputs = {}


def test_a_deep_graph_needs_no_recursion():
    node = X
    for _ in range(5000):
        node = node + 1
    assert len(Graph({"x": X}, {"z": node}).nodes) == 10001
