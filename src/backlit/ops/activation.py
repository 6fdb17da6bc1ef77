"""Activation functions: what a neuron makes of its weighted sum.

Primitives have the derivative that textbooks print, mostly in terms of the output y;
the others are composed. Any operation here, or any other with one float input and one
float output of the same shape, can be named as the activation of a layer.
"""

from __future__ import annotations

from math import pi
from math import sqrt as root
from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.ops.compare import where
from backlit.ops.elementwise import erf, tanh
from backlit.ops.record import UNARY, derived, op

if TYPE_CHECKING:
    from backlit.graph.node import Array


@op(
    vjp=lambda g, y, _: (g * (y * (1 - y)),),
    notation="sigma(x)",
    definition="1/(1 + exp(-x))",
    textbook=("exp(-x)/(1 + exp(-x))**2",),
    samples=UNARY,
    source="Rumelhart, Hinton and Williams 1986, eq. 2.",
)
def sigmoid(x: Array) -> Array:
    """Return 1 / (1 + e^-x) of each element, without overflow at either end."""
    small = np.exp(-np.abs(x))  # e^-|x| is in (0, 1], whatever x
    result: Array = np.where(x >= 0, 1, small) / (1 + small)
    return result


@op(
    vjp=lambda g, _, x: (g * sigmoid(x),),
    notation="log(1 + exp(x))",
    definition="log(1 + exp(x))",
    textbook=("1/(1 + exp(-x))",),
    samples=UNARY,
    source="Dugas et al. 2001, eq. 4.",
)
def softplus(x: Array) -> Array:
    """Return log(1 + e^x) of each element, without overflow at either end."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


@op(
    vjp=lambda g, _, x: (g * where(x > 0, 1.0, 0.0),),
    notation="max(0, x)",
    definition="x if x > 0 else 0",
    textbook=("1 if x > 0 else 0",),
    kinks="at 0 the derivative is taken as 0",
    samples=UNARY,
    source="Nair and Hinton 2010.",
)
def relu(x: Array) -> Array:
    """Return each element where it is positive, else 0."""
    return np.maximum(x, 0)


@op(
    vjp=lambda *_: (None,),
    notation="step(x)",
    definition="1 if x > 0 else 0",
    textbook=("0",),
    kinks="at 0 the jump has no derivative; 0 is taken",
    samples=UNARY,
    source="McCulloch and Pitts 1943.",
)
def step(x: Array) -> Array:
    """Return 1 where an element is positive, else 0: the hard threshold."""
    return np.where(x > 0, 1.0, 0.0).astype(x.dtype)


@op(
    vjp=lambda g, _, x, slope: (g * where(x > 0, 1.0, slope),),
    normalise=lambda _, slope: {"slope": float(slope)},
    notation="where(x > 0, x, slope * x)",
    definition="x if x > 0 else slope*x",
    textbook=("1 if x > 0 else slope",),
    kinks="at 0 the derivative is taken as the slope",
    samples=UNARY,
    source="Maas, Hannun and Ng 2013.",
)
def leaky_relu(x: Array, *, slope: float = 0.01) -> Array:
    """Return each element where it is positive, else slope times it (0.01)."""
    return np.where(x > 0, x, slope * x)


@op(
    vjp=lambda g, y, x, alpha: (g * where(x > 0, 1.0, y + alpha),),
    normalise=lambda _, alpha: {"alpha": float(alpha)},
    notation="where(x > 0, x, alpha * (exp(x) - 1))",
    definition="x if x > 0 else alpha*(exp(x) - 1)",
    textbook=("1 if x > 0 else alpha*exp(x)",),
    kinks="at 0 the derivative is taken as alpha",
    samples=UNARY,
    source="Clevert, Unterthiner and Hochreiter 2016, eq. 15.",
)
def elu(x: Array, *, alpha: float = 1.0) -> Array:
    """Return each element where it is positive, else alpha (e^x - 1)."""
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


@derived(
    definition="x/(1 + exp(-x))",
    textbook=("1/(1 + exp(-x))*(1 + x*(1 - 1/(1 + exp(-x))))",),
    samples=UNARY,
    source="Elfwing, Uchibe and Doya 2018, eq. 6.",
)
def silu(x: Any) -> Any:
    """Return x sigmoid(x) of each element, also called swish."""
    return x * sigmoid(x)


@derived(
    definition="x/2*(1 + erf(x/sqrt(2)))",
    textbook=("(1 + erf(x/sqrt(2)))/2 + x*exp(-x**2/2)/sqrt(2*pi)",),
    samples=UNARY,
    source="Hendrycks and Gimpel 2016, section 2.",
)
def gelu(x: Any) -> Any:
    """Return x times the normal distribution function of x, for each element."""
    return x * (0.5 * (1 + erf(x * (1 / root(2)))))


@derived(
    definition="x/2*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x**3)))",
    textbook=(
        (
            "(1 + tanh(sqrt(2/pi)*(x + 0.044715*x**3)))/2"
            "+ x/2*(1 - tanh(sqrt(2/pi)*(x + 0.044715*x**3))**2)"
            "*sqrt(2/pi)*(1 + 3*0.044715*x**2)"
        ),
    ),
    samples=UNARY,
    source="Hendrycks and Gimpel 2016, section 2.",
)
def gelu_tanh(x: Any) -> Any:
    """Return gelu by its approximation with tanh, for each element."""
    inner = root(2 / pi) * (x + 0.044715 * (x * x * x))
    return x * (0.5 * (1 + tanh(inner)))
