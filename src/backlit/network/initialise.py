"""First weights: drawn so that signals neither fade nor blow up through the layers.

A kind gives the standard deviation or the bound from the numbers of inputs and outputs
of a layer (fan-in, fan-out). Weights depend on the seed and the parameter's name only.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from backlit.options import finite, known, settle
from backlit.random import key, normal, uniform

if TYPE_CHECKING:
    from collections.abc import Callable

    from backlit.graph.node import Array, Shape

# kind -> (distribution, spread from fan-in, fan-out and the given scale)
KINDS: dict[str, tuple[str, Callable[[int, int, float], float]]] = {
    # Glorot and Bengio 2010, eq. 12 and 16
    "glorot_normal": ("normal", lambda i, o, s: s * sqrt(2 / (i + o))),
    "glorot_uniform": ("uniform", lambda i, o, s: s * sqrt(6 / (i + o))),
    # He et al. 2015, eq. 10
    "he_normal": ("normal", lambda i, o, s: s * sqrt(2 / i)),
    "he_uniform": ("uniform", lambda i, o, s: s * sqrt(6 / i)),
    # LeCun et al. 1998, eq. 16
    "lecun_normal": ("normal", lambda i, o, s: s * sqrt(1 / i)),
    "lecun_uniform": ("uniform", lambda i, o, s: s * sqrt(3 / i)),
    "normal": ("normal", lambda i, o, s: s),
    "uniform": ("uniform", lambda i, o, s: s),
    "constant": ("constant", lambda i, o, s: s),
    "zeros": ("constant", lambda i, o, s: 0.0),
}

RECTIFIERS = ("relu", "leaky_relu", "elu", "gelu", "gelu_tanh", "silu", "softplus")


@dataclass(frozen=True)
class Initialiser:
    """A way to draw first weights.

    Args:
        kind: One of glorot_uniform, glorot_normal, he_uniform, he_normal,
            lecun_uniform, lecun_normal, uniform, normal, constant, zeros.
        scale: A factor on the spread that the kind computes; for `uniform` the bound,
            for `normal` the standard deviation, for `constant` the value.

    Raises:
        OptionError: There is no such kind, or the scale is not finite.
    """

    kind: str
    scale: float = 1.0

    def __post_init__(self) -> None:
        kind = known("initialiser", self.kind, KINDS)
        settle(self, kind=kind, scale=finite("scale", self.scale))

    def draw(self, shape: Shape, seed: int, name: str) -> Array:
        """Return float64 weights of shape `(outputs, inputs)` for a parameter."""
        fan_out, fan_in = shape if len(shape) == 2 else (shape[0], shape[0])
        distribution, spread_of = KINDS[self.kind]
        spread = spread_of(fan_in, fan_out, self.scale)
        stream, count = key(seed, name), int(np.prod(shape))
        if distribution == "constant":
            return np.full(shape, spread)
        if distribution == "normal":
            return spread * normal(stream, count).reshape(shape)
        return spread * (2 * uniform(stream, count) - 1).reshape(shape)


def usual(activation: str) -> Initialiser:
    """Return the kind that suits an activation: He for rectifiers, else Glorot."""
    return Initialiser("he_uniform" if activation in RECTIFIERS else "glorot_uniform")
