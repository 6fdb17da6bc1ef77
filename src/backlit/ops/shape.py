"""Moving elements: transpose, reshape, broadcast, concatenate.

Nothing is computed here, so each cotangent only moves elements back; where several
were made from one, they are summed.
"""

from __future__ import annotations

from itertools import pairwise
from operator import index as whole_number
from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.errors import ShapeError
from backlit.graph.index import Choose, Element, Elements, Scalar
from backlit.graph.index import broadcast as broadcast_element
from backlit.ops.record import choices, draw, op, sample

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backlit.graph.node import Array, Node, Shape
    from backlit.graph.op import Cotangents


def _order(shape: Shape, *, axes: Iterable[int] | None) -> dict[str, Any]:
    reverse = range(len(shape))[::-1]
    axes = tuple(map(whole_number, reverse if axes is None else axes))
    whole = tuple(a % len(shape) if -len(shape) <= a < len(shape) else a for a in axes)
    if sorted(whole) != list(range(len(shape))):
        raise ShapeError(f"axes={axes} must name each of the {len(shape)} axes once")
    return {"axes": whole}


def _ordered_back(g: Node, y: Node, x: Node, *, axes: tuple[int, ...]) -> Cotangents:
    del y, x
    return (transpose(g, axes=tuple(np.argsort(axes).tolist())),)


def _ordered_element(index: Any, x: Elements, *, axes: tuple[int, ...]) -> Element:
    return x[tuple(index[axes.index(n)] for n in range(len(axes)))]


@op(
    vjp=_ordered_back,
    shape=lambda shape, axes: tuple(shape[a] for a in axes),
    element=_ordered_element,
    normalise=_order,
    takes=("any",),
    gives="any",
    notation="transpose(x)",
    reference="np.transpose(x, axes)",
    samples=(
        sample(choices(2, 3, below=9)),
        sample(draw(2, 3)),
        sample(draw(2, 3, 4), axes=(1, 2, 0)),
        sample(draw(2, 3), axes=(0, 0), error="must name each"),
    ),
)
def transpose(x: Array, *, axes: tuple[int, ...] | None = None) -> Array:
    """Return the array with its axes in another order, by default reversed."""
    return np.transpose(x, axes)


def _sizes(shape: int | Iterable[int]) -> Shape:
    return tuple(map(whole_number, np.atleast_1d(np.asarray(shape)).tolist()))


def _new_shape(old: Shape, *, shape: int | Iterable[int]) -> dict[str, Any]:
    wanted = list(_sizes(shape))
    size = int(np.prod(old, dtype=np.int64))
    if wanted.count(-1) == 1:
        rest = -int(np.prod(wanted, dtype=np.int64))
        wanted[wanted.index(-1)] = size // rest if rest else 0
    if int(np.prod(wanted, dtype=np.int64)) != size or min(wanted, default=0) < 0:
        raise ShapeError(f"{size} elements do not fill the shape {tuple(wanted)}")
    return {"shape": tuple(wanted)}


def _reshape_element(index: Any, x: Elements, shape: Shape) -> Element:
    offset: Any = 0
    for i, size in zip(index, shape, strict=True):
        offset = i + offset * size if size > 1 else offset
    parts: list[Any] = []
    before = int(np.prod(x.shape, dtype=np.int64))
    for size in reversed(x.shape):
        before //= max(size, 1)
        inside = offset % size if before > 1 < size else offset
        parts.append(inside if size > 1 else 0)
        offset = offset // size if size > 1 else offset
    return x[tuple(reversed(parts))]


def _reshaped_back(g: Node, y: Node, x: Node, **_: Shape) -> Cotangents:
    del y
    return (reshape(g, shape=x.shape),)


@op(
    vjp=_reshaped_back,
    shape=lambda _, shape: shape,
    element=_reshape_element,
    normalise=_new_shape,
    takes=("any",),
    gives="any",
    notation="x",
    reference="np.reshape(x, shape)",
    samples=(
        sample(True, shape=(1, 1)),
        sample(draw(2, 3), shape=(3, 2)),
        sample(draw(2, 3), shape=(1, -1, 1)),
        sample(draw(2, 3), shape=(4,), error="6 elements do not fill"),
    ),
)
def reshape(x: Array, *, shape: Shape) -> Array:
    """Return the same elements, last axis fastest, in another shape; -1 fits itself."""
    return np.reshape(x, shape)


def _broadcastable(old: Shape, *, shape: Shape) -> Shape:
    try:
        fits = np.broadcast_shapes(old, shape) == shape
    except ValueError:
        fits = False
    if not fits:
        raise ShapeError(f"does not broadcast to {shape}")
    return shape


@op(
    vjp=lambda g, *_, **__: (g,),
    shape=_broadcastable,
    element=lambda index, x, **_: broadcast_element(x, index),
    normalise=lambda _, shape: {"shape": _sizes(shape)},
    takes=("any",),
    gives="any",
    notation="x",
    reference="np.broadcast_to(x, shape)",
    samples=(
        sample(True, shape=(2, 3)),
        sample(draw(3), shape=(2, 3)),
        sample(draw(2, 1), shape=(2, 3)),
        sample(draw(2), shape=(2, 3), error="does not broadcast"),
    ),
)
def broadcast_to(x: Array, *, shape: Shape) -> Array:
    """Return the array repeated along missing axes and axes of length 1."""
    return np.broadcast_to(x, shape)


def _joined(*shapes: Shape, axis: int) -> Shape:
    first = shapes[0]
    for s in shapes:
        if len(s) != len(first) or any(
            n != m for k, (n, m) in enumerate(zip(s, first, strict=True)) if k != axis
        ):
            raise ShapeError(f"all lengths but that of axis {axis} must be equal")
    total = int(np.sum([s[axis] for s in shapes]))
    return (*first[:axis], total, *first[axis + 1 :])


def _joined_axis(*shapes: Shape, axis: int) -> dict[str, int]:
    if not shapes or not -len(shapes[0]) <= axis < len(shapes[0]):
        raise ShapeError(f"needs arrays with an axis {axis}")
    return {"axis": whole_number(axis) % len(shapes[0])}


def _bounds(xs: Any, axis: int) -> list[int]:
    return [0, *np.cumsum([x.shape[axis] for x in xs]).tolist()]


def _split(g: Node, y: Node, *xs: Node, axis: int) -> Cotangents:
    del y
    bounds = _bounds(xs, axis)
    front = (slice(None),) * axis
    return tuple(g[(*front, slice(a, b))] for a, b in pairwise(bounds))


def _joined_element(index: Any, *xs: Elements, axis: int) -> Scalar:
    bounds = _bounds(xs, axis)
    i = index[axis]
    reads = [
        x[(*index[:axis], i - start, *index[axis + 1 :])]
        for x, start in zip(xs, bounds, strict=False)
    ]
    result: Scalar = reads[-1]
    for read, end in zip(reads[-2::-1], bounds[-2:0:-1], strict=True):
        result = Choose(i, "<", end, read, result)
    return result


@op(
    vjp=_split,
    shape=_joined,
    element=_joined_element,
    normalise=_joined_axis,
    notation="concatenate(x)",
    reference="np.concatenate(xs, axis)",
    samples=(
        sample(draw(2, 3), draw(1, 3)),
        sample(draw(2, 1), draw(2, 2), draw(2, 3), axis=-1),
        sample(draw(2, 3), draw(2, 2), error="must be equal"),
    ),
)
def concatenate(*xs: Array, axis: int = 0) -> Array:
    """Return the arrays joined along one axis, by default the first."""
    return np.concatenate(xs, axis)
