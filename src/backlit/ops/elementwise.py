"""Elementwise operations: arithmetic, powers, and the elementary functions.

Each element of the output depends on the elements at the same place of the inputs,
after broadcasting. A rule returns g times the local derivative, as nodes; the sum over
broadcast axes is no concern of a rule.
"""

from __future__ import annotations

from math import pi
from math import sqrt as root
from typing import TYPE_CHECKING

import numpy as np

from backlit.ops.compare import equal, where
from backlit.ops.record import BINARY, POSITIVE, UNARY, draw, op, sample

if TYPE_CHECKING:
    from backlit.graph.node import Array


@op(
    vjp=lambda g, *_: (g, g),
    notation="a + b",
    textbook=("1", "1"),
    samples=BINARY,
)
def add(a: Array, b: Array) -> Array:
    """Return the sum of two arrays, element by element."""
    return np.add(a, b)


@op(
    vjp=lambda g, *_: (g, -g),
    notation="a - b",
    textbook=("1", "-1"),
    samples=BINARY,
)
def sub(a: Array, b: Array) -> Array:
    """Return the difference of two arrays, element by element."""
    return np.subtract(a, b)


@op(
    vjp=lambda g, _, a, b: (g * b, g * a),
    notation="a * b",
    textbook=("b", "a"),
    samples=BINARY,
)
def mul(a: Array, b: Array) -> Array:
    """Return the product of two arrays, element by element."""
    return np.multiply(a, b)


@op(
    # y / b, not a / b**2: the square would overflow long before the quotient.
    vjp=lambda g, y, _, b: (g / b, -g * (y / b)),
    notation="a / b",
    textbook=("1/b", "-a/b**2"),
    samples=(
        sample(draw(4), draw(4, low=0.5)),
        sample(draw(2, 3), draw(3, low=-3, high=-1)),
    ),
)
def div(a: Array, b: Array) -> Array:
    """Return the quotient of two arrays, element by element; x/0 is ±inf or NaN."""
    return np.divide(a, b)


@op(
    vjp=lambda g, *_: (-g,),
    notation="-x",
    textbook=("-1",),
    samples=UNARY,
)
def neg(x: Array) -> Array:
    """Return the negative of each element."""
    return np.negative(x)


@op(
    vjp=lambda g, _, x: (g * (2 * x),),
    notation="x ** 2",
    textbook=("2*x",),
    samples=UNARY,
)
def square(x: Array) -> Array:
    """Return the square of each element."""
    return np.square(x)


@op(
    vjp=lambda g, y, _: (g / (2 * y),),
    notation="sqrt(x)",
    textbook=("1/(2*sqrt(x))",),
    kinks="at 0 the derivative is infinite",
    samples=POSITIVE,
)
def sqrt(x: Array) -> Array:
    """Return the square root of each element, for x ≥ 0."""
    return np.sqrt(x)


@op(
    vjp=lambda g, y, _: (g * y,),
    notation="exp(x)",
    textbook=("exp(x)",),
    samples=UNARY,
)
def exp(x: Array) -> Array:
    """Return e to the power of each element."""
    return np.exp(x)


@op(
    vjp=lambda g, _, x: (g / x,),
    notation="log(x)",
    textbook=("1/x",),
    samples=POSITIVE,
)
def log(x: Array) -> Array:
    """Return the natural logarithm of each element, for x > 0; -inf at 0."""
    return np.log(x)


@op(
    vjp=lambda g, _, x: (g / (1 + x),),
    notation="log(1 + x)",
    textbook=("1/(1+x)",),
    samples=POSITIVE,
)
def log1p(x: Array) -> Array:
    """Return the natural logarithm of 1 + x, accurate for small x."""
    return np.log1p(x)


@op(
    # 0**0 is constant in a; 0**-1 must not be formed there (0 · inf). log is only
    # asked where a > 0; elsewhere real powers have no derivative to b.
    vjp=lambda g, y, a, b: (
        g * b * where(equal(b, 0.0), where(equal(a, 0.0), 1.0, a), a) ** (b - 1),
        g * y * log(where(a > 0, a, 1.0)),
    ),
    notation="a ** b",
    textbook=("b*a**(b-1)", "a**b*log(a)"),
    kinks="at a = 0 the derivative to b is taken as 0",
    samples=(
        sample(draw(4, low=0.2), draw(4)),
        sample(draw(2, 3, low=0.2), 3.0),
        sample(draw(3, low=0.2), 0.0),
    ),
)
def pow(a: Array, b: Array) -> Array:  # noqa: A001 - the operation's usual name
    """Return a to the power of b, for a > 0, or any a if b is a whole number."""
    return np.power(a, b)


@op(
    vjp=lambda *_: (None,),
    notation="sign(x)",
    definition="1 if x > 0 else -1 if x < 0 else 0",
    textbook=("0",),
    kinks="at 0 the jump has no derivative; 0 is taken",
    samples=UNARY,
)
def sign(x: Array) -> Array:
    """Return -1, 0 or 1 by the sign of each element."""
    return np.sign(x)


@op(
    vjp=lambda g, _, x: (g * sign(x),),
    notation="abs(x)",
    textbook=("1 if x > 0 else -1",),
    kinks="at 0 the derivative is taken as 0",
    samples=UNARY,
)
def abs(x: Array) -> Array:  # noqa: A001 - the operation's usual name
    """Return the absolute value of each element."""
    return np.abs(x)


@op(
    vjp=lambda g, _, x: (-g * sin(x),),  # type: ignore[has-type]  # below
    notation="cos(x)",
    textbook=("-sin(x)",),
    samples=UNARY,
)
def cos(x: Array) -> Array:
    """Return the cosine of each element, in radians."""
    return np.cos(x)


@op(
    vjp=lambda g, _, x: (g * cos(x),),
    notation="sin(x)",
    textbook=("cos(x)",),
    samples=UNARY,
)
def sin(x: Array) -> Array:
    """Return the sine of each element, in radians."""
    return np.sin(x)


@op(
    vjp=lambda g, y, _: (g * (1 - square(y)),),
    notation="tanh(x)",
    textbook=("1 - tanh(x)**2",),
    samples=UNARY,
    source="Abramowitz and Stegun 1964, 4.5.",
)
def tanh(x: Array) -> Array:
    """Return the hyperbolic tangent of each element."""
    return np.tanh(x)


@op(
    vjp=lambda g, _, x: (g * (2 / root(pi)) * exp(-square(x)),),
    notation="erf(x)",
    textbook=("2/sqrt(pi)*exp(-x**2)",),
    samples=UNARY,
    source="Abramowitz and Stegun 1964, 7.1.1.",
)
def erf(x: Array) -> Array:
    """Return the error function of each element."""
    from scipy.special import erf as function  # noqa: PLC0415 - slow to import

    result: Array = function(x)
    return result


@op(
    vjp=lambda *_: (None,),
    notation="floor(x)",
    textbook=("0",),
    kinks="at whole numbers the jump has no derivative; 0 is taken",
    samples=UNARY,
)
def floor(x: Array) -> Array:
    """Return the largest whole number that is not greater than each element."""
    return np.floor(x)
