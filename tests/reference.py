"""Independent references for operations: nothing here calls the code it judges.

Formulas are evaluated by mpmath at 50 digits, index expressions element by element in
Python's own numbers, and whole arrays by NumPy and SciPy.
"""

from __future__ import annotations

import inspect
import itertools
import math
import operator
from typing import Any

import mpmath
import numpy as np
import scipy.special

from backlit.graph import OPS
from backlit.graph.index import Apply, Choose, Element, Index, Number, Reduce

DIGITS = 50
_SHARED = {"abs": abs, "max": max, "min": min, "True": True, "False": False}
EXACT = _SHARED | {
    name: getattr(mpmath, name)
    for name in ("exp", "log", "sqrt", "sin", "cos", "tanh", "erf", "floor", "pi")
}
PLAIN = _SHARED | {
    name: getattr(math, name)
    for name in ("exp", "log", "sqrt", "sin", "cos", "tanh", "erf", "floor", "pi")
}
ARRAYS = {"np": np, "scipy": scipy}

_INTEGERS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "%": operator.mod,
}
_COMPARISONS = {"<": operator.lt, ">=": operator.ge, "==": operator.eq}


def evaluate(text: str, functions: dict[str, Any], names: dict[str, Any]) -> Any:
    return eval(text, {"__builtins__": {}} | functions, names)  # noqa: S307 - own text


def exactly(text: str, names: dict[str, Any]) -> Any:
    """Evaluate a formula with floats taken as they are, to 50 digits."""
    with mpmath.workdps(DIGITS):
        exact = {k: mpmath.mpf(v) if type(v) is float else v for k, v in names.items()}
        return evaluate(text, EXACT, exact)


def attributes_of(op, given):
    """Return a derived operation's attributes with its defaults."""
    signature = inspect.signature(op.function).parameters
    defaults = {
        name: signature[name].default
        for name in op.options
        if signature[name].default is not inspect.Parameter.empty
    }
    return defaults | dict(given)


def element(expression, where: dict[str, int], arrays) -> Any:
    """Evaluate an index expression at one place, in plain scalars."""
    match expression:
        case Number(value):
            return value
        case Element(n, index):
            at = tuple(place(i, where, arrays) for i in index)
            assert all(
                0 <= i < size for i, size in zip(at, arrays[n].shape, strict=True)
            )
            return arrays[n][at].item()
        case Apply(name, arguments):
            op = OPS[name]
            values = [element(x, where, arrays) for x in arguments]
            names = dict(zip(op.parameters, values, strict=True))
            return evaluate(op.definition or op.notation, PLAIN, names)
        case Reduce(word, axes, body):
            runs = itertools.product(*(range(n) for _, n in axes))
            names = [axis.arguments[0] for axis, _ in axes]
            parts = (
                element(body, where | dict(zip(names, run, strict=True)), arrays)
                for run in runs
            )
            return math.fsum(parts) if word == "add" else max(parts)
        case Choose(left, comparison, right, then, otherwise):
            a, b = place(left, where, arrays), place(right, where, arrays)
            chosen = then if _COMPARISONS[comparison](a, b) else otherwise
            return element(chosen, where, arrays)
    raise AssertionError(f"{expression!r} is no index expression")


def place(index, where: dict[str, int], arrays) -> int:
    """Evaluate an index, which may be read from an integer input."""
    if isinstance(index, int):
        return index
    if isinstance(index, Element):
        return int(element(index, where, arrays))
    assert isinstance(index, Index)
    if index.operator == "axis":
        return where[index.arguments[0]]
    a, b = (place(x, where, arrays) for x in index.arguments)
    return _INTEGERS[index.operator](a, b)
