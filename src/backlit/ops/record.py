"""How an operation is recorded: the decorator, the usual shape rules, sample draws.

    @op(vjp=lambda g, y, x: (g * y,), textbook=("exp(x)",), ...)
    def exp(x): ...

registers the NumPy function as the operation `exp` and returns its record.
"""

from __future__ import annotations

from operator import index as whole_number
from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.errors import ShapeError
from backlit.graph.node import OPS, Shape
from backlit.graph.op import Draw, Op, Sample

if TYPE_CHECKING:
    from collections.abc import Callable


def op(**record: Any) -> Callable[[Callable[..., Any]], Op]:
    """Register a function as a primitive operation, elementwise unless it says else."""

    def register(function: Callable[..., Any]) -> Op:
        fields = {"shape": elementwise} | record
        return _register(Op(function.__name__, function, **fields))

    return register


def derived(**record: Any) -> Callable[[Callable[..., Any]], Op]:
    """Register a composition of other operations under its own name."""
    return lambda function: _register(Op(function.__name__, function, **record))


def _register(record: Op) -> Op:
    if record.name in OPS:
        raise ValueError(f"the operation {record.name} is recorded twice")
    OPS[record.name] = record
    return record


def elementwise(*shapes: Shape, **_: Any) -> Shape:
    """Return the shape to which all inputs broadcast."""
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        raise ShapeError(
            "the shapes do not broadcast; each axis, counted from the last, "
            "must have equal lengths or length 1"
        ) from None


def whole_axes(shape: Shape, axis: int | tuple[int, ...] | None) -> tuple[int, ...]:
    """Return axes counted from 0 and in order; None stands for all of them."""
    if axis is None:
        return tuple(range(len(shape)))
    given = tuple(map(whole_number, np.atleast_1d(axis).tolist()))
    for a in given:
        if not -len(shape) <= a < len(shape):
            raise ShapeError(f"there is no axis {a} in {len(shape)} axes")
    whole = tuple(sorted(a % len(shape) for a in given))
    if len(set(whole)) < len(whole):
        raise ShapeError(f"axis {given} names an axis twice")
    return whole


def draw(*shape: int, low: float = -2.0, high: float = 2.0) -> Draw:
    """Return floats of a shape, uniform in a range, for a sample."""
    return Draw(shape, low, high)


def choices(*shape: int, below: int) -> Draw:
    """Return integers of a shape, from 0 to below - 1, for a sample."""
    return Draw(shape, 0, below, "int")


def sample(*inputs: Draw | float, error: str = "", **attributes: Any) -> Sample:
    """Return a sample: inputs by position, attributes by name."""
    return Sample(inputs, attributes, error)


UNARY = (sample(draw(4)), sample(draw(2, 3)), sample(draw()))
POSITIVE = (sample(draw(4, low=0.1, high=3)), sample(draw(2, 3, low=0.1, high=3)))
BINARY = (
    sample(draw(4), draw(4)),
    sample(draw(2, 3), draw(3)),
    sample(draw(2, 1), draw(1, 3)),
    sample(draw(), draw(2)),
    sample(draw(2), draw(3), error="do not broadcast"),
)
