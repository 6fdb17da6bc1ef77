"""How views read memory, against NumPy's own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.lib.stride_tricks import as_strided

import backlit as bl
from backlit.compile.layout import (
    Layout,
    base,
    broadcast_strides,
    by_columns,
    exchanged_nodes,
    is_view,
    row_major,
)
from backlit.graph import Graph, input_node
from backlit.interpret import run

SHAPES = ((), (1,), (4,), (2, 3), (3, 1), (1, 3), (4, 5), (2, 1, 3), (3, 4, 5))


@st.composite
def views(draw):
    """Draw an input and a chain of views of it."""
    x = input_node("x", draw(st.sampled_from(SHAPES)))
    y = x
    for _ in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(("transpose", "window", "broadcast", "ones")))
        if kind == "transpose":
            y = bl.transpose(y, axes=tuple(draw(st.permutations(range(y.ndim)))))
        elif kind == "window":
            y = bl.ops.window(y, bounds=[draw(bounds(n)) for n in y.shape])
        elif kind == "ones":
            at = draw(st.integers(0, y.ndim))
            y = bl.reshape(y, shape=(*y.shape[:at], 1, *y.shape[at:]))
        elif y.ndim < 5:
            wide = [draw(st.sampled_from((1, 3))) if n == 1 else n for n in y.shape]
            y = bl.broadcast_to(y, shape=(*draw(st.sampled_from(((), (2,)))), *wide))
    return x, y


@st.composite
def bounds(draw, size):
    start = draw(st.integers(0, max(size - 1, 0)))
    step = draw(st.integers(1, 2))
    count = draw(st.integers(min(1, size), -(-(size - start) // step)))
    return start, count, step


def memory_of(array, layout, node):
    """Return an array's elements as a layout stores them."""
    return array.T.ravel() if node in layout.exchanged else array.ravel()


def read(memory, access, shape):
    steps = [s * memory.itemsize for s in access.strides]
    return as_strided(memory[access.offset :], shape, steps)


@settings(max_examples=200)
@given(pair=views(), exchange=st.booleans())
def test_view_reads_the_elements_that_its_operations_give(pair, exchange):
    x, y = pair
    layout = Layout(frozenset([x] if exchange and x.ndim == 2 else []))
    values = np.arange(float(x.size)).reshape(x.shape)
    expected = run(Graph({"x": x}, {"y": y}), {"x": values})["y"]
    access = layout.access(y)
    assert base(y) is access.base
    if y.size and access.base is x:
        memory = memory_of(values, layout, x)
        assert read(memory, access, y.shape).tolist() == expected.tolist()


@settings(max_examples=100)
@given(pair=views(), lead=st.sampled_from(((), (2,), (3, 2))))
def test_a_view_that_broadcasts_is_read_with_steps_of_nothing(pair, lead):
    x, y = pair
    shape = (*lead, *(3 if n == 1 else n for n in y.shape))
    values = np.arange(float(x.size)).reshape(x.shape)
    expected = run(Graph({"x": x}, {"y": y}), {"x": values})["y"]
    access = Layout().access(y)
    if y.size and access.base is x:
        steps = broadcast_strides(access, y, shape)
        found = as_strided(
            values.ravel()[access.offset :], shape, [8 * s for s in steps]
        )
        assert found.tolist() == np.broadcast_to(expected, shape).tolist()


def test_reshape_of_what_is_stored_is_a_view_and_of_other_views_is_not():
    x = input_node("x", (4, 6))
    assert is_view(bl.reshape(x, shape=(3, 8)))
    assert is_view(bl.reshape(bl.exp(x), shape=(3, 8)))
    assert not is_view(bl.reshape(bl.transpose(x), shape=(3, 8)))
    assert not is_view(bl.reshape(x[1:, ::2], shape=(9,)))
    assert is_view(bl.reshape(bl.transpose(x), shape=(6, 1, 4)))
    assert not is_view(bl.exp(x))


@pytest.mark.parametrize("shape", SHAPES)
def test_row_major_is_numpys_own_order(shape):
    own = np.zeros(shape).strides
    assert [8 * s for s in row_major(shape)] == list(own)


def test_row_major_of_no_elements_has_no_empty_steps():
    assert row_major((3, 0, 2)) == (2, 2, 1)


def exchanged(outputs, inputs, *names):
    return exchanged_nodes(Graph(inputs, outputs), names)


def test_exchanged_order_spreads_to_what_is_computed_alike():
    w, g, b = input_node("w", (3, 5)), input_node("g", (5, 3)), input_node("b", (3,))
    product = bl.contract(g, b, spec="ik,k->i")
    outer = bl.contract(b, input_node("i", (5,)), spec="o,i->oi")
    inputs = {"w": w, "g": g, "b": b, "i": outer.inputs[1]}
    new = w - 0.1 * outer
    found = exchanged({"new": new, "p": product, "b2": bl.exp(b)}, inputs, "w")
    assert {w, new, outer, new.inputs[1]} == found


def test_exchanged_order_stops_at_what_is_read_in_another_shape():
    w = input_node("w", (3, 5))
    new = bl.exp(w)
    outputs = {"flat": bl.reshape(new, shape=(15,)), "own": bl.reshape(w, shape=(5, 3))}
    assert exchanged(outputs, {"w": w}, "w") == frozenset()
    kept = {"ones": bl.reshape(new, shape=(3, 1, 5))}
    assert exchanged(kept, {"w": w}, "w") == {w, new}


def test_nothing_is_exchanged_unless_asked_for():
    w = input_node("w", (3, 5))
    assert exchanged({"y": bl.exp(w)}, {"w": w}) == frozenset()


def test_weights_lie_by_columns_where_that_makes_longer_vectors():
    shapes = {
        "x": (5, 3),
        "dense1.weight": (4, 6),
        "dense1.bias": (4,),
        "dense2.weight": (8, 4),
        "dense3.weight": (2, 8),
        "dense4.weight": (2, 2),
        "state.mean.dense2.weight": (8, 4),
        "state.mean.dense3.weight": (2, 8),
    }
    inputs = {name: input_node(name, shape) for name, shape in shapes.items()}
    expected = ["dense1.weight", "dense2.weight", "state.mean.dense2.weight"]
    assert by_columns(inputs) == expected
    narrow = {"dense1.weight": input_node("dense1.weight", (3, 6))}
    assert by_columns(narrow) == []
