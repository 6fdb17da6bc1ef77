"""Reductions: sum, mean, maximum, and the log-sum-exp family.

`axis` is an axis, several, or None for all; with `keepdims` a reduced axis stays with
length 1. Rules work on the kept form, where broadcasting leads back to the input.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.errors import ShapeError
from backlit.graph.index import Apply, Element, Elements, Index, Reduce, Scalar
from backlit.graph.index import axis as index_axis
from backlit.ops.compare import equal
from backlit.ops.elementwise import exp
from backlit.ops.record import derived, draw, op, sample, whole_axes
from backlit.ops.shape import reshape

if TYPE_CHECKING:
    from backlit.graph.node import Array, Node, Shape

_SAMPLES = (
    sample(draw(4)),
    sample(draw(2, 3), axis=1),
    sample(draw(2, 3, 2), axis=(0, -1), keepdims=True),
    sample(draw(2), axis=2, error="there is no axis 2"),
    sample(draw(2, 2), axis=(0, 0), error="names an axis twice"),
)
_SHARES = (
    sample(draw(4)),
    sample(draw(2, 3), axis=0),
    sample(draw(2), axis=1, error="there is no axis 1"),
)


def _normalise(
    shape: Shape, *, axis: int | tuple[int, ...] | None, keepdims: bool
) -> dict[str, Any]:
    return {"axis": whole_axes(shape, axis), "keepdims": bool(keepdims)}


def _reduced(shape: Shape, *, axis: tuple[int, ...], keepdims: bool) -> Shape:
    if keepdims:
        return tuple(1 if n in axis else size for n, size in enumerate(shape))
    return tuple(size for n, size in enumerate(shape) if n not in axis)


def _reduced_some(shape: Shape, *, axis: tuple[int, ...], keepdims: bool) -> Shape:
    if any(shape[n] == 0 for n in axis):
        raise ShapeError("no elements have no largest one; an axis has length 0")
    return _reduced(shape, axis=axis, keepdims=keepdims)


def _kept(value: Any, x: Any, axis: tuple[int, ...]) -> Any:
    """Give the reduced value its axes of length 1 again, to broadcast against x."""
    return reshape(value, shape=_reduced(x.shape, axis=axis, keepdims=True))


def _along(
    index: tuple[Index, ...], x: Elements, axis: tuple[int, ...], *, keepdims: bool
) -> tuple[tuple[tuple[Index, int], ...], Element]:
    """Return the axes that a reduction runs over and the element that it reads."""
    runs = {a: index_axis("kqrstuv"[n]) for n, a in enumerate(axis)}
    rest = [i for n, i in enumerate(index) if not (keepdims and n in axis)]
    read = tuple(runs[n] if n in runs else rest.pop(0) for n in range(len(x.shape)))
    return tuple((runs[a], x.shape[a]) for a in axis), x[read]


def _sum_element(index: Any, x: Elements, axis: Any, *, keepdims: bool) -> Scalar:
    axes, read = _along(index, x, axis, keepdims=keepdims)
    return Reduce("add", axes, read) if axes else read


def _max_element(index: Any, x: Elements, axis: Any, *, keepdims: bool) -> Scalar:
    axes, read = _along(index, x, axis, keepdims=keepdims)
    return Reduce("maximum", axes, read) if axes else read


def _logsumexp_element(index: Any, x: Elements, axis: Any, *, keepdims: bool) -> Scalar:
    # The definition, as one reads it; whoever computes must take out the largest.
    axes, read = _along(index, x, axis, keepdims=keepdims)
    return Apply("log", (Reduce("add", axes, Apply("exp", (read,))),))


def _max_vjp(g: Node, y: Node, x: Node, axis: Any, *, keepdims: bool) -> Any:
    del keepdims
    largest = equal(x, _kept(y, x, axis)) * 1.0
    return (_kept(g, x, axis) * (largest / sum(largest, axis=axis, keepdims=True)),)


@op(
    vjp=lambda g, _, x, axis, **__: (_kept(g, x, axis),),
    shape=_reduced,
    element=_sum_element,
    normalise=_normalise,
    notation="sum(x)",
    reference="np.sum(x, axis=axis, keepdims=keepdims)",
    samples=_SAMPLES,
)
def sum(x: Array, *, axis: Any = None, keepdims: bool = False) -> Array:  # noqa: A001 - NumPy's name
    """Return the sum over axes."""
    result: Array = np.sum(x, axis=axis, keepdims=keepdims)
    return result


@op(
    vjp=_max_vjp,
    shape=_reduced_some,
    element=_max_element,
    normalise=_normalise,
    notation="max(x)",
    reference="np.max(x, axis=axis, keepdims=keepdims)",
    kinks="where several are largest each gets an equal share",
    samples=_SAMPLES,
)
def max(x: Array, *, axis: Any = None, keepdims: bool = False) -> Array:  # noqa: A001 - NumPy's name
    """Return the largest element over axes."""
    result: Array = np.max(x, axis=axis, keepdims=keepdims)
    return result


@op(
    # The share of an element is its softmax.
    vjp=lambda g, y, x, axis, **_: (_kept(g, x, axis) * exp(x - _kept(y, x, axis)),),
    shape=_reduced_some,
    element=_logsumexp_element,
    normalise=_normalise,
    notation="log(sum(exp(x)))",
    reference="scipy.special.logsumexp(x, axis=axis, keepdims=keepdims)",
    samples=_SAMPLES,
    source="Blanchard, Higham and Higham 2021, eq. 1.4.",
)
def logsumexp(x: Array, *, axis: Any = None, keepdims: bool = False) -> Array:
    """Return log(sum(e^x)) over axes, without overflow: the largest is taken out."""
    top = np.max(x, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)  # inf - inf would be NaN
    total: Array = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return total if keepdims else np.squeeze(total, axis=axis)


@derived(reference="np.mean(x, axis=axis, keepdims=keepdims)", samples=_SAMPLES)
def mean(x: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the mean over axes: the sum, divided by the number of elements."""
    count = 1
    for a in whole_axes(x.shape, axis):
        count *= x.shape[a]
    return sum(x, axis=axis, keepdims=keepdims) / float(count)


@derived(reference="scipy.special.softmax(x, axis=axis)", samples=_SHARES)
def softmax(x: Any, *, axis: int = -1) -> Any:
    """Return e^x / sum(e^x) along one axis: positive numbers that sum to 1."""
    return exp(x - logsumexp(x, axis=axis, keepdims=True))


@derived(reference="scipy.special.log_softmax(x, axis=axis)", samples=_SHARES)
def log_softmax(x: Any, *, axis: int = -1) -> Any:
    """Return the logarithm of softmax along one axis, accurate for tiny shares."""
    return x - logsumexp(x, axis=axis, keepdims=True)
