"""Products and sums of formulas, collected as one does on paper.

    number · factors above / factors below

Factors and terms are alike if they come from the same scalar expression, not if they
print alike: 0.5 · 0.5 is not made 0.5² because two quantities happen to be equal.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import gcd
from typing import TYPE_CHECKING

from backlit.explain.typeset.mathematics import (
    Divide,
    Multiply,
    Negate,
    Number,
    Power,
    Symbol,
    Tree,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable


@dataclass(frozen=True)
class Factor:
    """A formula, and what it stands for."""

    key: Hashable
    tree: Tree

    @property
    def plain(self) -> bool:
        """Whether it is one symbol or number: such factors come first."""
        return isinstance(self.tree, Symbol | Number)


@dataclass(frozen=True)
class Product:
    """numerator / denominator · above / below, with numbers and factors apart."""

    numerator: float
    denominator: float = 1
    above: tuple[Factor, ...] = ()
    below: tuple[Factor, ...] = ()

    def times(self, other: Product) -> Product:
        """Return the product of both, numbers collected."""
        return Product(
            *lowest(
                self.numerator * other.numerator, self.denominator * other.denominator
            ),
            self.above + other.above,
            self.below + other.below,
        )

    def inverse(self) -> Product:
        """Return 1 divided by this product."""
        return Product(self.denominator, self.numerator, self.below, self.above)

    @property
    def number(self) -> tuple[float, float]:
        """The number in front, without its sign."""
        return abs(self.numerator), self.denominator

    @property
    def key(self) -> Hashable:
        """What the factors stand for, in any order."""
        return tuple(
            frozenset((f.key, keys.count(f.key)) for f in factors)
            for factors in (self.above, self.below)
            for keys in [[f.key for f in factors]]
        )

    def plus(self, other: Product) -> Product:
        """Return the sum with a product of the same factors."""
        a, b = self.denominator, other.denominator
        total = self.numerator * b + other.numerator * a
        numerator, denominator = lowest(total, a * b)
        return replace(self, numerator=numerator, denominator=denominator)

    def tree(self, digits: int) -> Tree:
        """Return the product as a formula; its sign stands in front."""
        size = abs(self.numerator)
        if size == 0:
            return Number(0.0, digits)
        coefficient = (Number(size, digits),) if size != 1 else ()
        lower = (Number(self.denominator, digits),) if self.denominator != 1 else ()
        above = _multiplied((*coefficient, *powers(self.above)))
        below = _multiplied((*lower, *powers(self.below)))
        whole = Divide(above or Number(1.0, digits), below) if below else above
        whole = whole or Number(size, digits)
        return whole if self.numerator > 0 else Negate(whole)


def powers(factors: Iterable[Factor]) -> tuple[Tree, ...]:
    """Return factors as formulas, plain ones first, equal ones as a power."""
    factors = sorted(factors, key=lambda f: not f.plain)
    count: dict[Hashable, int] = {}
    for f in factors:
        count[f.key] = count.get(f.key, 0) + 1
    trees = {f.key: f.tree for f in factors}
    return tuple(
        Power(trees[key], Number(n)) if n > 1 else trees[key]
        for key, n in count.items()
    )


def collected(terms: Iterable[Product]) -> list[Product]:
    """Return the terms of a sum, those with the same factors added up."""
    found: dict[Hashable, Product] = {}
    for term in terms:
        key = term.key
        found[key] = found[key].plus(term) if key in found else term
    return [term for term in found.values() if term.numerator != 0]


def _multiplied(factors: tuple[Tree, ...]) -> Tree | None:
    if len(factors) < 2:
        return factors[0] if factors else None
    return Multiply(factors)


def lowest(numerator: float, denominator: float) -> tuple[float, float]:
    """Return a fraction of whole numbers in lowest terms, others as one number."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    whole = float(numerator).is_integer() and float(denominator).is_integer()
    if not denominator or not whole:
        return numerator / denominator if denominator else numerator, 1.0
    common = gcd(int(numerator), int(denominator)) or 1
    return numerator / common, denominator / common
