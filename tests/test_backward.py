from __future__ import annotations

import numpy as np
import pytest
from graphs import smooth_graphs
from hypothesis import assume, given

import backlit as bl
from backlit.backward import backward, fit
from backlit.errors import DtypeError, ShapeError
from backlit.graph import Graph, constant, input_node
from backlit.interpret import Program, run

X, S = input_node("x", (2, 3)), input_node("s", ())
VALUES = {"x": np.arange(6.0).reshape(2, 3) - 2, "s": 1.5}


def gradients(error, **to):
    found = backward(error, to.values())
    outputs = {f"grad.{name}": found[node] for name, node in to.items()}
    return run(Graph({"x": X, "s": S}, outputs), VALUES)


@given(smooth_graphs())
def test_gradients_of_random_graphs_are_those_of_differences(case):
    inputs, outputs = case.graph.inputs, case.graph.outputs
    random = np.random.default_rng(0)
    error = bl.sum(outputs["y"] * random.normal(size=outputs["y"].shape))
    found = backward(error, inputs.values())
    direction = {name: random.normal(size=x.shape) for name, x in inputs.items()}
    slope = constant(0.0)
    for name, x in inputs.items():
        if x in found:
            slope = slope + bl.sum(found[x] * direction[name])
    program = Program(Graph(inputs, {"E": error, "slope": slope}))

    def along(h):
        moved = {k: x + h * direction[k] for k, x in case.inputs.items()}
        return float(program(moved)["E"])

    difference, rougher = (
        (8 * (along(h) - along(-h)) - (along(2 * h) - along(-2 * h))) / (12 * h)
        for h in (1e-4, 1e-3)
    )
    assume(np.isfinite(difference))
    assume(abs(difference - rougher) < 1e-5 * (1 + abs(difference)))  # smooth here
    assert float(program(case.inputs)["slope"]) == pytest.approx(
        difference, rel=1e-5, abs=1e-5
    )


def test_a_value_that_is_used_twice_gets_the_sum_of_both_cotangents():
    y = bl.sum(X * X + 3 * X)
    assert gradients(y, x=X)["grad.x"].tolist() == (2 * VALUES["x"] + 3).tolist()
    z = bl.sum(bl.concatenate(X, X))
    assert gradients(z, x=X)["grad.x"].tolist() == [[2] * 3] * 2


def test_every_node_on_the_way_has_a_cotangent_of_its_own_shape():
    inner = bl.tanh(X * S)
    error = bl.mean(bl.square(inner))
    found = backward(error, [X])
    assert inner in found
    assert error in found
    assert all(g.shape == node.shape for node, g in found.items())


def test_what_does_not_depend_is_not_in_the_result():
    aside = bl.exp(S)
    found = backward(bl.sum(X) + aside, [X])
    assert S not in found
    assert aside not in found
    assert backward(bl.sum(X), [S]) == {}
    assert S not in backward(bl.sum(bl.step(X * S)), [S])


def test_the_derivative_of_a_value_to_itself_is_the_seed():
    assert gradients(S, s=S)["grad.s"] == 1
    seed = constant(np.full((2, 3), 7.0))
    assert backward(X, [X], seed)[X] is seed


def test_a_value_that_is_not_a_scalar_needs_a_cotangent():
    with pytest.raises(
        ShapeError, match=r"has the shape \(2, 3\); differentiate a scalar"
    ):
        backward(X * 2, [X])
    with pytest.raises(ShapeError, match=r"is float\[3\], the output is float\[2,3\]"):
        backward(X * 2, [X], constant(np.ones(3)))


def test_only_floats_have_derivatives():
    with pytest.raises(DtypeError, match="only floats have derivatives"):
        backward(S > 0, [S])


@pytest.mark.parametrize(
    ("came", "shape", "expected"),
    [
        ((2, 3), (2, 3), np.ones((2, 3))),
        ((2, 3), (3,), [2, 2, 2]),
        ((2, 3), (2, 1), [[3], [3]]),
        ((4, 2, 3), (1, 3), [[8, 8, 8]]),
        ((2, 3), (), 6),
        ((), (2, 2), np.ones((2, 2))),
        ((2, 1), (2, 3), np.ones((2, 3))),
        ((0, 3), (1, 3), [[0, 0, 0]]),
        ((2, 1), (3,), [2, 2, 2]),
    ],
)
def test_broadcasting_is_undone(came, shape, expected):
    node = fit(constant(np.ones(came)), input_node("x", shape))
    assert node.shape == shape
    (value,) = run(Graph({}, {"y": node}), {}).values()
    np.testing.assert_array_equal(value, expected)


def test_a_deep_graph_needs_no_recursion():
    deep = S
    for _ in range(2000):
        deep = bl.sin(deep) + S
    assert S in backward(deep, [S])


def test_second_derivatives_are_those_of_the_first_graph():
    first = backward(bl.sum(X**3), [X])[X]
    second = gradients(bl.sum(first), x=X)["grad.x"]
    assert second.tolist() == (6 * VALUES["x"]).tolist()


def test_repeated_places_add_up():
    picked = bl.gather(X, [1, 1, 0], axis=0)
    assert gradients(bl.sum(picked), x=X)["grad.x"].tolist() == [[1] * 3, [2] * 3]


def test_empty_arrays_have_empty_gradients():
    none = input_node("none", (0, 3))
    found = backward(bl.sum(bl.exp(none)) + bl.sum(none @ X.T), [none, X])
    graph = Graph({"none": none, "x": X}, {"n": found[none], "x'": found[X]})
    values = run(graph, {"none": np.zeros((0, 3)), "x": VALUES["x"]})
    assert values["n"].shape == (0, 3)
    assert values["x'"].tolist() == [[0] * 3] * 2
