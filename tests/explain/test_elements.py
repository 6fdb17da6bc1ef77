"""Single elements as expressions of others, with their values."""

from __future__ import annotations

import numpy as np
import pytest
from derivations import recorded

import backlit as bl
from backlit.explain.elements import Elements
from backlit.graph import Graph, input_node
from backlit.interpret import Program


def recorded_elements(outputs, named=(), **values):
    """Return elements of a graph that was run on values by input name."""
    graph = Graph({x.attributes["name"]: x for x in named}, outputs)
    found = dict(zip(graph.nodes, Program(graph).values(values), strict=True))
    return Elements(found, frozenset(named))


def test_an_element_of_a_product_is_a_sum_over_the_inner_axis():
    a, b = input_node("a", (2, 3)), input_node("b", (3, 2))
    y = a @ b
    left, right = np.arange(6.0).reshape(2, 3), np.ones((3, 2))
    elements = recorded_elements({"y": y}, [a, b], a=left, b=right)
    scalar = elements.expand(y, (1, 0), frozenset())
    leaves = [(node, place) for node, place in elements.meaning.values()]
    assert leaves == [
        element for k in range(3) for element in ((a, (1, k)), (b, (k, 0)))
    ]
    assert elements.value(scalar) == 12.0


def test_equal_expressions_are_one_node():
    a = input_node("a", (2,))
    y = bl.tanh(a) + bl.tanh(a)
    elements = recorded_elements({"y": y}, [a], a=np.zeros(2))
    scalar = elements.expand(y, (0,), frozenset())
    assert scalar.inputs[0] is scalar.inputs[1]
    assert elements.expand(y, (0,), frozenset()) is scalar


def test_expansion_stops_at_the_nodes_that_are_asked_for():
    a = input_node("a", (2,))
    inner = bl.tanh(a)
    y = bl.exp(inner)
    elements = recorded_elements({"y": y}, [a], a=np.zeros(2))
    scalar = elements.expand(y, (1,), frozenset([inner]))
    assert elements.meaning[scalar.inputs[0]] == (inner, (1,))


def test_an_element_is_recognised_where_its_expression_comes_up_again():
    a = input_node("a", (2,))
    y = bl.softmax(a)
    elements = recorded_elements({"y": y}, [a], a=np.zeros(2))
    elements.recognise(y, (0,), frozenset())
    assert elements.meaning[elements.expand(y, (0,), frozenset())] == (y, (0,))


def test_a_value_is_the_recorded_one_where_the_written_formula_would_overflow():
    a = input_node("a", (2,))
    y = bl.logsumexp(a, axis=-1)
    elements = recorded_elements({"y": y}, [a], a=np.array([1000.0, 0.0]))
    scalar = elements.expand(y, (), frozenset())
    assert scalar.op.name == "log"  # of a sum of exponentials
    assert elements.value(scalar) == 1000.0


def test_a_value_of_an_expression_that_was_not_recorded_is_computed():
    a = input_node("a", ())
    y = bl.exp(a)
    elements = recorded_elements({"y": y}, [a], a=np.array(2.0))
    twice = elements.expand(y, (), frozenset()) * 2.0
    assert elements.value(twice) == pytest.approx(2 * np.exp(2))


@pytest.mark.parametrize("kind", ["one sample", "a batch", "deep"])
def test_every_quantity_has_the_value_of_its_expression(kind):
    trace = recorded("sigmoid", "mse", kind)
    nodes = trace.one_pass.quantities
    for name, node in nodes.items():
        elements = Elements(
            trace.node_values, frozenset(trace.one_pass.inputs.values())
        )
        for place in np.ndindex(node.shape):
            scalar = elements.expand(node, place, frozenset())
            elements._value.clear()  # nothing is known but the leaves
            for leaf, (source, at) in elements.meaning.items():
                elements._value[leaf] = float(trace.node_values[source][at])
            assert elements.value(scalar) == pytest.approx(float(trace[name][place]))
