from __future__ import annotations

import numpy as np
import pytest
from graphs import graphs, with_gradients
from hypothesis import given

import backlit as bl
from backlit.errors import GraphError
from backlit.graph import Graph, constant, input_node, parse, show
from backlit.interpret import run


@given(graphs())
def test_what_is_shown_is_read_back(case):
    case = with_gradients(case)
    text = show(case.graph)
    read = parse(text)
    assert show(read) == text
    expected, found = run(case.graph, case.inputs), run(read, case.inputs)
    for name, value in expected.items():
        np.testing.assert_array_equal(found[name], value)


@pytest.mark.parametrize(
    "value",
    [
        np.nan,
        -np.inf,
        [0.1, np.inf],
        [[], []],
        np.zeros((0, 3)),
        np.zeros((2, 0, 1)),
        [[1, -2]],
        [True, False],
        0.1 + 0.2,
        5e-324,
    ],
)
def test_constants_are_read_back_to_the_last_bit(value):
    graph = Graph({}, {"c": constant(value)})
    read = parse(show(graph)).outputs["c"]
    assert read.shape == graph.outputs["c"].shape
    assert read.dtype == graph.outputs["c"].dtype
    before, after = graph.outputs["c"].attributes, read.attributes
    np.testing.assert_array_equal(after["value"], before["value"])


def test_names_may_hold_keys_of_any_text():
    key = "a, b] = 'c\" d=1"
    graph = bl.trace_function(lambda p, q: p[key] * q[0], {key: 1.0}, [2.0])
    text = show(graph)
    assert show(parse(text)) == text


def test_further_names_of_a_value_and_outputs_that_are_inputs_are_read_back():
    x = input_node("x", (2,), "int")
    text = show(Graph({"x": x, "unused": input_node("unused", ())}, {"y": x, "z": x}))
    assert show(parse(text)) == text
    read = parse(text)
    assert read.outputs["y"] is read.inputs["x"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the last line is ''; it must be 'return NAME, ...'"),
        ("input x : float[2]", "it must be 'return NAME"),
        ("return y", "'y' is used before it is computed"),
        ("y = tanh(x) : float[]\nreturn y", "'x' is used before it is computed"),
        ("nonsense\nreturn y", "cannot read 'nonsense'"),
        ("input x : text[2]\nreturn x", "cannot read 'input x : text"),
        ("input x : float[]\ny = wave(x) : float[]\nreturn y", "no operation 'wave'"),
        (
            "input x : float[2]\ny = tanh(x) : float[3]\nreturn y",
            "tanh(x) is float[2], not float[3]",
        ),
        (
            "input x : float[2]\ny = sum(x, axis=open) : float[]\nreturn y",
            "cannot read the value 'open'",
        ),
        (
            "input x : float[2]\ny = sum(x, axis=(0) : float[]\nreturn y",
            "cannot read the value '(0'",
        ),
        (
            "y = constant(value=[1.0, 2.0]) : float[3]\nreturn y",
            "a constant of 2 elements has not the shape (3,)",
        ),
    ],
)
def test_text_that_is_no_graph_is_refused_with_its_line(text, message):
    with pytest.raises(GraphError) as caught:
        parse(text)
    assert message in str(caught.value)


def test_a_wrong_shape_is_found_while_reading():
    text = "input x : float[2]\ninput y : float[3]\nz = add(x, y) : float[2]\nreturn z"
    with pytest.raises(GraphError, match=r"add\(float\[2\], float\[3\]\)"):
        parse(text)
