"""Moving elements: transpose, reshape, broadcast, slices, concatenation, gathering.

Nothing is computed here, so each cotangent only moves elements back; where several
were made from one, they are summed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.errors import ShapeError
from backlit.graph.index import (
    Choose,
    Element,
    Elements,
    Number,
    Reduce,
    Scalar,
)
from backlit.graph.index import axis as index_axis
from backlit.graph.index import broadcast as broadcast_element
from backlit.graph.node import Node
from backlit.ops.record import choices, derived, draw, op, sample

if TYPE_CHECKING:
    from backlit.graph.node import Array, Cotangents, Shape


def _order(shape: Shape, axes: tuple[int, ...] | None = None) -> dict[str, Any]:
    axes = tuple(range(len(shape)))[::-1] if axes is None else tuple(axes)
    whole = tuple(a % len(shape) if -len(shape) <= a < len(shape) else a for a in axes)
    if sorted(whole) != list(range(len(shape))):
        raise ShapeError(f"axes={axes} must name each of the {len(shape)} axes once")
    return {"axes": whole}


@op(
    vjp=lambda g, y, x, axes: (transpose(g, axes=tuple(np.argsort(axes).tolist())),),
    shape=lambda shape, axes: tuple(shape[a] for a in axes),
    element=lambda index, x, axes: x[tuple(index[axes.index(n)] for n in range(len(axes)))],
    normalise=_order,
    notation="transpose(x)",
    samples=(
        sample(draw(2, 3)),
        sample(draw(2, 3, 4), axes=(1, 2, 0)),
        sample(draw(2, 3), axes=(0, 0), error="must name each"),
    ),
)  # fmt: skip
def transpose(x: Array, *, axes: tuple[int, ...]) -> Array:
    """Return the array with its axes in another order, by default reversed."""
    return np.transpose(x, axes)


def _new_shape(old: Shape, shape: int | tuple[int, ...]) -> dict[str, Any]:
    wanted = [shape] if isinstance(shape, int) else [int(n) for n in shape]
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
    for size in reversed(x.shape):
        parts.append(offset % size if size > 1 else 0)
        offset = offset // size if size > 1 else offset
    return x[tuple(reversed(parts))]


@op(
    vjp=lambda g, y, x, shape: (reshape(g, shape=x.shape),),
    shape=lambda old, shape: shape,
    element=_reshape_element,
    normalise=_new_shape,
    notation="x",
    samples=(
        sample(draw(2, 3), shape=(3, 2)),
        sample(draw(2, 3), shape=(1, -1, 1)),
        sample(draw(2, 3), shape=(4,), error="6 elements do not fill"),
    ),
)
def reshape(x: Array, *, shape: Shape) -> Array:
    """Return the same elements, last axis fastest, in another shape; -1 fits itself."""
    return np.reshape(x, shape)


def _broadcastable(old: Shape, shape: Shape) -> Shape:
    try:
        fits = np.broadcast_shapes(old, shape) == tuple(shape)
    except ValueError:
        fits = False
    if not fits:
        raise ShapeError(f"does not broadcast to {tuple(shape)}")
    return tuple(shape)


@op(
    vjp=lambda g, y, x, shape: (g,),
    shape=_broadcastable,
    element=lambda index, x, shape: broadcast_element(x, index),
    notation="x",
    samples=(
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


def _joined_axis(*shapes: Shape, axis: int = 0) -> dict[str, int]:
    if not shapes or not -len(shapes[0]) <= axis < len(shapes[0]):
        raise ShapeError(f"needs arrays with an axis {axis}")
    return {"axis": axis % len(shapes[0])}


def _bounds(xs: Any, axis: int) -> list[int]:
    return [0, *np.cumsum([x.shape[axis] for x in xs]).tolist()]


def _split(g: Node, y: Node, *xs: Node, axis: int) -> Cotangents:
    del y
    bounds = _bounds(xs, axis)
    front = (slice(None),) * axis
    return tuple(
        g[(*front, slice(a, b))] for a, b in zip(bounds, bounds[1:], strict=False)
    )


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
    samples=(
        sample(draw(2, 3), draw(1, 3)),
        sample(draw(2, 1), draw(2, 2), draw(2, 3), axis=-1),
        sample(draw(2, 3), draw(2, 2), error="must be equal"),
    ),
)
def concatenate(*xs: Array, axis: int) -> Array:
    """Return the arrays joined along one axis, by default the first."""
    return np.concatenate(xs, axis)


def _slices(bounds: Any) -> tuple[slice, ...]:
    return tuple(slice(a, a + n * s, s) for a, n, s in bounds)


def _place_element(index: Any, g: Elements, bounds: Any, shape: Shape) -> Scalar:
    del shape
    parts = [(i - a) // s for i, (a, _, s) in zip(index, bounds, strict=True)]
    result: Scalar = g[tuple(parts)]
    for i, (a, n, s) in zip(index, bounds, strict=True):
        zero = Number(0.0)
        if s != 1:
            result = Choose((i - a) % s, "==", 0, result, zero)
        result = Choose(i, "<", a + (n - 1) * s + 1, result, zero)
        result = Choose(i, ">=", a, result, zero)
    return result


@op(
    vjp=lambda g, y, x, bounds: (place(g, bounds=bounds, shape=x.shape),),
    shape=lambda shape, bounds: tuple(n for _, n, _ in bounds),
    element=lambda index, x, bounds: x[
        tuple(i * s + a for i, (a, _, s) in zip(index, bounds, strict=True))
    ],
    notation="x",
    samples=(
        sample(draw(5), bounds=((1, 3, 1),)),
        sample(draw(5, 4), bounds=((0, 3, 2), (1, 2, 1))),
    ),
)
def window(x: Array, *, bounds: tuple[tuple[int, int, int], ...]) -> Array:
    """Return a regular part: for each axis its start, count and positive step."""
    return x[_slices(bounds)]


@op(
    vjp=lambda g, y, x, bounds, shape: (window(g, bounds=bounds),),
    shape=lambda part, bounds, shape: shape,
    element=_place_element,
    notation="x",
    samples=(sample(draw(3, 2), bounds=((0, 3, 2), (1, 2, 1)), shape=(5, 4)),),
)
def place(x: Array, *, bounds: tuple[tuple[int, int, int], ...], shape: Shape) -> Array:
    """Return zeros of a shape with x in the given window: the reverse of window."""
    whole = np.zeros(shape, x.dtype)
    whole[_slices(bounds)] = x
    return whole


def _whole_axis(shape: Shape, *_: Shape, axis: int = 0, **more: Any) -> dict[str, Any]:
    if not -len(shape) <= axis < len(shape):
        raise ShapeError(f"there is no axis {axis} in {len(shape)} axes")
    return {"axis": axis % len(shape), **more}


def _gather_element(index: Any, x: Elements, at: Elements, axis: int) -> Scalar:
    depth = len(at.shape)
    row = at[tuple(index[axis : axis + depth])]
    return x[(*index[:axis], row, *index[axis + depth :])]


def _scatter_element(
    index: Any, g: Elements, at: Elements, axis: int, size: int
) -> Any:
    del size
    runs = tuple((index_axis("kqrstuv"[n]), m) for n, m in enumerate(at.shape))
    where = tuple(k for k, _ in runs)
    read = g[(*index[:axis], *where, *index[axis + 1 :])]
    body = Choose(at[where], "==", index[axis], read, Number(0.0))
    return Reduce("add", runs, body) if runs else body


@op(
    vjp=lambda g, y, x, at, axis: (
        scatter_add(g, at, axis=axis, size=x.shape[axis]),
        None,
    ),
    shape=lambda x, at, axis: (*x[:axis], *at, *x[axis + 1 :]),
    element=_gather_element,
    normalise=_whole_axis,
    takes=("float", "int"),
    notation="x",
    samples=(
        sample(draw(4, 2), choices(3, below=4)),
        sample(draw(2, 4), choices(2, 2, below=4), axis=1),
        sample(draw(2), choices(2, below=2), axis=1, error="there is no axis 1"),
    ),
)
def gather(x: Array, at: Array, *, axis: int) -> Array:
    """Return the elements of x at integer places along one axis (NumPy's take)."""
    return np.take(x, at, axis)


@op(
    vjp=lambda g, y, x, at, axis, size: (gather(g, at, axis=axis), None),
    shape=lambda x, at, axis, size: (*x[:axis], size, *x[axis + len(at) :]),
    element=_scatter_element,
    normalise=_whole_axis,
    takes=("float", "int"),
    notation="x",
    samples=(
        sample(draw(3, 2), choices(3, below=4), size=4),
        sample(draw(2, 2, 2), choices(2, 2, below=4), axis=1, size=4),
    ),
)
def scatter_add(x: Array, at: Array, *, axis: int, size: int) -> Array:
    """Return zeros with x added at integer places along one axis: undoes gather."""
    front, back = x.shape[:axis], x.shape[axis + at.ndim :]
    whole = np.zeros((*front, size, *back), x.dtype)
    np.add.at(whole, (*(slice(None),) * axis, at), x)
    return whole


@derived(
    samples=(
        sample(draw(4, 3), key=1),
        sample(draw(4, 3), key=(slice(None, None, 2), -1)),
        sample(draw(4, 3), key=(Ellipsis, slice(1, 3))),
        sample(draw(4, 3), key=5, error="5 is outside"),
        sample(draw(4), key=(0, 0), error="takes at most 1"),
    ),
)
def index(x: Any, *, key: Any) -> Any:
    """Return `x[key]` for integers, slices with positive step, ... and int arrays."""
    if isinstance(key, (list, np.ndarray, Node)):
        return gather(x, np.asarray(key) if isinstance(key, list) else key)
    bounds, shape = _bounds_of(x.shape, key if isinstance(key, tuple) else (key,))
    return reshape(window(x, bounds=bounds), shape=shape)


def _bounds_of(shape: Shape, key: tuple[Any, ...]) -> tuple[Any, Shape]:
    """Return for each axis (start, count, step), and the shape without integer axes."""
    if Ellipsis in key:
        at = key.index(Ellipsis)
        fill = (slice(None),) * (len(shape) - len(key) + 1)
        key = (*key[:at], *fill, *key[at + 1 :])
    if len(key) > len(shape):
        raise ShapeError(f"index: takes at most {len(shape)} indices, got {len(key)}")
    key = (*key, *(slice(None),) * (len(shape) - len(key)))
    bounds = tuple(_bound(k, size) for k, size in zip(key, shape, strict=True))
    kept = (b[1] for b, k in zip(bounds, key, strict=True) if isinstance(k, slice))
    return bounds, tuple(kept)


def _bound(key: Any, size: int) -> tuple[int, int, int]:
    if isinstance(key, slice):
        steps = range(*key.indices(size))
        if steps.step < 1:
            raise ShapeError("index: a slice needs a positive step")
        return steps.start, len(steps), steps.step
    if not -size <= int(key) < size:
        raise ShapeError(f"index: {key} is outside an axis of length {size}")
    return int(key) % size, 1, 1
