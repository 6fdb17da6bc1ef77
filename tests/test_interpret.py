from __future__ import annotations

import numpy as np
import pytest
from graphs import graphs, with_gradients
from hypothesis import given

import backlit as bl
from backlit.errors import DataError, DtypeError, GraphError, ShapeError
from backlit.graph import Graph, input_node
from backlit.interpret import Program, run

X, N = input_node("x", (2,)), input_node("n", (2,), "int")


@given(graphs())
def test_every_value_has_the_shape_and_dtype_of_its_node(case):
    case = with_gradients(case)
    for dtype in (np.float32, np.float64):
        kinds = {"float": np.dtype(dtype), "int": np.dtype("i8"), "bool": np.dtype("?")}
        values = Program(case.graph, dtype).values(case.inputs)
        for node, value in zip(case.graph.nodes, values, strict=True):
            assert np.shape(value) == node.shape, node
            assert value.dtype == kinds[node.dtype], node


@given(graphs())
def test_a_program_gives_the_same_bits_every_time_and_as_eager_calls(case):
    program = Program(case.graph)
    first, second = program(case.inputs), program(case.inputs)
    for name, value in first.items():
        np.testing.assert_array_equal(second[name], value)


def test_a_graph_gives_its_outputs_by_name_in_order():
    graph = Graph({"x": X}, {"b": X * 2, "a": bl.sum(X), "x": X})
    values = run(graph, {"x": [1, 2]})
    assert {name: v.tolist() for name, v in values.items()} == {
        "b": [2, 4],
        "a": 3,
        "x": [1, 2],
    }
    assert list(values) == ["b", "a", "x"]


def test_float32_is_kept_where_truth_values_become_numbers():
    graph = Graph({"x": X, "n": N}, {"y": (X > 0) * 1.0, "z": N * X, "w": -N})
    values = run(graph, {"x": [1.0, -1.0], "n": [1, 2]}, np.float32)
    assert {v.dtype for v in values.values()} == {np.dtype("f4")}


def test_infinities_are_values_and_no_warnings():
    values = run(Graph({"x": X}, {"y": bl.log(X), "z": 1 / X}), {"x": [0.0, -1.0]})
    np.testing.assert_array_equal(values["y"], [-np.inf, np.nan])


def test_the_inputs_are_not_changed():
    given = np.ones(2)
    run(Graph({"x": X}, {"y": bl.exp(X) * X}), {"x": given})
    assert given.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("inputs", "error", "message"),
    [
        ({}, GraphError, "the graph needs a value for its input 'x'"),
        (
            {"x": [1.0, 2.0, 3.0], "n": [0, 1]},
            ShapeError,
            "input 'x' has the shape (3,), the graph needs float[2]",
        ),
        (
            {"x": ["a", "b"], "n": [0, 1]},
            DtypeError,
            "input 'x' has the dtype <U1, the graph needs float[2]",
        ),
        (
            {"x": [1.0, 2.0], "n": [0.5, 1.0]},
            DtypeError,
            "input 'n' has the dtype float64, the graph needs int[2]",
        ),
        (
            {"x": [1.0, 2.0], "n": [0, 2]},
            DataError,
            "place 2 is outside 0 to 1",
        ),
        (
            {"x": [1.0, 2.0], "n": [0, -1]},
            DataError,
            "place -1 is outside 0 to 1",
        ),
    ],
)
def test_unfit_inputs_are_refused_by_name(inputs, error, message):
    graph = Graph({"x": X, "n": N}, {"y": bl.gather(X, N)})
    with pytest.raises(error) as caught:
        run(graph, inputs)
    assert str(caught.value) == message


def test_an_input_that_nothing_needs_is_not_asked_for():
    assert run(Graph({"x": X, "n": N}, {"y": X}), {"x": [1, 2]})["y"].tolist() == [1, 2]
