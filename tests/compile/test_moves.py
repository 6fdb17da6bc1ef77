"""Movements of elements, of every kind, against the interpreter: equal to the bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import DTYPES, TARGETS, run

import backlit as bl
from backlit.compile import moves
from backlit.graph import Graph, input_node
from backlit.interpret import Program

ON_TARGETS = pytest.mark.parametrize("target", TARGETS)
KINDS = {"float": "f8", "int": "i8", "bool": "?"}
SHAPES = st.lists(st.sampled_from((0, 1, 2, 3, 5, 17)), min_size=1, max_size=4)


def elements(shape, kind):
    draw = np.random.default_rng(0)
    return draw.integers(-1000, 1000, shape).astype(KINDS[kind])


def check(function, arrays, kinds, target="host"):
    """Move elements natively and by the interpreter."""
    nodes = {
        f"x{n}": input_node(f"x{n}", x.shape, kind)
        for n, (x, kind) in enumerate(zip(arrays, kinds, strict=True))
    }
    graph = Graph(nodes, {"y": function(*nodes.values())})
    inputs = dict(zip(nodes, arrays, strict=True))
    for dtype in DTYPES:
        found = run(graph, inputs, dtype, TARGETS[target])["y"]
        expected = Program(graph, dtype)(inputs)["y"]
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)


@st.composite
def windows(draw, shape):
    bounds = []
    for size in shape:
        start = draw(st.integers(0, max(size - 1, 0)))
        step = draw(st.integers(1, 3))
        most = -(-(size - start) // step)
        bounds.append((start, draw(st.integers(0, most)), step))
    return tuple(bounds)


@ON_TARGETS
@settings(max_examples=15)
@given(shape=SHAPES.map(tuple), kind=st.sampled_from(sorted(KINDS)), data=st.data())
def test_parts_are_taken_and_put_back(target, shape, kind, data):
    bounds = data.draw(windows(shape))
    x = elements(shape, kind)
    check(
        lambda x: bl.reshape(bl.ops.window(x, bounds=bounds), shape=(-1,)),
        [x],
        [kind],
        target,
    )
    part = np.ones([n for _, n, _ in bounds]) + elements((1,) * len(shape), "float")
    check(
        lambda x: bl.ops.place(x, bounds=bounds, shape=shape), [part], ["float"], target
    )


@ON_TARGETS
@settings(max_examples=15)
@given(
    shape=SHAPES.map(tuple),
    kind=st.sampled_from(sorted(KINDS)),
    order=st.permutations(range(4)),
)
def test_axes_are_turned_and_elements_counted_anew(target, shape, kind, order):
    axes = tuple(a for a in order if a < len(shape))
    check(
        lambda x: bl.reshape(bl.transpose(x, axes=axes), shape=(-1,)),
        [elements(shape, kind)],
        [kind],
        target,
    )


@settings(max_examples=15)
@given(
    shape=SHAPES.map(tuple),
    lengths=st.lists(st.integers(0, 4), min_size=1, max_size=4),
    data=st.data(),
)
def test_arrays_are_joined(shape, lengths, data):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    arrays = []
    for n in lengths:
        own = list(shape)
        own[axis] = n
        arrays.append(elements(own, "float"))
    check(lambda *xs: bl.concatenate(*xs, axis=axis), arrays, ["float"] * len(arrays))


@ON_TARGETS
@settings(max_examples=15)
@given(
    shape=st.lists(st.sampled_from((1, 2, 5)), min_size=1, max_size=3).map(tuple),
    places=st.lists(st.sampled_from((1, 2, 3)), max_size=2).map(tuple),
    kind=st.sampled_from(sorted(KINDS)),
    data=st.data(),
)
def test_elements_are_gathered_and_scattered(target, shape, places, kind, data):
    axis = data.draw(st.integers(0, len(shape) - 1))
    at = np.random.default_rng(1).integers(0, shape[axis], places)
    x = elements(shape, kind)
    check(lambda x, at: bl.gather(x, at, axis=axis), [x, at], [kind, "int"], target)
    parts = elements((*shape[:axis], *places, *shape[axis + 1 :]), "float")
    check(
        lambda x, at: bl.scatter_add(x, at, axis=axis, size=shape[axis]),
        [parts, at],
        ["float", "int"],
        target,
    )


def test_work_behind_a_movement_reads_what_was_moved():
    x = elements((3, 4), "float")
    check(lambda x: bl.relu(bl.concatenate(x, -x) - 7.0) * 2.0, [x], ["float"])


def test_a_border_that_is_off_by_one_is_seen(monkeypatch):
    monkeypatch.setitem(moves._COMPARE, "<", "le")
    x = elements((3,), "float")
    with pytest.raises(AssertionError):
        check(
            lambda x: bl.ops.place(x, bounds=((0, 3, 1),), shape=(6,)), [x], ["float"]
        )
