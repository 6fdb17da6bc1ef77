"""Kernels that move elements: one element at a time, by the index expression.

This is the general lowering: any operation whose index expression is known can be
compiled by it. Contractions, reductions and elementwise work have faster kernels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backlit.compile.emitter import Emitter, Place
from backlit.compile.functions import FUNCTIONS
from backlit.compile.ir import Value
from backlit.compile.loops import nest
from backlit.graph import index as ix

if TYPE_CHECKING:
    from backlit.compile.schedule import Kernel
    from backlit.graph import Node

Where = dict[str, "Value | int"]
_COMPARE = {"<": "lt", ">=": "ge", "==": "eq"}


def emit_move(emitter: Emitter, kernel: Kernel) -> None:
    """Write loops over every element of a kernel's result."""
    root = kernel.root
    assert root is not None  # noqa: S101 - a movement has one
    axes, expression = ix.index_expression(root)

    def one(index: tuple[Value | int, ...]) -> None:
        where = {str(a): i for a, i in zip(axes, index, strict=True)}
        value = _value(emitter, expression, root, where)
        place = Place(index, max(len(index) - 1, 0), 1, 1)
        known = emitter.chain(kernel.nodes, {root: value}, kernel.space, place)
        for node in kernel.stores:
            emitter.write(node, known[node], place)

    nest(emitter, kernel.space, None, range(len(kernel.space)), one)


def _value(emitter: Emitter, s: ix.Scalar, node: Node, where: Where) -> Value:
    code = emitter.code
    match s:
        case ix.Number(value=value):
            return code.number(value, emitter.real)
        case ix.Element():
            return _read(emitter, s, node, where)
        case ix.Apply(op=op, arguments=arguments, attributes=attributes):
            built = [_value(emitter, a, node, where) for a in arguments]
            return FUNCTIONS[op](*built, **dict(attributes))
        case ix.Reduce():
            return _reduce(emitter, s, node, where)
        case ix.Choose():
            left, right = (_index(emitter, i, node, where) for i in (s.left, s.right))
            holds = code.compare(
                _COMPARE[s.comparison], _as_value(emitter, left), right
            )
            return _chosen(emitter, holds, s, node, where)
    raise TypeError(f"an index expression cannot hold {s!r}")


def _chosen(
    emitter: Emitter, holds: Value, s: ix.Choose, node: Node, where: Where
) -> Value:
    """Evaluate only the side that was chosen: the other may lie outside."""
    code = emitter.code
    return code.either(
        holds,
        lambda: _value(emitter, s.then, node, where),
        lambda: _value(emitter, s.otherwise, node, where),
    )


def _reduce(emitter: Emitter, s: ix.Reduce, node: Node, where: Where) -> Value:
    code, combine = emitter.code, FUNCTIONS[s.op]
    start = code.number(0.0 if s.op == "add" else float("-inf"), emitter.real)

    def level(axes: Any, here: Where, carried: list[Value]) -> list[Value]:
        if not axes:
            return [combine(carried[0], _value(emitter, s.body, node, here))]
        (axis, size), *rest = axes
        return code.loop(
            0, size, 1, lambda i, c: level(rest, {**here, str(axis): i}, c), carried
        )

    return level(list(s.axes), where, [start])[0]


def _read(emitter: Emitter, s: ix.Element, node: Node, where: Where) -> Value:
    source = node.inputs[s.input]
    place = tuple(_index(emitter, i, node, where) for i in s.index)
    return emitter.read(source, source.shape, Place(place, 0, 1, 1))


def _index(emitter: Emitter, index: Any, node: Node, where: Where) -> Value | int:
    """Evaluate an index: integer arithmetic, or a read of an integer input."""
    if isinstance(index, int):
        return index
    if isinstance(index, ix.Element):
        return _read(emitter, index, node, where)
    if index.operator == "axis":
        return where[index.arguments[0]]
    a, b = (_index(emitter, i, node, where) for i in index.arguments)
    if isinstance(a, int) and isinstance(b, int):
        return int(ix.INTEGERS[index.operator](a, b))
    names = {"+": "add", "-": "sub", "*": "mul", "//": "sdiv", "%": "srem"}
    left, right = (_as_value(emitter, i) for i in (a, b))
    return emitter.code.emit(
        left.type, f"{names[index.operator]} i64 {left.name}, {right.name}"
    )


def _as_value(emitter: Emitter, i: Value | int) -> Value:
    return i if isinstance(i, Value) else emitter.code.integer(i)
