"""Taking elements out and putting them back: slices, windows, gathering, scattering.

Two pairs undo each other: `place` puts back what `window` took, `scatter_add` what
`gather` took; so each is the other's derivative. Places count from 0.
"""

from __future__ import annotations

from operator import index as whole_number
from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.errors import DataError, DtypeError, ShapeError
from backlit.graph.index import Choose, Elements, Number, Reduce, Scalar
from backlit.graph.index import axis as index_axis
from backlit.graph.node import Array, Node, Shape
from backlit.ops.record import choices, derived, draw, op, sample
from backlit.ops.shape import reshape

if TYPE_CHECKING:
    from backlit.graph.op import Cotangents

Bounds = tuple[tuple[int, int, int], ...]  # for each axis: start, count, step


def _slices(bounds: Bounds) -> tuple[slice, ...]:
    return tuple(slice(a, a + n * s, s) for a, n, s in bounds)


def _plain(*_: Shape, bounds: Any, **more: Any) -> dict[str, Any]:
    plain = tuple(tuple(map(whole_number, bound)) for bound in bounds)
    return {"bounds": plain} | {k: tuple(v) for k, v in more.items()}


def _counts(shape: Shape, bounds: Bounds) -> Shape:
    """Return the shape of a window, after a look whether it lies inside."""
    if len(bounds) != len(shape):
        raise ShapeError(f"needs bounds for {len(shape)} axes, got {len(bounds)}")
    for size, (a, n, s) in zip(shape, bounds, strict=True):
        if a < 0 or n < 0 or s < 1 or (n and a + (n - 1) * s >= size):
            raise ShapeError(f"{n} from {a} in steps of {s} do not fit in {size}")
    return tuple(n for _, n, _ in bounds)


def _placed(part: Shape, *, bounds: Bounds, shape: Shape) -> Shape:
    if _counts(shape, bounds) != part:
        raise ShapeError(f"does not fill the window {bounds}")
    return shape


def _place_element(index: Any, g: Elements, *, bounds: Bounds, shape: Shape) -> Scalar:
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


def _window_back(g: Node, y: Node, x: Node, *, bounds: Bounds) -> Cotangents:
    del y
    return (place(g, bounds=bounds, shape=x.shape),)


@op(
    vjp=_window_back,
    shape=_counts,
    element=lambda index, x, bounds: x[
        tuple(i * s + a for i, (a, _, s) in zip(index, bounds, strict=True))
    ],
    normalise=_plain,
    takes=("any",),
    gives="any",
    notation="x",
    samples=(
        sample(choices(5, below=9), bounds=((1, 3, 1),)),
        sample(draw(5), bounds=((1, 3, 1),)),
        sample(draw(5, 4), bounds=((0, 3, 2), (1, 2, 1))),
        sample(draw(5), bounds=((3, 3, 1),), error="3 from 3 in steps of 1"),
        sample(draw(5, 4), bounds=((0, 1, 1),), error="bounds for 2 axes"),
    ),
)
def window(x: Array, *, bounds: Bounds) -> Array:
    """Return a regular part: for each axis its start, count and positive step."""
    return x[_slices(bounds)]


@op(
    vjp=lambda g, *_, bounds, **__: (window(g, bounds=bounds),),
    shape=_placed,
    element=_place_element,
    normalise=_plain,
    notation="x",
    samples=(
        sample(draw(3, 2), bounds=((0, 3, 2), (1, 2, 1)), shape=(5, 4)),
        sample(draw(3), bounds=((0, 2, 1),), shape=(5,), error="does not fill"),
    ),
)
def place(x: Array, *, bounds: Bounds, shape: Shape) -> Array:
    """Return zeros of a shape with x in the given window: the reverse of window."""
    whole = np.zeros(shape, x.dtype)
    whole[_slices(bounds)] = x
    return whole


def _whole_axis(axes: int, axis: int) -> int:
    if not -axes <= axis < axes:
        raise ShapeError(f"there is no axis {axis} in {axes} axes")
    return whole_number(axis) % axes


def _spread_axis(x: Shape, at: Shape, *, axis: int, size: int) -> dict[str, int]:
    axes = len(x) - len(at) + 1
    return {"axis": _whole_axis(axes, axis), "size": whole_number(size)}


def _spread(x: Shape, at: Shape, *, axis: int, size: int) -> Shape:
    if x[axis : axis + len(at)] != at:
        raise ShapeError(f"needs the places' lengths {at} from axis {axis} on")
    return (*x[:axis], size, *x[axis + len(at) :])


def inside(at: Array, size: int) -> Array:
    """Return places, all of them below a size; NumPy would count from the end.

    Raises:
        DataError: A place lies outside.
    """
    wrong = at[(at < 0) | (at >= size)]
    if wrong.size:
        raise DataError(f"place {wrong.flat[0]} is outside 0 to {size - 1}")
    return at


def _gather_element(index: Any, x: Elements, at: Elements, *, axis: int) -> Scalar:
    depth = len(at.shape)
    row = at[tuple(index[axis : axis + depth])]
    return x[(*index[:axis], row, *index[axis + depth :])]


def _scatter_element(
    index: Any, g: Elements, at: Elements, *, axis: int, size: int
) -> Scalar:
    del size
    runs = tuple((index_axis("kqrstuv"[n]), m) for n, m in enumerate(at.shape))
    where = tuple(k for k, _ in runs)
    read = g[(*index[:axis], *where, *index[axis + 1 :])]
    body = Choose(at[where], "==", index[axis], read, Number(0.0))
    return Reduce("add", runs, body) if runs else body


