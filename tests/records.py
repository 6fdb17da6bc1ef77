"""Checks that any record of an operation must pass, on each of its samples.

They are plain functions of a record, so that the tests can also show that a record
which is wrong by a thousandth does not pass.
"""

from __future__ import annotations

import re
from zlib import crc32

import numpy as np
import pytest
from reference import ARRAYS, attributes_of, element, evaluate, exactly

import backlit as bl
from backlit.backward import backward
from backlit.errors import BacklitError
from backlit.graph import Graph, constant, input_node
from backlit.graph.index import index_expression
from backlit.graph.op import Draw
from backlit.interpret import Program

KINDS = {"f": "float", "i": "int", "u": "int", "b": "bool"}

# Central differences of order 4 with this step are off by less than 1e-7 of the
# derivative on every sample; a rule that is 0.1 % wrong is off by 1e-3.
STEP = 1e-3
TOLERANCE = 1e-6


def generator(op, sample):
    """Return random numbers that depend on the record only."""
    return np.random.default_rng(crc32(f"{op.name} {sample}".encode()))


def arrays_of(sample, random):
    return [
        drawn(x, random) if isinstance(x, Draw) else np.asarray(x)
        for x in sample.inputs
    ]


def drawn(draw, random):
    if draw.dtype == "int":
        return random.integers(int(draw.low), int(draw.high), draw.shape)
    return np.asarray(random.uniform(draw.low, draw.high, draw.shape))


def traced(op, sample, arrays):
    """Return named input nodes and the operation on them."""
    inputs = {
        f"x{n}": input_node(f"x{n}", x.shape, KINDS[x.dtype.kind])
        for n, x in enumerate(arrays)
    }
    return inputs, op(*inputs.values(), **sample.attributes)


def named(arrays):
    return {f"x{n}": x for n, x in enumerate(arrays)}


def values_of(inputs, outputs, arrays, dtype=np.float64):
    """Run a graph with the given output nodes; also return it, for a look inside."""
    graph = Graph(inputs, {f"y{n}": y for n, y in enumerate(outputs)})
    return list(Program(graph, dtype)(named(arrays)).values())


# The checks


def check_record(op):
    """A record says what it is: in words, in samples, in notation, and in an oracle."""
    assert op.__doc__
    assert op.__doc__.strip().endswith(".")
    assert any(not sample.error for sample in op.samples)
    if not op.derived:
        assert op.notation
        assert op.vjp
    if op.elementwise:
        assert op.definition or op.notation
        assert op.gives != "float" or len(op.textbook) == len(op.parameters)
    else:
        assert op.reference or op.element


def check_forward(op, sample):
    """The value is that of the formula, of the elements and of whole arrays."""
    arrays = arrays_of(sample, generator(op, sample))
    _, node = traced(op, sample, arrays)
    value = op(*arrays, **sample.attributes)
    assert value.shape == node.shape
    if op.elementwise:
        same(value, formula_values(op, op.definition or op.notation, sample, arrays))
    if op.element:
        same(value, element_values(node, arrays))
    if op.reference:
        names = dict(zip(op.parameters, arrays, strict=False)) | {"xs": arrays}
        attributes = dict(node.attributes)
        if op.derived:
            attributes = attributes_of(op, sample.attributes)
        same(value, evaluate(op.reference, ARRAYS, names | attributes))


def same(value, expected):
    np.testing.assert_allclose(value, expected, rtol=1e-12, atol=1e-14)


def formula_values(op, formula, sample, arrays):
    """Evaluate a formula of an elementwise operation for every element."""
    broadcast = np.broadcast_arrays(*arrays)
    if op.derived:
        attributes = attributes_of(op, sample.attributes)
    else:
        attributes = dict(traced(op, sample, arrays)[1].attributes)
    result = np.empty(broadcast[0].shape)
    for at in np.ndindex(result.shape):
        names = {k: x[at].item() for k, x in zip(op.parameters, broadcast, strict=True)}
        result[at] = float(exactly(formula, names | attributes))
    return result


def element_values(node, arrays):
    index, expression = index_expression(node)
    names = [axis.arguments[0] for axis in index]
    result = np.empty(node.shape)
    for at in np.ndindex(node.shape):
        where = dict(zip(names, at, strict=True))
        result[at] = element(expression, where, arrays)
    return result


