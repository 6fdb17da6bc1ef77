from __future__ import annotations

import backlit as bl
from backlit.graph import Graph, constant, input_node, show

X, W = input_node("x", (2, 3)), input_node("w", (3,))


def test_a_graph_is_shown_one_line_a_node():
    y = bl.sigmoid(X @ W)
    graph = Graph({"x": X, "w": W}, {"y": y, "E": bl.sum(y, axis=0), "copy": y})
    assert show(graph).splitlines() == [
        "input x : float[2,3]",
        "input w : float[3]",
        "%1 = contract(x, w, spec='yx,x->y') : float[2]",
        "y = sigmoid(%1) : float[2]",
        "E = sum(y, axis=(0,), keepdims=False) : float[]",
        "copy = y",
        "return y, E, copy",
    ]
    assert str(graph) == show(graph)


def test_constants_show_their_values_and_types():
    graph = Graph(
        {}, {"a": constant([[1, 2]]), "b": constant([True]), "c": constant(0.1)}
    )
    assert show(graph).splitlines()[:3] == [
        "a = constant(value=[[1, 2]]) : int[1,2]",
        "b = constant(value=[True]) : bool[1]",
        "c = constant(value=0.1) : float[]",
    ]


def test_a_graph_without_outputs_is_shown():
    assert show(Graph({"x": X}, {})) == "input x : float[2,3]\nreturn "
