"""Comparing and choosing: comparisons, where, maximum, minimum, clip.

Comparisons give truth values, which have no derivative; `where` turns them back into
numbers and lets the cotangent through on the side that was chosen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from backlit.ops.record import BINARY, choices, draw, op, sample

if TYPE_CHECKING:
    from collections.abc import Callable

    from backlit.graph.node import Array, Node, Shape
    from backlit.graph.op import Cotangents, Op


def _chosen(g: Node, y: Node, condition: Node, a: Node, b: Node) -> Cotangents:
    del y, a, b
    return None, where(condition, g, 0.0), where(condition, 0.0, g)


@op(
    vjp=_chosen,
    takes=("bool", "float"),
    notation="where(condition, a, b)",
    definition="a if condition else b",
    textbook=("0", "1 if condition else 0", "0 if condition else 1"),
    samples=(sample(True, draw(3), draw(3)), sample(False, draw(2, 1), draw(3))),
)
def where(condition: Array, a: Array, b: Array) -> Array:
    """Return a where the condition holds, else b."""
    return np.where(condition, a, b)


@op(
    takes=("any",),
    vjp=lambda *_: (None,),
    notation="x",
    textbook=("0",),
    samples=(sample(True), sample(choices(4, below=9))),
)
def to_float(x: Array) -> Array:
    """Return truth values as 0.0 and 1.0, and integers as floats."""
    return x.astype("f8")


def _comparison(notation: str) -> Callable[[Callable[..., Array]], Op]:
    return op(
        vjp=lambda *_: (None, None),
        gives="bool",
        notation=notation,
        samples=BINARY,
    )


@_comparison("a > b")
def greater(a: Array, b: Array) -> Array:
    """Return where a is greater than b."""
    return np.greater(a, b)


@_comparison("a >= b")
def greater_equal(a: Array, b: Array) -> Array:
    """Return where a is greater than b or equal."""
    return np.greater_equal(a, b)


@_comparison("a < b")
def less(a: Array, b: Array) -> Array:
    """Return where a is less than b."""
    return np.less(a, b)


@_comparison("a <= b")
def less_equal(a: Array, b: Array) -> Array:
    """Return where a is less than b or equal."""
    return np.less_equal(a, b)


@_comparison("a == b")
def equal(a: Array, b: Array) -> Array:
    """Return where a equals b."""
    return np.equal(a, b)


@_comparison("a != b")
def not_equal(a: Array, b: Array) -> Array:
    """Return where a differs from b."""
    return np.not_equal(a, b)


@op(
    vjp=lambda g, _, a, b: (
        g * where(a > b, 1.0, where(equal(a, b), 0.5, 0.0)),
        g * where(a > b, 0.0, where(equal(a, b), 0.5, 1.0)),
    ),
    notation="max(a, b)",
    textbook=("1 if a > b else 0", "1 if b > a else 0"),
    kinks="where both are equal each gets half",
    samples=BINARY,
)
def maximum(a: Array, b: Array) -> Array:
    """Return the larger of two arrays, element by element; NaN if either is."""
    return np.maximum(a, b)


@op(
    vjp=lambda g, _, a, b: (
        g * where(a < b, 1.0, where(equal(a, b), 0.5, 0.0)),
        g * where(a < b, 0.0, where(equal(a, b), 0.5, 1.0)),
    ),
    notation="min(a, b)",
    textbook=("1 if a < b else 0", "1 if b < a else 0"),
    kinks="where both are equal each gets half",
    samples=BINARY,
)
def minimum(a: Array, b: Array) -> Array:
    """Return the smaller of two arrays, element by element; NaN if either is."""
    return np.minimum(a, b)


def _ordered(_: Shape, *, low: float, high: float) -> dict[str, float]:
    if low > high:
        raise ValueError(f"low={low} is above high={high}")
    return {"low": float(low), "high": float(high)}


@op(
    vjp=lambda g, _, x, low, high: (
        g * where(x < low, 0.0, where(x > high, 0.0, 1.0)),
    ),
    normalise=_ordered,
    notation="min(max(x, low), high)",
    textbook=("0 if x < low or x > high else 1",),
    kinks="at low and high the derivative is taken as 1",
    samples=(
        sample(draw(4), low=-1.0, high=0.5),
        sample(draw(2, 3), low=0, high=1),
        sample(draw(2), low=1, high=0, error="low=1 is above high=0"),
    ),
)
def clip(x: Array, *, low: float, high: float) -> Array:
    """Return each element, but at least low and at most high."""
    return np.clip(x, low, high)
