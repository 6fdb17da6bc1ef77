"""Random graphs for Hypothesis: operations composed over random shapes.

    @given(graphs())
    def test_...(case):
        run(case.graph, case.inputs)

Elementwise operations are taken from the registry, so that a new one is tried at once.
A value that is not finite, or large, is not built upon, unless `wild` asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from hypothesis import strategies as st

import backlit as bl
from backlit.backward import backward
from backlit.graph import INPUT, OPS, Graph, Node, input_node
from backlit.graph.op import Draw

LARGE = 30.0
NUMBERS = (0.0, 1.0, -1.0, 2.0, 0.5, -3.0)
SPECIAL = (0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 1e300, -1e-300)
SHAPES = ((), (1,), (3,), (2, 3), (2, 1), (1, 3), (3, 2), (2, 2, 3), (1, 1))


@dataclass(frozen=True)
class Case:
    """A graph and values for its inputs."""

    graph: Graph
    inputs: dict[str, Any]

    def __repr__(self) -> str:
        return f"\n{self.graph}\nat {self.inputs}\n"


@dataclass(frozen=True)
class Value:
    """A node of the graph that grows, with its value, to know what fits it."""

    node: Node
    array: Any


def _elementwise(count: int) -> list[tuple[Any, dict[str, Any]]]:
    """Return operations on that many arrays of any floats, with attributes to try."""
    return [
        (op, dict(sample.attributes))
        for op in OPS.values()
        for sample in op.samples[:1]
        if op.elementwise and op.gives == "float" and len(sample.inputs) == count
        if all(
            isinstance(x, Draw) and x.dtype == "float" and x.low < 0 < x.high
            for x in sample.inputs
        )
    ]


UNARY, BINARY = _elementwise(1), _elementwise(2)


def apply(op, values, **attributes) -> Value:
    with np.errstate(all="ignore"):
        array = op(*(x.array for x in values), **attributes)
    return Value(op(*(x.node for x in values), **attributes), array)


# Steps: each draws what it needs and returns a further value


def unary(draw, pool, smooth):
    ops = [pair for pair in UNARY if not (smooth and pair[0].kinks)]
    op, attributes = draw(st.sampled_from(ops))
    return apply(op, [draw(st.sampled_from(pool))], **attributes)


def binary(draw, pool, smooth):
    ops = [op for op, _ in BINARY if not (smooth and op.kinks)]
    a = draw(st.sampled_from(pool))
    partners = [b for b in pool if _broadcast(a, b)]
    return apply(draw(st.sampled_from(ops)), [a, draw(st.sampled_from(partners))])


def with_number(draw, pool, _):
    """Combine with a number: what simplification is mostly about."""
    name = draw(st.sampled_from(("add", "sub", "mul", "div")))
    number = draw(st.sampled_from(NUMBERS))
    known = Value(bl.graph.constant(number), np.float64(number))
    pair = [draw(st.sampled_from(pool)), known]
    return apply(OPS[name], pair if draw(st.booleans()) else pair[::-1])


def power(draw, pool, _):
    number = draw(st.sampled_from((0.0, 1.0, 2.0, 3.0)))
    known = Value(bl.graph.constant(number), np.float64(number))
    return apply(bl.pow, [draw(st.sampled_from(pool)), known])


def reduction(draw, pool, smooth):
    names = ("sum", "mean", "logsumexp") if smooth else ("sum", "mean", "max")
    x = draw(st.sampled_from(pool))
    axes = draw(st.sets(st.integers(0, x.node.ndim - 1))) if x.node.ndim else None
    axis = draw(st.sampled_from((None, tuple(axes) if axes else None)))
    op = OPS[draw(st.sampled_from(names))]
    return apply(op, [x], axis=axis, keepdims=draw(st.booleans()))


def shares(draw, pool, _):
    x = draw(st.sampled_from([x for x in pool if x.node.ndim]))
    name = draw(st.sampled_from(("softmax", "log_softmax")))
    return apply(OPS[name], [x], axis=draw(st.integers(-1, x.node.ndim - 1)))


def product(draw, pool, _):
    a = draw(st.sampled_from([x for x in pool if x.node.ndim]))
    fitting = [b for b in pool if b.node.ndim and _multiplies(a, b)]
    if not fitting:
        flat = apply(bl.reshape, [a], shape=(-1,))
        return apply(bl.matmul, [flat, flat])
    return apply(bl.matmul, [a, draw(st.sampled_from(fitting))])


def moved(draw, pool, _):
    x = draw(st.sampled_from([x for x in pool if x.node.ndim]))
    kind = draw(st.sampled_from(("transpose", "reshape", "broadcast", "join", "part")))
    if kind == "transpose":
        axes = draw(st.permutations(range(x.node.ndim)))
        return apply(bl.transpose, [x], axes=tuple(axes))
    if kind == "reshape":
        return apply(bl.reshape, [x], shape=draw(st.sampled_from(((-1,), (1, -1)))))
    if kind == "broadcast" and x.node.ndim < 3:
        return apply(bl.broadcast_to, [x], shape=(2, *x.node.shape))
    if kind == "join":
        others = [y for y in pool if y.node.shape == x.node.shape]
        axis = draw(st.integers(-x.node.ndim, x.node.ndim - 1))
        return apply(bl.concatenate, [x, draw(st.sampled_from(others))], axis=axis)
    return part(draw, x)


def part(draw, x):
    size = x.node.shape[0]
    first = draw(st.integers(0, size - 1))
    last = draw(st.integers(first + 1, size))
    places = draw(st.lists(st.integers(-size, size - 1), min_size=1, max_size=3))
    keys = (first, slice(first, last), slice(None, None, 2), (Ellipsis, -1), places)
    return apply(bl.index, [x], key=draw(st.sampled_from(keys)))


def choice(draw, pool, _):
    a = draw(st.sampled_from(pool))
    b = draw(st.sampled_from([b for b in pool if _broadcast(a, b)]))
    with np.errstate(invalid="ignore"):
        condition = Value(a.node > 0.25, a.array > 0.25)
    return apply(bl.where, [condition, a, b])


SMOOTH = (unary, binary, with_number, power, reduction, shares, product, moved)
STEPS = (*SMOOTH, choice)


def _broadcast(a, b):
    """Tell whether two values fit together, and stay small."""
    try:
        return len(np.broadcast_shapes(a.node.shape, b.node.shape)) <= 3
    except ValueError:
        return False


def _multiplies(a, b):
    rows = b.node.shape[-2] if b.node.ndim > 1 else b.node.shape[0]
    return a.node.shape[-1] == rows and _broadcast(_lead(a), _lead(b))


def _lead(x):
    return Value(input_node("lead", x.node.shape[:-2]), None)


@st.composite
def graphs(draw, *, smooth=False, wild=False, most=10, shapes=SHAPES):
    """Draw a case: up to three inputs, some operations, the last value as output.

    Args:
        draw: What Hypothesis gives.
        smooth: Use only operations whose derivative exists everywhere.
        wild: Let inputs and values be infinite or NaN.
        most: The largest number of operations.
        shapes: What inputs may have; many elements are drawn by a seed.
    """
    floats = st.sampled_from(SPECIAL) if wild else st.floats(-2, 2, width=16)
    inputs, pool = {}, []
    for name in "abc"[: draw(st.integers(1, 3))]:
        shape = draw(st.sampled_from(shapes))
        array = _elements(draw, floats, int(np.prod(shape)))
        pool.append(Value(input_node(name, shape), array.reshape(shape)))
        inputs[name] = pool[-1]
    for _ in range(draw(st.integers(1, most))):
        value = _step(draw, pool, SMOOTH if smooth else STEPS, smooth)
        if wild or np.all(np.abs(value.array) < LARGE):
            pool.append(value)
    outputs = {"y": pool[-1].node}
    if draw(st.booleans()):  # a value inside is wanted too
        outputs["inner"] = draw(st.sampled_from(pool)).node
    outputs = {k: x for k, x in outputs.items() if x.op is not INPUT} or outputs
    nodes = {name: x.node for name, x in inputs.items()}
    return Case(Graph(nodes, outputs), {name: x.array for name, x in inputs.items()})


def _elements(draw, floats, size):
    if size > 30:
        seed = draw(st.integers(0, 99))
        return np.random.default_rng(seed).uniform(-2, 2, size)
    return np.array(draw(st.lists(floats, min_size=size, max_size=size)))


def _step(draw, pool, steps, smooth):
    if not any(x.node.ndim for x in pool):
        steps = [step for step in steps if step not in (shares, product, moved)]
    return draw(st.sampled_from(steps))(draw, pool, smooth)


smooth_graphs = partial(graphs, smooth=True)


def with_gradients(case: Case) -> Case:
    """Return the case with the gradients of its first output's sum as well."""
    inputs, outputs = case.graph.inputs, dict(case.graph.outputs)
    error = bl.sum(next(iter(outputs.values())))
    found = backward(error, inputs.values())
    outputs |= {f"grad.{name}": found[x] for name, x in inputs.items() if x in found}
    return Case(Graph(inputs, {"E": error} | outputs), case.inputs)


def operations(graph: Graph) -> int:
    """Count the nodes that compute something."""
    return sum(bool(node.inputs) for node in graph.nodes)
