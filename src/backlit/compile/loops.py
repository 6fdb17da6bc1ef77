"""Kernels for elementwise work: one loop nest along memory, in vectors.

Axes that lie one behind the other in all that is read and written are run as one. The
last of what is left is cut into vectors. Where its length is only known at run time,
the last vector may run over the end: every value has room for that behind it.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from backlit.compile.emitter import Emitter, Place
from backlit.compile.layout import broadcast_strides, row_major
from backlit.graph import CONSTANT, Node

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backlit.compile.body import Code
    from backlit.compile.ir import Value
    from backlit.compile.schedule import Kernel
    from backlit.graph.node import Shape

    Point = Callable[[tuple[Value | int, ...]], None]


def emit_map(emitter: Emitter, kernel: Kernel, batch: int | None, lanes: int) -> None:
    """Write the loops of an elementwise kernel.

    Args:
        emitter: Where to write.
        kernel: The kernel.
        batch: The axis of its space that is the batch, if any.
        lanes: Lanes of a vector.
    """
    flat = bool(kernel.space) and _is_flat(emitter, kernel, batch)
    if emitter.cut == "elements" and not flat:
        emitter.alone(lambda: _emit(emitter, kernel, batch, lanes, flat=flat))
    else:
        _emit(emitter, kernel, batch, lanes, flat=flat)


def _emit(
    emitter: Emitter, kernel: Kernel, batch: int | None, lanes: int, *, flat: bool
) -> None:
    space = kernel.space
    if not space:
        _point(emitter, kernel, Place((), 0, 1, 1))
        return
    if flat:
        _emit_flat(emitter, kernel, batch, lanes)
        return
    order = axis_order(emitter, kernel)
    inner = order[-1]
    nest(
        emitter,
        space,
        batch,
        order[:-1],
        lambda index: _row(emitter, kernel, batch, index, axis=inner, lanes=lanes),
    )


def nest(
    emitter: Emitter,
    space: Shape,
    batch: int | None,
    axes: Sequence[int],
    body: Point,
) -> None:
    """Write loops over axes around a body; the other indices are 0."""

    def level(depth: int, index: tuple[Value | int, ...]) -> None:
        if depth == len(axes):
            body(index)
            return
        axis = axes[depth]

        def round_(i: Value, _: list[Value]) -> list[Value]:
            level(depth + 1, (*index[:axis], i, *index[axis + 1 :]))
            return []

        start, stop = span(emitter, space, batch, axis)
        emitter.code.loop(start, stop, 1, round_)

    level(0, (0,) * len(space))


def extent(emitter: Emitter, space: Shape, batch: int | None, axis: int) -> Value | int:
    """Return the length of an axis: the batch's is known at run time only."""
    return emitter.rows if axis == batch else space[axis]


def span(
    emitter: Emitter, space: Shape, batch: int | None, axis: int
) -> tuple[Value | int, Value | int]:
    """Return where a loop along an axis begins and ends."""
    return emitter.batch if axis == batch else (0, space[axis])


def axis_order(emitter: Emitter, kernel: Kernel) -> list[int]:
    """Return the axes from the slowest in memory to the fastest."""
    return by_stride(kernel.space, emitter.layout.strides(kernel.stores[0]))


def by_stride(space: Shape, strides: Sequence[int]) -> list[int]:
    """Return axes from the largest stride to the smallest; those of length 1 first."""
    return sorted(range(len(space)), key=lambda a: (space[a] > 1, -strides[a]))


def _row(
    emitter: Emitter,
    kernel: Kernel,
    batch: int | None,
    index: tuple[Value | int, ...],
    *,
    axis: int,
    lanes: int,
) -> None:
    """Run along the fastest axis."""

    def at(i: Value | int, width: int, used: int) -> list[Value]:
        whole = (*index[:axis], i, *index[axis + 1 :])
        _point(emitter, kernel, Place(whole, axis, width, used))
        return []

    if axis == batch:
        emitter.code.loop(*emitter.batch, 1, lambda i, _: at(i, 1, 1))
    else:
        in_vectors(emitter.code, kernel.space[axis], lanes, at)


def in_vectors(
    code: Code,
    size: int,
    lanes: int,
    body: Callable[[Value | int, int, int], list[Value]],
) -> None:
    """Write a body for the whole vectors of a row, and for the rest of it in one more.

    Args:
        code: Where to write.
        size: The length of the row.
        lanes: Lanes of a vector.
        body: Takes the first index of a vector, its lanes, and how many are used.
    """
    main = size - size % lanes
    if main == lanes:
        body(0, lanes, lanes)
    elif main:
        code.loop(0, main, lanes, lambda i, _: body(i, lanes, lanes))
    if size % lanes:
        body(main, power_above(size % lanes), size % lanes)


def power_above(n: int) -> int:
    """Return the smallest power of two that is at least n."""
    return 1 << max(n - 1, 0).bit_length()


def _is_flat(emitter: Emitter, kernel: Kernel, batch: int | None) -> bool:
    """Tell whether all that is read and stored lies in one order without gaps."""
    space, computed = kernel.space, set(kernel.computed)
    found = {_spans(emitter.layout.strides(x), space) for x in kernel.stores}
    for x in (x for node in kernel.computed for x in node.inputs):
        if x not in computed and not (x.op is CONSTANT and not x.shape):
            found.add(
                _spans(broadcast_strides(emitter.layout.access(x), x, space), space)
            )
    found -= {(0,) * len(next(iter(found), ()))}
    if len(found) != 1:
        return False
    strides = found.pop()
    if batch is None:
        return strides in _dense(space)
    return strides == _dense(space)[0] and prod(space[:batch]) == 1


def _spans(strides: tuple[int, ...], shape: Shape) -> tuple[int, ...]:
    """Return the strides of the axes that are longer than 1."""
    return tuple(s for s, n in zip(strides, shape, strict=True) if n != 1)


def _dense(shape: Shape) -> tuple[tuple[int, ...], ...]:
    """Return the strides of storage without gaps, row-major and exchanged."""
    rows = _spans(row_major(shape), shape)
    sizes = [n for n in shape if n != 1]
    return (rows, (1, sizes[0])) if len(sizes) == 2 else (rows,)


def _emit_flat(emitter: Emitter, kernel: Kernel, batch: int | None, lanes: int) -> None:
    """Run through memory; the last vector may run over the end of each value."""
    space = kernel.space
    count = prod(space)
    width = min(lanes, power_above(count))
    start: Value | int = 0
    stop: Value | int = count
    if batch is not None:
        start, stop = (i * (count // space[batch]) for i in emitter.batch)
    elif emitter.cut == "elements":
        start, stop = emitter.share(count, width)
    axis = axis_order(emitter, kernel)[-1]

    def one(i: Value | int, width: int) -> list[Value]:
        index = tuple(i if a == axis else 0 for a in range(len(space)))
        _point(emitter, kernel, Place(index, axis, width, width))
        return []

    if isinstance(stop, int) and count <= width:
        one(0, width)
    else:
        emitter.code.loop(start, stop, width, lambda i, _: one(i, width))


def _point(emitter: Emitter, kernel: Kernel, place: Place) -> None:
    """Compute the kernel's nodes at a place and store what is kept."""
    known: dict[Node, Value] = {}
    emitter.chain(kernel.nodes, known, kernel.space, place)
    for node in kernel.stores:
        emitter.write(node, known[node], place)
