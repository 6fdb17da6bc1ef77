"""Reductions of numbers that are exact in any order, against NumPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import DTYPES, EPSILON, TARGETS, assert_near, run

import backlit as bl
from backlit.compile import reductions
from backlit.graph import Graph, input_node

SIZES = (3, 8, 9, 17, 33)
ON_TARGETS = pytest.mark.parametrize("target", TARGETS)
OPERATIONS = {
    "sum": np.sum,
    "max": np.max,
    "logsumexp": lambda x, **how: np.log(np.sum(np.exp(x), **how)),
}


def whole_numbers(shape):
    return np.random.default_rng(0).integers(-9, 10, shape).astype(float)


def check(x, axis, dtype, target="host", *, keepdims=False, **how):
    """Reduce in every way, alone, of what is computed, and with work behind it."""
    node = input_node("x", x.shape)
    outputs, expected = {}, {}
    about = {"axis": axis, "keepdims": keepdims}
    for name, function in OPERATIONS.items():
        outputs[name] = bl.graph.OPS[name](node, **about)
        expected[name] = function(x, **about)
    inside = bl.sum(node * 2.0 - 1.0, **about)
    outputs |= {"inside": inside, "and more": outputs["max"] * 3.0 - inside}
    expected["inside"] = np.sum(x * 2 - 1, **about)
    expected["and more"] = expected["max"] * 3 - expected["inside"]
    found = run(Graph({"x": node}, outputs), {"x": x}, dtype, TARGETS[target], **how)
    for name, value in expected.items():
        bound = 0.0 if "logsumexp" not in name else 1000 * EPSILON[dtype]
        assert_near(found[name], np.asarray(value, dtype), bound, name)


@ON_TARGETS
@pytest.mark.parametrize("axis", [0, 1, None])
@pytest.mark.parametrize("size", SIZES)
def test_rows_and_columns_of_any_length_are_reduced(size, axis, target):
    dtype = DTYPES[size % 2]
    check(whole_numbers((3, size)), axis, dtype, target)
    check(whole_numbers((size, 5)), axis, dtype, target, keepdims=True)
    check(whole_numbers((size, 17)), axis, dtype, target, exchanged=["x"])


@ON_TARGETS
@settings(max_examples=20)
@given(
    shape=st.lists(st.sampled_from((1, 2, 3, 5, 17)), max_size=5).map(tuple),
    axes=st.sets(st.integers(0, 4)),
    keepdims=st.booleans(),
    dtype=st.sampled_from(DTYPES),
)
def test_any_axes_are_reduced(target, shape, axes, keepdims, dtype):
    axis = tuple(a for a in axes if a < len(shape))
    check(whole_numbers(shape), axis, dtype, target, keepdims=keepdims)


@ON_TARGETS
def test_views_are_reduced_along_their_memory(target):
    x = whole_numbers((9, 20))
    graph = bl.trace_function(
        lambda x: (
            bl.sum(bl.transpose(x), axis=0),
            bl.sum(x[1:, ::3], axis=1),
            bl.max(x[:, 4:], axis=0),
            bl.sum(bl.broadcast_to(x[:1], shape=(7, 20)), axis=0),
            bl.sum(bl.transpose(x)[2:5], axis=1),
        ),
        x,
    )
    for dtype in DTYPES:
        found = run(graph, {"x": x}, dtype, TARGETS[target])
        expected = [
            x.sum(1), x[1:, ::3].sum(1), x[:, 4:].max(0), x[0] * 7, x.T[2:5].sum(1),
        ]  # fmt: skip
        for got, value in zip(found.values(), expected, strict=True):
            assert got.tolist() == value.tolist()


def test_work_before_a_reduction_may_broadcast():
    x, y = whole_numbers((5, 1, 9)), whole_numbers((4, 1))
    graph = bl.trace_function(
        lambda x, y: bl.sum(bl.relu(x - y) * y + 1.0, axis=(0, 2)), x, y
    )
    found = run(graph, {"x": x, "y": y}, "float32")["output"]
    assert found.tolist() == (np.maximum(x - y, 0) * y + 1).sum((0, 2)).tolist()


@pytest.mark.parametrize("kind", ["sum", "max"])
def test_a_lane_left_out_is_seen(kind, monkeypatch):
    real = reductions._over_lanes

    def first_lane(value, how):
        return value.code.lane(value, 0) if how == kind else real(value, how)

    x = -np.abs(np.arange(33.0) - 5)[None]
    check(x, 1, "float32")
    monkeypatch.setattr(reductions, "_over_lanes", first_lane)
    with pytest.raises(AssertionError):
        check(x, 1, "float32")
