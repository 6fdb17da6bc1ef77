"""Kernels that reduce: sums, largest elements, log-sum-exp.

    y[kept] = sum over the others of  f(x)[kept, others]

Where the fastest axis is reduced, its vectors are added lane by lane and the lanes at
the end; where it is kept, its vectors are the results.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backlit.compile.emitter import Emitter, Place
from backlit.compile.functions import FUNCTIONS
from backlit.compile.ir import Type, Value
from backlit.compile.layout import row_major
from backlit.compile.loops import by_stride, extent, in_vectors, nest

if TYPE_CHECKING:
    from collections.abc import Callable

    from backlit.compile.schedule import Kernel
    from backlit.graph import Node
    from backlit.graph.node import Shape


@dataclass(frozen=True, eq=False)
class Reduction:
    """A reduction as its loops see it.

    Attributes:
        space: The shape of what is reduced.
        over: The axes that are reduced, the fastest last.
        kept: The others.
        batch: The axis of the space that is the batch, if any.
        lanes: Lanes of a vector.
    """

    emitter: Emitter
    kernel: Kernel
    space: Shape
    over: tuple[int, ...]
    kept: tuple[int, ...]
    batch: int | None
    lanes: int

    @property
    def root(self) -> Node:
        """The reduction's node."""
        assert self.kernel.root is not None  # noqa: S101 - a reduction has one
        return self.kernel.root

    def element(self, place: Place) -> Value:
        """Return what is reduced, at a place."""
        x = self.root.inputs[0]
        known = self.emitter.chain(self.kernel.before, {}, self.space, place)
        return known[x] if x in known else self.emitter.read(x, self.space, place)

    def result(self, place: Place) -> Place:
        """Return the place of the result for a place of the space."""
        index, axis = place.index, place.axis
        if self.root.attributes["keepdims"]:
            index = tuple(0 if a in self.over else i for a, i in enumerate(index))
        else:
            index = tuple(i for a, i in enumerate(index) if a in self.kept)
            before = sum(a < place.axis for a in self.kept)
            axis = min(before, max(len(index) - 1, 0))  # of one lane any axis will do
        return Place(index, axis, place.lanes, place.used)


def emit_reduction(
    emitter: Emitter, kernel: Kernel, batch: int | None, lanes: int
) -> None:
    """Write the loops of a reduction; batch is an axis of what is reduced."""
    root = kernel.root
    assert root is not None  # noqa: S101 - a reduction has one
    x = root.inputs[0]
    order = _order(emitter, x)
    over = tuple(a for a in order if a in root.attributes["axis"])
    kept = tuple(a for a in order if a not in over)
    r = Reduction(emitter, kernel, x.shape, over, kept, batch, lanes)
    along = order[-1] if order else 0
    if not order or along in over or along == batch:
        nest(emitter, x.shape, batch, kept, lambda index: _across(r, index))
    else:
        nest(emitter, x.shape, batch, kept[:-1], lambda index: _aside(r, index))


def _order(emitter: Emitter, x: Node) -> list[int]:
    strides = row_major(x.shape) if _computed(x) else emitter.layout.access(x).strides
    return by_stride(x.shape, strides)


def _computed(x: Node) -> bool:
    return x.op.elementwise and bool(x.inputs)


def _across(r: Reduction, index: tuple[Value | int, ...]) -> None:
    """Reduce to one result: along the fastest axis in vectors."""
    place = Place(index, r.over[-1] if r.over else 0, 1, 1)
    value = _value(r, lambda f, start: _fold(r, place, f, start))
    _finish(r, place, value)


def _value(
    r: Reduction, fold: Callable[[Callable[[Value], Value], str], Value]
) -> Value:
    """Return the reduced value, from a way to fold a function of the elements."""
    code = r.emitter.code
    if r.root.op.name == "sum":
        return fold(lambda v: v, "sum")
    top = fold(lambda v: v, "max")
    if r.root.op.name == "max":
        return top
    # All that is infinite would give inf - inf.
    finite = code.call("fabs", top) < float("inf")
    safe = code.select(finite, top, 0.0)

    def spread(v: Value) -> Value:
        wide = safe if v.type == safe.type else code.splat(safe, v.type.lanes)
        return FUNCTIONS["exp"](v - wide)

    return FUNCTIONS["log"](fold(spread, "sum")) + safe


