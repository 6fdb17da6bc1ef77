"""Where an activation levels off: what saturation of a unit is measured by.

Only activations that come to rest on both sides have levels, as tanh has −1 and 1. They
are found from the operation and its derivative, not kept in a list of names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from backlit.differentiate import vjp
from backlit.network.architecture import activations

if TYPE_CHECKING:
    from backlit.graph.op import Op
    from backlit.network.architecture import Architecture

FAR = 40.0  # where every activation that levels off has done so
STEPS = 8001  # between -FAR and FAR; 0 is one of them
FLAT = 1e-9  # of the steepest slope: an activation that has come to rest


class Levels(msgspec.Struct, frozen=True):
    """How far and how steeply an activation rises.

    Attributes:
        low: Its value far below 0.
        high: Its value far above 0.
        steepest: The largest size of its derivative.
    """

    low: float
    high: float
    steepest: float


def levels(architecture: Architecture) -> dict[str, Levels]:
    """Return the levels of each layer whose activation has them, by its name."""
    known = activations()
    found = {}
    for name, layer in zip(architecture.names, architecture.layers, strict=True):
        op = known.get(layer.activation)
        if op and op.elementwise and (its := levels_of(op)):
            found[name] = its
    return found


def levels_of(op: Op) -> Levels | None:
    """Return the levels of an activation, or None if it has none.

    >>> levels_of(activations()["sigmoid"])
    Levels(low=0.0, high=1.0, steepest=0.25)
    """
    x = np.linspace(-FAR, FAR, STEPS)
    with np.errstate(all="ignore"):
        y, pullback = vjp(op, x)
        slope = np.abs(pullback(np.ones(STEPS))[0])
    if not np.isfinite(slope).all() or not slope.any():
        return None  # as of log, or of a step
    if max(slope[0], slope[-1]) > FLAT * slope.max():
        return None
    return Levels(round(float(y[0]), 9), round(float(y[-1]), 9), float(slope.max()))
