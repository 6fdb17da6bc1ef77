"""The elementwise operations as LLVM IR, by their names.

    FUNCTIONS["tanh"](x)        writes the code for tanh of every lane and returns it

Each takes values of the function being written and the operation's attributes by
keyword. Values of truth are i1, whole numbers i64.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backlit.compile import exponential, power, trigonometric
from backlit.compile.floats import absolute, clamped, floor

if TYPE_CHECKING:
    from collections.abc import Callable

    from backlit.compile.ir import Type, Value

    Comparison = Callable[[Value, Value], Value]


def sign(x: Value) -> Value:
    """Return -1, 0 or 1 by the sign of x."""
    below = x.code.select(x < 0.0, -1.0, x)  # zeros and NaN stay
    return x.code.select(x > 0.0, 1.0, below)


def where(condition: Value, a: Value, b: Value) -> Value:
    """Return a where the condition holds, else b."""
    return a.code.select(condition, a, b)


def maximum(a: Value, b: Value) -> Value:
    """Return the larger; NaN if either is."""
    larger = a.code.select(a > b, a, b)  # b if that is NaN
    return a.code.select(a.code.compare("ne", a, a), a, larger)


def minimum(a: Value, b: Value) -> Value:
    """Return the smaller; NaN if either is."""
    smaller = a.code.select(a < b, a, b)
    return a.code.select(a.code.compare("ne", a, a), a, smaller)


def to_float(x: Value, *, to: Type) -> Value:
    """Return truth values as 0 and 1, and whole numbers, as floats of a type."""
    how = "uitofp" if x.type.scalar == "i1" else "sitofp"
    return x.code.convert(how, x, to.scalar)


def step(x: Value) -> Value:
    """Return 1 where x is positive, else 0."""
    return x.code.select(x > 0.0, x.code.number(1.0, x.type), 0.0)


def leaky_relu(x: Value, *, slope: float) -> Value:
    """Return x where it is positive, else slope times it."""
    return x.code.select(x > 0.0, x, x * slope)


def _comparison(name: str) -> Comparison:
    return lambda a, b: a.code.compare(name, a, b)


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "abs": absolute,
    "add": lambda a, b: a + b,
    "clip": clamped,
    "cos": trigonometric.cos,
    "div": lambda a, b: a / b,
    "elu": exponential.elu,
    "equal": _comparison("eq"),
    "erf": exponential.erf,
    "exp": exponential.exp,
    "floor": floor,
    "greater": _comparison("gt"),
    "greater_equal": _comparison("ge"),
    "leaky_relu": leaky_relu,
    "less": _comparison("lt"),
    "less_equal": _comparison("le"),
    "log": exponential.log,
    "log1p": exponential.log1p,
    "maximum": maximum,
    "minimum": minimum,
    "mul": lambda a, b: a * b,
    "neg": lambda x: -x,
    "not_equal": _comparison("ne"),
    "pow": power.pow,
    "relu": lambda x: clamped(x, 0.0, None),
    "sigmoid": exponential.sigmoid,
    "sign": sign,
    "sin": trigonometric.sin,
    "softplus": exponential.softplus,
    "sqrt": lambda x: x.code.call("sqrt", x),
    "square": lambda x: x * x,
    "step": step,
    "sub": lambda a, b: a - b,
    "tanh": exponential.tanh,
    "to_float": to_float,
    "where": where,
}