def _aside(r: Reduction, index: tuple[Value | int, ...]) -> None:
    """Reduce to a row of results, in vectors along it."""
    axis = r.kept[-1]

    def at(start: Value | int, width: int, used: int) -> list[Value]:
        whole = (*index[:axis], start, *index[axis + 1 :])
        place = Place(whole, axis, width, used)
        value = _value(r, lambda f, kind: _fold_rows(r, place, f, kind))
        _finish(r, place, value)
        return []

    in_vectors(r.emitter.code, r.space[axis], r.lanes, at)


def _fold(r: Reduction, place: Place, f: Callable[[Value], Value], kind: str) -> Value:
    """Fold over all reduced axes, the fastest in vectors, then over the lanes."""
    code, axis = r.emitter.code, place.axis
    fixed = axis != r.batch and bool(r.over)
    size = r.space[axis] if r.over else 1
    width = min(r.lanes, 1 << size.bit_length() - 1) if fixed and size else 1
    wide = Type(r.emitter.real.scalar, width)
    main = size - size % width if fixed else 0
    combine = _combine(kind)

    def row(index: tuple[Value | int, ...], carried: list[Value]) -> list[Value]:
        def at(i: Value | int, lanes: int) -> Value:
            whole = (*index[:axis], i, *index[axis + 1 :]) if r.space else ()
            return f(r.element(Place(whole, axis, lanes, lanes)))

        stop = main if fixed else extent(r.emitter, r.space, r.batch, axis)
        (total,) = code.loop(
            0, stop, width, lambda i, c: [combine(c[0], at(i, width))], carried[:1]
        )
        one = carried[1]
        for i in range(main, size) if fixed else ():
            one = combine(one, at(i, 1))
        return [total, one]

    start = [_neutral(r, kind, wide), _neutral(r, kind, Type(wide.scalar))]
    if not r.over:
        return combine(start[1], f(r.element(place)))
    total, one = _loops(r, r.over[:-1], place.index, start, row)
    return combine(_over_lanes(total, kind), one)


def _fold_rows(
    r: Reduction, place: Place, f: Callable[[Value], Value], kind: str
) -> Value:
    """Fold over all reduced axes, lane by lane."""
    combine = _combine(kind)

    def one(index: tuple[Value | int, ...], carried: list[Value]) -> list[Value]:
        here = replace(place, index=index)
        return [combine(carried[0], f(r.element(here)))]

    start = [_neutral(r, kind, Type(r.emitter.real.scalar, place.lanes))]
    return _loops(r, r.over, place.index, start, one)[0]


def _loops(
    r: Reduction,
    axes: tuple[int, ...],
    index: tuple[Value | int, ...],
    carried: list[Value],
    body: Callable[[tuple[Value | int, ...], list[Value]], list[Value]],
) -> list[Value]:
    """Write loops over reduced axes that carry values through."""
    if not axes:
        return body(index, carried)
    axis = axes[0]

    def round_(i: Value, c: list[Value]) -> list[Value]:
        return _loops(r, axes[1:], (*index[:axis], i, *index[axis + 1 :]), c, body)

    stop = extent(r.emitter, r.space, r.batch, axis)
    return r.emitter.code.loop(0, stop, 1, round_, carried)


def _finish(r: Reduction, place: Place, value: Value) -> None:
    """Compute what follows the reduction, and store."""
    at = r.result(place)
    known = r.emitter.chain(r.kernel.nodes, {r.root: value}, r.kernel.space, at)
    for node in r.kernel.stores:
        r.emitter.write(node, known[node], at)


def _neutral(r: Reduction, kind: str, type_: Type) -> Value:
    start = 0.0 if kind == "sum" else float("-inf")
    return r.emitter.code.number(start, type_)


def _combine(kind: str) -> Callable[[Value, Value], Value]:
    return (lambda a, b: a + b) if kind == "sum" else FUNCTIONS["maximum"]


def _over_lanes(value: Value, kind: str) -> Value:
    """Combine the lanes of a vector, in halves."""
    code, combine = value.code, _combine(kind)
    while value.type.lanes > 2:
        half = value.type.lanes // 2
        low, high = (code.shuffle(value, range(n, n + half)) for n in (0, half))
        value = combine(low, high)
    if value.type.lanes == 1:
        return value
    return combine(code.lane(value, 0), code.lane(value, 1))
