"""Elementwise kernels on numbers that are exact, at sizes around a vector."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import DTYPES, TARGETS, run

from backlit.compile.body import Code
from backlit.compile.loops import by_stride, in_vectors, power_above
from backlit.graph import Graph, input_node

SIZES = (1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 33)
ON_TARGETS = pytest.mark.parametrize("target", TARGETS)
IN_BOTH = pytest.mark.parametrize("dtype", DTYPES)


def whole_numbers(shape, seed=0):
    return np.random.default_rng(seed).integers(-50, 50, shape).astype(float)


def check(function, arrays, dtype, target="host", **how):
    """Run a function natively; its values must be NumPy's, to the last bit."""
    nodes = {f"x{n}": input_node(f"x{n}", x.shape) for n, x in enumerate(arrays)}
    graph = Graph(nodes, dict(enumerate(function(*nodes.values()))))
    inputs = dict(zip(nodes, arrays, strict=True))
    found = run(graph, inputs, dtype, TARGETS[target], **how)
    for n, value in enumerate(function(*arrays)):
        np.testing.assert_array_equal(found[n], np.asarray(value, dtype))


@ON_TARGETS
@IN_BOTH
@pytest.mark.parametrize("size", SIZES)
def test_rows_of_any_length_are_computed_to_their_end(size, dtype, target):
    table = whole_numbers((4, size))
    check(
        lambda x, row, column: [
            *(x * 2.0 + 1.0, x - row, x * row, column - x, row * column, row + row),
        ],
        [table, table[0], table[:, :1]],
        dtype,
        target,
    )


@ON_TARGETS
@pytest.mark.parametrize("size", SIZES)
def test_rows_that_lie_across_memory_are_computed_to_their_end(size, target):
    tall, wide = whole_numbers((size, 5)), whole_numbers((5, size), 1)
    check(
        lambda x, y: [
            *(x.T + y, x - y.T, x[:, 3] + x[:, 0], x[:, :1] + 1.0, y[1:, ::2] * 2.0),
        ],
        [tall, wide],
        DTYPES[size % 2],
        target,
    )


@ON_TARGETS
@pytest.mark.parametrize("names", [["x0"], ["x1"], ["x0", "x1"]])
@pytest.mark.parametrize("shape", [(1, 9), (9, 1), (5, 16), (17, 3), (8, 8)])
def test_columns_that_lie_along_memory_are_computed(shape, names, target):
    arrays = [whole_numbers(shape), whole_numbers(shape, 1), whole_numbers(shape[1])]
    for dtype in DTYPES:
        check(
            lambda x, y, b: [x - y, (x + b) * y, y.T * 2.0],
            arrays,
            dtype,
            target,
            exchanged=names,
        )


SHAPES = st.lists(st.sampled_from((1, 2, 3, 5, 17)), max_size=4).map(tuple)


@ON_TARGETS
@settings(max_examples=40)
@given(
    shape=SHAPES,
    ones=st.lists(st.sets(st.integers(0, 3)), min_size=2, max_size=2),
    lost=st.lists(st.integers(0, 2), min_size=2, max_size=2),
    dtype=st.sampled_from(DTYPES),
)
def test_arrays_that_broadcast_are_combined(target, shape, ones, lost, dtype):
    """Two arrays lose some axes in front, and have some of length 1."""
    arrays = []
    for seed, (flat, count) in enumerate(zip(ones, lost, strict=True)):
        own = [1 if n in flat else size for n, size in enumerate(shape)]
        arrays.append(whole_numbers(own[count:], seed))
    check(lambda x, y: [x + y, x * y - x], arrays, dtype, target)


@pytest.mark.parametrize(
    ("space", "strides", "order"),
    [
        ((3, 4, 5), (20, 5, 1), [0, 1, 2]),
        ((3, 4), (1, 3), [1, 0]),
        ((3, 1), (1, 1), [1, 0]),
        ((1, 3, 1), (3, 1, 1), [0, 2, 1]),
        ((1, 1), (1, 1), [0, 1]),
        ((), (), []),
    ],
)
def test_fastest_axis_is_one_that_is_longer_than_one(space, strides, order):
    assert by_stride(space, strides) == order


@pytest.mark.parametrize(
    ("size", "pieces"),
    [
        (0, []),
        (1, [(0, 1, 1)]),
        (5, [(0, 8, 5)]),
        (8, [(0, 8, 8)]),
        (11, [(0, 8, 8), (8, 4, 3)]),
        (24, [("loop", 8, 8)]),
        (25, [("loop", 8, 8), (24, 1, 1)]),
    ],
)
def test_row_is_cut_into_whole_vectors_and_one_for_the_rest(size, pieces):
    found = []

    def body(i, width, used):
        found.append((i if isinstance(i, int) else "loop", width, used))
        return []

    in_vectors(Code(), size, 8, body)
    assert found == pieces


def test_power_above_is_the_next_power_of_two():
    assert [power_above(n) for n in (0, 1, 2, 3, 4, 5, 8, 9, 33)] == [
        *(1, 1, 2, 4, 4, 8, 8, 16, 64)
    ]