def _gather_back(g: Node, y: Node, x: Node, at: Node, *, axis: int) -> Cotangents:
    del y
    return scatter_add(g, at, axis=axis, size=x.shape[axis]), None


@op(
    vjp=_gather_back,
    shape=lambda x, at, axis: (*x[:axis], *at, *x[axis + 1 :]),
    element=_gather_element,
    normalise=lambda x, _, axis: {"axis": _whole_axis(len(x), axis)},
    takes=("any", "int"),
    gives="any",
    notation="x",
    reference="np.take(x, at, axis)",
    samples=(
        sample(choices(4, 2, below=9), choices(3, below=4)),
        sample(draw(4, 2), choices(3, below=4)),
        sample(draw(2, 4), choices(2, 2, below=4), axis=1),
        sample(draw(2, 4), choices(below=4), axis=-1),
        sample(draw(2), choices(2, below=2), axis=1, error="there is no axis 1"),
        sample(draw(2), draw(2), error="needs int where float[2] came"),
    ),
)
def gather(x: Array, at: Array, *, axis: int = 0) -> Array:
    """Return the elements of x at integer places along one axis (NumPy's take)."""
    return np.take(x, inside(at, x.shape[axis]), axis)


@op(
    vjp=lambda g, y, x, at, axis, **_: (gather(g, at, axis=axis), None),
    shape=_spread,
    element=_scatter_element,
    normalise=_spread_axis,
    takes=("float", "int"),
    notation="x",
    samples=(
        sample(draw(3, 2), choices(3, below=4), size=4),
        sample(draw(2, 2, 2), choices(2, 2, below=4), axis=1, size=4),
        sample(draw(2), choices(below=4), axis=1, size=4),
        sample(draw(2), choices(3, below=4), size=4, error="lengths (3,) from axis 0"),
    ),
)
def scatter_add(x: Array, at: Array, *, axis: int = 0, size: int) -> Array:
    """Return zeros with x added at integer places along one axis: undoes gather."""
    front, back = x.shape[:axis], x.shape[axis + at.ndim :]
    whole = np.zeros((*front, size, *back), x.dtype)
    where: Any = (*(slice(None),) * axis, inside(at, size))
    np.add.at(whole, where, x)
    return whole


@derived(
    reference="x[key]",
    samples=(
        sample(draw(4, 3), key=1),
        sample(choices(4, 3, below=9), key=1),
        sample(draw(4, 3), key=(slice(None, None, 2), -1)),
        sample(draw(4, 3), key=(Ellipsis, slice(-2, None))),
        sample(draw(4, 3), key=(slice(3, 1), slice(1, 9))),
        sample(draw(4, 3), key=[0, -1, 0]),
        sample(draw(4, 3), key=(slice(1, 3), [2, 2, 0])),
        sample(draw(4, 3), key=5, error="5 is outside"),
        sample(draw(4), key=(0, 0), error="takes at most 1"),
        sample(draw(4), key=slice(None, None, -1), error="a positive step"),
        sample(draw(4), key=None, error="reshape adds an axis"),
        sample(draw(4), key=[True, False] * 2, error="where chooses"),
        sample(draw(4, 4), key=([0, 1], [0, 1]), error="one array of places"),
    ),
)
def index(x: Any, *, key: Any) -> Any:
    """Return `x[key]`: integers, slices with positive step, `...`, one int array."""
    key = _whole_key(len(x.shape), key if isinstance(key, tuple) else (key,))
    arrays = [n for n, k in enumerate(key) if isinstance(k, (list, np.ndarray, Node))]
    if not arrays:
        return _part(x, key)
    n = arrays[0]
    rest = (*key[:n], slice(None), *key[n + 1 :])
    if not all(isinstance(k, slice) for k in rest):
        raise ShapeError("takes one array of places, beside slices only")
    return gather(_part(x, rest), _places(key[n], x.shape[n]), axis=n)


def _whole_key(axes: int, key: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a key for every axis: `...` and missing axes become whole slices."""
    dots = [n for n, k in enumerate(key) if k is Ellipsis]
    at = dots[0] if dots else len(key)
    given = (*key[:at], *key[at + 1 :])
    if len(given) > axes:
        raise ShapeError(f"takes at most {axes} indices, got {len(given)}")
    return (*key[:at], *(slice(None),) * (axes - len(given)), *key[at + 1 :])


def _places(at: Any, size: int) -> Any:
    """Return places that count from 0, where they are known already."""
    if isinstance(at, Node):
        return at
    at = np.asarray(at)
    if at.dtype == bool:
        raise DtypeError("the length of a masked part is unknown; where chooses")
    return np.where(at < 0, at + size, at)


def _part(x: Any, key: tuple[Any, ...]) -> Any:
    bounds = tuple(_bound(k, size) for k, size in zip(key, x.shape, strict=True))
    kept = (b[1] for b, k in zip(bounds, key, strict=True) if isinstance(k, slice))
    return reshape(window(x, bounds=bounds), shape=tuple(kept))


def _bound(key: Any, size: int) -> tuple[int, int, int]:
    if isinstance(key, slice):
        if key.step is not None and key.step < 1:
            raise ShapeError("a slice needs a positive step")
        steps = range(*key.indices(size))
        return steps.start, len(steps), steps.step
    if isinstance(key, bool) or not hasattr(key, "__index__"):
        raise ShapeError(f"{key} is no integer, slice or ...; reshape adds an axis")
    if not -size <= key < size:
        raise ShapeError(f"{key} is outside an axis of length {size}")
    return whole_number(key) % size, 1, 1