def check_types(op, sample, dtype=np.float64):
    """Every node, of the derivatives too, has the shape and dtype that it claims."""
    arrays = arrays_of(sample, generator(op, sample))
    inputs, node = traced(op, sample, arrays)
    graph = Graph(inputs, dict(enumerate([node, *derivatives(node, inputs).values()])))
    kinds = {"float": np.dtype(dtype), "int": np.dtype("i8"), "bool": np.dtype("?")}
    values = Program(graph, dtype).values(named(arrays))
    for part, value in zip(graph.nodes, values, strict=True):
        assert np.shape(value) == part.shape, part
        assert value.dtype == kinds[part.dtype], part


def derivatives(node, inputs):
    """Return the cotangents of the inputs for a seed of ones, and what they need."""
    if node.dtype != "float":
        return {}
    return backward(node, inputs.values(), constant(np.ones(node.shape)))


def check_float32(op, sample):
    """In float32 every value stays float32 and near that of float64."""
    check_types(op, sample, np.float32)
    arrays = [rounded(x) for x in arrays_of(sample, generator(op, sample))]
    inputs, node = traced(op, sample, arrays)
    (single,) = values_of(inputs, [node], arrays, np.float32)
    (double,) = values_of(inputs, [node], arrays)
    np.testing.assert_allclose(single, double, rtol=2e-5, atol=2e-6)
    eager = op(*[to_single(x) for x in arrays], **sample.attributes)
    assert eager.dtype == single.dtype or node.dtype != "float" or not floats(arrays)


def rounded(x):
    return to_single(x).astype(x.dtype)


def to_single(x):
    return x.astype(np.float32) if x.dtype.kind == "f" else x


def floats(arrays):
    return [n for n, x in enumerate(arrays) if x.dtype.kind == "f"]


def check_vjp(op, sample):
    """First and second derivatives agree with differences in random directions."""
    random = generator(op, sample)
    arrays = arrays_of(sample, random)
    inputs, node = traced(op, sample, arrays)
    if node.dtype != "float" or not floats(arrays):
        return
    weighted = bl.sum(node * random.normal(size=node.shape))
    first = backward(weighted, inputs.values())
    check_differences(weighted, first, inputs, arrays, random)
    slope = constant(0.0)
    for x, cotangent in first.items():
        if x in inputs.values():
            slope = slope + bl.sum(cotangent * random.normal(size=x.shape))
    second = backward(slope, inputs.values())
    check_differences(slope, second, inputs, arrays, random)


def check_differences(output, cotangents, inputs, arrays, random):
    """Compare along one direction for each input, so that no error hides another's."""
    program = Program(Graph(inputs, {"y": output}))
    for n in floats(arrays):
        direction = random.normal(size=arrays[n].shape)

        def along(h, n=n, direction=direction):
            moved = [x + h * direction if m == n else x for m, x in enumerate(arrays)]
            return float(program(named(moved))["y"])

        x = inputs[f"x{n}"]
        slope = constant(0.0)
        if x in cotangents:
            slope = bl.sum(cotangents[x] * direction)
        (found,) = values_of(inputs, [slope], arrays)
        assert float(found) == pytest.approx(difference(along), rel=TOLERANCE, abs=1e-8)


def difference(f):
    """Return f'(0) by central differences of order 4."""
    near, far = f(STEP) - f(-STEP), f(2 * STEP) - f(-2 * STEP)
    return (8 * near - far) / (12 * STEP)


def check_textbook(op, sample):
    """The vjp is the textbook's derivative times the cotangent, to 12 digits."""
    random = generator(op, sample)
    arrays = [x.copy() for x in np.broadcast_arrays(*arrays_of(sample, random))]
    inputs, node = traced(op, sample, arrays)
    g = random.normal(size=node.shape)
    cotangents = backward(node, inputs.values(), constant(g))
    for x, formula in zip(inputs.values(), op.textbook, strict=True):
        expected = g * formula_values(op, formula, sample, arrays)
        found = np.zeros(node.shape)
        if x in cotangents:
            (found,) = values_of(inputs, [cotangents[x]], arrays)
        same(found, expected)


def check_error(op, sample):
    """Wrong arguments are refused in one line that names the operation."""
    arrays = arrays_of(sample, generator(op, sample))
    with pytest.raises(BacklitError, match=re.escape(sample.error)) as on_nodes:
        traced(op, sample, arrays)
    with pytest.raises(BacklitError, match=re.escape(sample.error)) as on_arrays:
        op(*arrays, **sample.attributes)
    for caught in (on_nodes, on_arrays):
        assert str(caught.value).startswith(op.name)
        assert "\n" not in str(caught.value)
