"""How tightly a formula holds together, which decides where parentheses are needed.

A formula binds as its outermost sign does: a relation loosest, then a sum, ∑, a linear
quotient, a product, a two-storey fraction, a power, and last what holds by itself.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from backlit.explain.typeset.mathematics import (
    Add,
    BigSum,
    Call,
    Compare,
    Divide,
    Equation,
    Marked,
    Multiply,
    Negate,
    Number,
    Partial,
    Piecewise,
    Power,
    Subtract,
    Symbol,
)
from backlit.explain.typeset.numbers import figures

if TYPE_CHECKING:
    from backlit.explain.typeset.mathematics import Tree


class Binding(IntEnum):
    """How tightly a formula holds together."""

    RELATION = 0
    SUM = 1
    SERIES = 2
    QUOTIENT = 3
    PRODUCT = 4
    FRACTION = 5
    POWER = 6
    ATOM = 7


def binding(tree: Tree, *, linear: bool) -> Binding:  # noqa: C901 (a case a node)
    """Return how tightly the outermost sign of a formula binds."""
    match bare(tree):
        case Compare() | Equation():
            return Binding.RELATION
        case Piecewise() if not linear:
            return Binding.RELATION
        case Add() | Subtract() | Negate():
            return Binding.SUM
        case BigSum():
            return Binding.SERIES
        case Multiply(factors=factors):
            ends_open = binding(factors[-1], linear=linear) is Binding.SERIES
            return Binding.SERIES if ends_open else Binding.PRODUCT
        case Divide():
            return Binding.QUOTIENT if linear else Binding.FRACTION
        case Partial():
            return Binding.FRACTION
        case Power() | Symbol(sup=str()) | Call(name="exp" | "transpose"):
            return Binding.POWER
        case Call(name="sqrt") if linear:
            return Binding.POWER
        case Number() as number:
            return _number_binding(number)
    return Binding.ATOM


def _number_binding(number: Number) -> Binding:
    parts = figures(number.value, number.digits)
    if parts.negative:
        return Binding.SUM
    if parts.exponent is not None:
        return Binding.QUOTIENT if parts.mantissa else Binding.POWER
    return Binding.ATOM


def bare(tree: Tree) -> Tree:
    """Return a formula without its mark."""
    return bare(tree.body) if isinstance(tree, Marked) else tree
