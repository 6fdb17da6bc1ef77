import numpy as np
import pytest

import backlit as bl
from backlit.compile.axes import batch_axes
from backlit.errors import GraphError
from backlit.graph import Graph, input_node, reachable
from backlit.network.architecture import Architecture
from backlit.update.step import training_step

SIZE = 6


def axis_of(function, *more):
    """Return the batch axis of a function's result; that of its first input is 0."""
    x = input_node("x", (SIZE, 4))
    others = {f"y{n}": input_node(f"y{n}", np.shape(y)) for n, y in enumerate(more)}
    y = function(x, *others.values())
    return batch_axes(Graph({"x": x} | others, {"y": y}), ["x"]).get(y)


@pytest.mark.parametrize(
    ("function", "axis"),
    [
        (bl.exp, 0),
        (bl.transpose, 1),
        (lambda x: bl.broadcast_to(x, shape=(3, SIZE, 4)), 1),
        (lambda x: bl.reshape(x, shape=(SIZE, 2, 2)), 0),
        (lambda x: bl.reshape(x, shape=(1, SIZE, 4)), 1),
        (lambda x: bl.reshape(x, shape=(SIZE, 1, 4, 1)), 0),
        (lambda x: bl.reshape(bl.transpose(x), shape=(2, 2, SIZE)), 2),
        (lambda x: bl.sum(x, axis=0), None),
        (lambda x: bl.sum(x, axis=1), 0),
        (lambda x: bl.max(bl.transpose(x), axis=0), 0),
        (lambda x: bl.max(bl.transpose(x), axis=0, keepdims=True), 1),
        (lambda x: bl.logsumexp(x, axis=(0, 1)), None),
        (lambda x: x + bl.broadcast_to(x, shape=(3, SIZE, 4)), 1),
        (lambda x: bl.sum(x, axis=0) * 2.0, None),
        (lambda x: bl.contract(x, x, spec="bi,bi->b"), 0),
        (lambda x: bl.contract(x, x, spec="bi,bj->ij"), None),
        (lambda x: bl.contract(x, x, spec="bi,bj->ijb"), 2),
    ],
)
def test_axis_is_followed_through_operations(function, axis):
    assert axis_of(function) == axis


@pytest.mark.parametrize(
    ("spec", "axis"), [("bi,oi->bo", 0), ("bi,oi->ob", 1), ("bi,bo->io", None)]
)
def test_axis_of_a_product_is_where_its_letter_went(spec, axis):
    shape = (SIZE, 3) if spec.startswith("bi,b") else (3, 4)
    found = axis_of(lambda x, w: bl.contract(x, w, spec=spec), np.ones(shape))
    assert found == axis


def test_every_layer_and_gradient_of_a_network_has_its_axis():
    architecture = Architecture(3, [bl.Dense(5, "tanh"), bl.Dense(2)], "cross_entropy")
    graph = training_step(architecture, bl.SGD(), SIZE, counted=True)
    found = batch_axes(graph, ["x", "t"])
    samples = {graph.inputs["x"], graph.inputs["t"]}
    for name, node in graph.outputs.items():
        per_sample = SIZE in node.shape[:1] and samples.intersection(reachable([node]))
        assert found.get(node) == (0 if per_sample else None), name


def square(x):
    return bl.contract(x, np.ones((SIZE, 4)), spec="bi,ci->bc")


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda x: x[:3], "window on a batch whose length varies"),
        (lambda x: bl.concatenate(x, x, axis=0), "concatenate on a batch"),
        (lambda x: bl.reshape(x, shape=(2, 3, 4)), "takes the batch apart"),
        (lambda x: bl.reshape(x, shape=(-1,)), "takes the batch apart"),
        (lambda x: square(x) + bl.transpose(square(x)), "add brings two axes"),
        (lambda x: bl.contract(x, x, spec="bi,ci->bc"), "contract brings two axes"),
    ],
)
def test_batch_that_is_taken_apart_is_refused(function, message):
    with pytest.raises(GraphError, match=message):
        axis_of(function)
