"""Scalar expressions as formulas: collected, ordered, without ones and zeros.

Products gather their numbers in front (2 · ½ is 1, and is left out), sums put what is
added before what is taken away, and each operation is written by its own notation. The
same expression is printed twice: with symbols, and with the numbers plugged in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import gcd
from typing import TYPE_CHECKING

from backlit.explain.indexed import indexed
from backlit.explain.typeset.mathematics import (
    Add,
    Call,
    Compare,
    Divide,
    Dots,
    Multiply,
    Negate,
    Number,
    Piecewise,
    Relation,
    Tree,
)
from backlit.explain.typeset.notation import parse
from backlit.graph import CONSTANT, INPUT, Node

if TYPE_CHECKING:
    from backlit.explain.elements import Elements

Leaf = Callable[[Node], Tree]
LONG = 8  # terms of a sum that is still written out
SHOWN = 4  # terms that are shown of a longer one
RELATIONS: dict[str, Relation] = {
    "greater": ">",
    "greater_equal": "≥",
    "less": "<",
    "less_equal": "≤",
    "equal": "=",
    "not_equal": "≠",
}


@dataclass(frozen=True)
class Product:
    """numerator / denominator · above / below, with numbers and factors apart."""

    numerator: float
    denominator: float = 1
    above: tuple[Tree, ...] = ()
    below: tuple[Tree, ...] = ()

    def times(self, other: Product) -> Product:
        """Return the product of both, numbers collected."""
        return Product(
            *_lowest(
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


@dataclass(frozen=True)
class Printer:
    """Prints the scalar expressions of one pass.

    Attributes:
        elements: The expressions and their values.
        leaf: The formula of a leaf: its symbol, or its number.
        digits: Significant digits of numbers.
        indexed: Whether a long sum is written with an index, where its terms allow
            that; else its largest terms are shown.
    """

    elements: Elements
    leaf: Leaf
    digits: int = 9
    indexed: bool = False

    def tree(self, node: Node) -> Tree:
        """Return the formula of a scalar expression."""
        return self._written(self.product(node))

    def opened(self, node: Node) -> Tree:
        """Return the formula of an expression even if it has a symbol."""
        if node.op in (CONSTANT, INPUT):
            return self.tree(node)
        return self._written(self._opened(node))

    def number(self, value: float) -> Number:
        """Return a number, printed to the digits asked for."""
        return Number(float(value), self.digits)

    def product(self, node: Node) -> Product:
        """Return an expression as a product."""
        if node in self.elements.meaning:
            return Product(1, 1, (self.leaf(node),))
        if node.op is CONSTANT:
            return Product(float(node.attributes["value"]))
        return self._opened(node)

    def _opened(self, node: Node) -> Product:
        match node.op.name:
            case "add" | "sub":
                return self._sum(node)
            case "mul":
                left, right = map(self.product, node.inputs)
                return left.times(right)
            case "div":
                left, right = map(self.product, node.inputs)
                return left.times(right.inverse())
            case "neg":
                return Product(-1).times(self.product(node.inputs[0]))
        return Product(1, 1, (self._operation(node),))

    def _written(self, p: Product) -> Tree:
        """Return a product as a formula; its sign stands in front."""
        if p.numerator == 0 or not (p.above or p.below or p.denominator != 1):
            return self.number(p.numerator)
        size = abs(p.numerator)
        coefficient = (self.number(size),) if size != 1 else ()
        lower = (self.number(p.denominator),) if p.denominator != 1 else ()
        above = _factors((*coefficient, *p.above)) or self.number(1)
        below = _factors((*lower, *p.below))
        tree = Divide(above, below) if below else above
        return tree if p.numerator > 0 else Negate(tree)

    def _sum(self, node: Node) -> Product:
        """Return a sum, with a number that all its terms share taken out."""
        terms = [
            (n, p) for n in self._terms(node) if (p := self.product(n)).numerator != 0
        ]
        if len(terms) < 2:
            return terms[0][1] if terms else Product(0)
        shared = {p.number for _, p in terms}
        common = shared.pop() if len(shared) == 1 else (1, 1)
        if all(p.numerator < 0 for _, p in terms):
            common = (-common[0], common[1])
        rest = Product(common[0], common[1]).inverse()
        # What is added comes first, but only if a minus sign would lead otherwise.
        inner = [(n, p.times(rest)) for n, p in terms]
        if inner[0][1].numerator < 0:
            inner.sort(key=lambda term: term[1].numerator < 0)
        return Product(common[0], common[1], (self._added(inner),))

    def _added(self, terms: list[tuple[Node, Product]]) -> Tree:
        """Write a sum; of a long one an index form, or the largest terms."""
        trees = [self._written(p) for _, p in terms]
        if len(terms) <= LONG:
            parts = [t.terms if isinstance(t, Add) else (t,) for t in trees]
            return Add(tuple(part for some in parts for part in some))
        if self.indexed and (sums := indexed(trees)):
            return sums[0] if len(sums) == 1 else Add(sums)
        sizes = [abs(self.elements.value(n)) for n, _ in terms]
        largest = sorted(range(len(terms)), key=lambda n: -sizes[n])[:SHOWN]
        shown = tuple(trees[n] for n in sorted(largest))
        return Add((*shown, Dots(f"{len(terms) - SHOWN} more")))

    def _terms(self, node: Node) -> list[Node]:
        """Return the terms of nested sums; a long sum is nested deep, to the left."""
        terms: list[Node] = []
        while node.op.name in {"add", "sub"} and node not in self.elements.meaning:
            left, right = node.inputs
            minus = node.op.name == "sub"
            inside = [right] if right in self.elements.meaning else self._terms(right)
            terms = [-n if minus else n for n in inside] + terms
            node = left
        return [node, *terms]

    def _operation(self, node: Node) -> Tree:
        match node.op.name:
            case "where":
                condition, then, otherwise = map(self.tree, node.inputs)
                return Piecewise(((then, condition),), otherwise)
            case "exp" if _is_quotient(node.inputs[0]):
                a, logarithm = node.inputs[0].inputs
                below = self.tree(logarithm.inputs[0])
                return Divide(Call("exp", (self.tree(a),)), below)
            case name if name in RELATIONS:
                left, right = map(self.tree, node.inputs)
                return Compare(left, RELATIONS[name], right)
        inputs = dict(zip(node.op.parameters, map(self.tree, node.inputs), strict=True))
        attributes = {n: self.number(v) for n, v in node.attributes.items()}
        return parse(node.op.notation, **inputs, **attributes)


def _is_quotient(node: Node) -> bool:
    """Tell whether e^node is better written as a quotient: a - ln s."""
    return node.op.name == "sub" and node.inputs[1].op.name == "log"


def _factors(factors: tuple[Tree, ...]) -> Tree | None:
    if len(factors) < 2:
        return factors[0] if factors else None
    return Multiply(factors)


def _lowest(numerator: float, denominator: float) -> tuple[float, float]:
    """Return a fraction of whole numbers in lowest terms, others as one number."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    whole = float(numerator).is_integer() and float(denominator).is_integer()
    if not denominator or not whole:
        return numerator / denominator if denominator else numerator, 1.0
    common = gcd(int(numerator), int(denominator)) or 1
    return numerator / common, denominator / common
