from __future__ import annotations

import numpy as np
import pytest
from graphs import graphs, with_gradients
from hypothesis import given
from records import element_values

import backlit as bl
from backlit.graph import Graph, input_node
from backlit.graph.index import axis, index_expression, position
from backlit.interpret import Program

X = input_node("x", (2, 3))
PLACED = "((x0[(i-1)] if i<4 else 0) if i>=1 else 0)"


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (bl.tanh(X), "tanh(x0[i,j])"),
        (X * input_node("b", (3,)), "mul(x0[i,j], x1[j])"),
        (X * input_node("b", (2, 1)), "mul(x0[i,j], x1[i,0])"),
        (X @ X.T, "sum_k mul(x0[i,k], x1[k,j])"),
        (bl.contract(X, X, spec="ik,jk->ij"), "sum_k mul(x0[i,k], x1[j,k])"),
        (bl.sum(X), "sum_k,q x0[k,q]"),
        (bl.sum(X, axis=0, keepdims=True), "sum_k x0[k,j]"),
        (bl.max(X, axis=1), "max_k x0[i,k]"),
        (X.T, "x0[j,i]"),
        (X[1], "x0[0,i]"),
        (bl.window(X, bounds=((1, 1, 1), (0, 2, 2))), "x0[(i+1),(j*2)]"),
        (bl.reshape(X, shape=(6,)), "x0[(i//3),(i%3)]"),
        (bl.gather(X, [0, 1, 1]), "x0[x1[i],j]"),
        (bl.place(X[0], bounds=((1, 3, 1),), shape=(4,)), PLACED),
        (bl.scatter_add(X, [0, 1], size=4), "sum_k (x0[k,j] if x1[k]==i else 0)"),
        (bl.logsumexp(X, axis=1), "log(sum_k exp(x0[i,k]))"),
        (bl.concatenate(X, X), "(x0[i,j] if i<2 else x1[(i-2),j])"),
    ],
)
def test_the_element_of_an_output_is_written_in_elements_of_inputs(node, expected):
    assert str(index_expression(node)[1]) == expected


@given(graphs(most=6))
def test_elements_of_any_node_are_what_the_whole_operation_gives(case):
    """Gradients included: every operation's formula agrees with its NumPy function."""
    case = with_gradients(case)
    graph = Graph(case.graph.inputs, case.graph.outputs)
    values = dict(zip(graph.nodes, Program(graph).values(case.inputs), strict=True))
    for node in graph.nodes:
        if node.op.element:
            found = element_values(node, [np.asarray(values[x]) for x in node.inputs])
            np.testing.assert_allclose(found, values[node], rtol=1e-9, atol=1e-12)


def test_an_index_is_evaluated_at_a_position():
    i, j = axis("i"), axis("j")
    assert position((i * 3 + j) // 2 % 4 - 1, {"i": 2, "j": 1}) == 2


def test_neutral_parts_of_an_index_are_left_out():
    i = axis("i")
    assert str(i * 1 + 0) == "i"
    assert str(0 + i) == "i"
    assert str(i // 1 - 0) == "i"
