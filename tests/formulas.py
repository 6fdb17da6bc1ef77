"""The value of a formula: a tree is evaluated with the values of its symbols."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from functools import singledispatch
from itertools import count, product
from math import prod

import numpy as np
from derivations import WORDS

from backlit.explain.typeset.mathematics import (
    Add,
    BigSum,
    Call,
    Compare,
    Divide,
    Indicator,
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

CALLS = {**WORDS, "sigma": WORDS["σ"], "log": np.log, "exp": np.exp}
COMPARE = {">": np.greater, "<": np.less, "≤": np.less_equal, "≥": np.greater_equal}


def known(worked):
    """Return the value of every symbol and derivative of a pass."""
    nodes = worked.trace.one_pass.inputs | worked.trace.one_pass.quantities
    found = {Symbol("η"): worked.trace.learning_rate}
    for name, node in nodes.items():
        for place in product(*map(range, node.shape)):
            element = (node, place)
            symbol = worked.symbol(element)
            found[symbol] = worked.value(element)
            if name not in worked.trace.gradients or name == "E":
                continue
            error = worked.symbol(worked.paths.error)
            found[Partial(error, symbol)] = worked.paths.gradient(element)
            for link in worked.paths.links(element):
                found.setdefault(worked.local_symbol(element, link), link.value)
    return found


def symbols(tree):
    """Yield the symbols of a formula."""
    if isinstance(tree, Symbol):
        yield tree
    elif isinstance(tree, tuple):
        for part in tree:
            yield from symbols(part)
    elif is_dataclass(tree):
        yield from symbols(tuple(getattr(tree, f.name) for f in fields(tree)))


def filled(tree, letter, number):
    """Return a formula with a number in place of a running index."""
    if isinstance(tree, Symbol):
        sub = tuple(number if s == letter else s for s in tree.sub)
        return replace(tree, sub=sub)
    if isinstance(tree, tuple):
        return tuple(filled(part, letter, number) for part in tree)
    if is_dataclass(tree):
        parts = {f.name: getattr(tree, f.name) for f in fields(tree)}
        return replace(tree, **{n: filled(x, letter, number) for n, x in parts.items()})
    return tree


@singledispatch
def value(tree, of):
    """Return the value of a formula.

    Args:
        tree: The formula, without dots.
        of: The values of symbols and partial derivatives.
    """
    return of[tree]


@value.register(Number)
def _number(tree, of):
    del of
    return float(tree.value)


@value.register(Marked | Indicator)
def _inside(tree, of):
    return value(tree.body if isinstance(tree, Marked) else tree.condition, of)


@value.register(Partial)
def _partial(tree, of):
    return of[tree]


@value.register(Add)
def _add(tree, of):
    return sum(value(term, of) for term in tree.terms)


@value.register(Subtract)
def _subtract(tree, of):
    return value(tree.left, of) - value(tree.right, of)


@value.register(Negate)
def _negate(tree, of):
    return -value(tree.body, of)


@value.register(Multiply)
def _multiply(tree, of):
    return prod(value(factor, of) for factor in tree.factors)


@value.register(Divide)
def _divide(tree, of):
    return value(tree.numerator, of) / value(tree.denominator, of)


@value.register(Power)
def _power(tree, of):
    return value(tree.base, of) ** value(tree.exponent, of)


@value.register(Call)
def _call(tree, of):
    return float(CALLS[tree.name](*(np.float64(value(x, of)) for x in tree.arguments)))


@value.register(Compare)
def _compare(tree, of):
    return COMPARE[tree.relation](value(tree.left, of), value(tree.right, of))


@value.register(Piecewise)
def _piecewise(tree, of):
    holds = [then for then, test in tree.cases if value(test, of)]
    return value([*holds, tree.otherwise][0], of)


@value.register(BigSum)
def _big_sum(tree, of):
    total, letter = 0.0, tree.index.name
    if tree.lower is not None:
        numbers = range(int(tree.lower.value), int(tree.upper.value) + 1)
        return sum(value(filled(tree.body, letter, n), of) for n in numbers)
    for n in count(1):
        term = filled(tree.body, letter, n)
        if not _any_known(term, of):
            return total
        total += value(term, of)
    return total


def _any_known(term, of):
    """Tell whether the first symbol of a term has a value, its open indices at 1."""
    first = next(symbols(term))
    return replace(first, sub=tuple(1 if s == "j" else s for s in first.sub)) in of
