"""Scalar expressions as formulas: collected, ordered, without ones and zeros.

Products gather their numbers in front (2 · ½ is 1, and is left out), sums gather like
terms, and each operation is written by its own notation. The same expression is
printed twice: with symbols, and with the numbers plugged in. What holds on this pass
only, as that a value lies within the bounds of clip, is used and not written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import TYPE_CHECKING

from backlit.explain.indexed import indexed
from backlit.explain.products import Factor, Product, collected
from backlit.explain.typeset.mathematics import (
    Add,
    Call,
    Compare,
    Dots,
    Indicator,
    Multiply,
    Number,
    Piecewise,
    Relation,
    Tree,
)
from backlit.explain.typeset.notation import parse
from backlit.graph import CONSTANT, INPUT, OPS, Node

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from backlit.explain.elements import Elements

Leaf = Callable[[Node], Tree]
Term = tuple[Node, Product]
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
class Printer:
    """Prints the scalar expressions of one pass.

    Attributes:
        elements: The expressions and their values.
        leaf: The formula of a leaf: its symbol, or its number.
        digits: Significant digits of numbers.
        symbolic: Whether formulas are general: a long sum with an index, if its terms
            allow that, and all cases. Else a long sum shows its largest terms, and of
            cases there is the one that holds.
    """

    elements: Elements
    leaf: Leaf
    digits: int = 9
    symbolic: bool = False

    def tree(self, node: Node) -> Tree:
        """Return the formula of a scalar expression."""
        return self.product(node).tree(self.digits)

    def opened(self, node: Node) -> Tree:
        """Return the formula of an expression even if it has a symbol."""
        if node.op in (CONSTANT, INPUT):
            return self.tree(node)
        return self._opened(node).tree(self.digits)

    def product(self, node: Node) -> Product:
        """Return an expression as a product."""
        if node in self.elements.meaning:
            return Product(1, 1, (Factor(node, self.leaf(node)),))
        if node.op is CONSTANT:
            return Product(float(node.attributes["value"]))
        return self._opened(node)

    def _opened(self, node: Node) -> Product:
        match node.op.name, node.inputs:
            case "add" | "sub", _:
                return self._sum(node)
            case "mul", (left, right):
                return self._joined(self.product(left).times(self.product(right)))
            case "div", (left, right):
                return self.product(left).times(self.product(right).inverse())
            case "neg", (x,):
                return Product(-1).times(self.product(x))
            case "square", (x,) if _is(x, "abs"):
                return self.product(OPS["square"](*x.inputs))
            case "exp", (x,) if _is(x, "sub") and _is(x.inputs[1], "log"):
                # e^(a - ln s) is e^a / s
                a, logarithm = x.inputs
                above = Product(1, 1, (Factor(node, Call("exp", (self.tree(a),))),))
                return above.times(self.product(logarithm.inputs[0]).inverse())
            case "where", _ if not self.symbolic or _is_nested(node):
                return self.product(self._case(node))
            case "clip", (x,) if self._same(node, x):
                return self.product(x)
        return Product(1, 1, (Factor(node, self._operation(node)),))

    def _case(self, node: Node) -> Node:
        """Return the case that holds; of cases within it the one that holds."""
        while _is(node, "where") and node not in self.elements.meaning:
            condition, then, otherwise = node.inputs
            node = then if self.elements.value(condition) else otherwise
        return node

    def _same(self, a: Node, b: Node) -> bool:
        return self.elements.value(a) == self.elements.value(b)

    def _joined(self, p: Product) -> Product:
        """Write sign(x) · |x| as x."""
        keys = [f.key for f in p.above if isinstance(f.key, Node)]
        for sign in (k for k in keys if _is(k, "sign")):
            for size in (k for k in keys if _is(k, "abs") and k.inputs == sign.inputs):
                rest = tuple(f for f in p.above if f.key not in (sign, size))
                whole = self.product(sign.inputs[0])
                return Product(p.numerator, p.denominator, rest, p.below).times(whole)
        return p

    def _sum(self, node: Node) -> Product:
        """Return a sum, with a number that all its terms share taken out."""
        terms = self._terms(node)
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
        key = frozenset((p.numerator, p.denominator, p.key) for _, p in inner)
        return Product(common[0], common[1], (Factor(key, self._added(inner)),))

    def _added(self, terms: list[Term]) -> Tree:
        """Write a sum; of a long one an index form, or the largest terms."""
        trees = [p.tree(self.digits) for _, p in terms]
        if len(terms) <= LONG:
            parts = [t.terms if isinstance(t, Add) else (t,) for t in trees]
            return Add(tuple(part for some in parts for part in some))
        if self.symbolic and (sums := indexed(trees)):
            return sums[0] if len(sums) == 1 else Add(sums)
        return shortened(trees, [abs(self.elements.value(n)) for n, _ in terms])

    def _terms(self, node: Node) -> list[Term]:
        """Return the terms of a sum, like ones collected, without zeros."""
        nodes = _with_cases_joined(list(self._nested(node))[::-1])
        first: dict[Hashable, Node] = {}
        products = []
        for n in nodes:
            products.append(self.product(n))
            key = products[-1].key
            # The value is that of all: of a long sum the terms are not alike.
            first[key] = OPS["add"](first[key], n) if key in first else n
        return [(first[p.key], p) for p in collected(products)]

    def _nested(self, node: Node) -> Iterator[Node]:
        """Yield the terms of nested sums from the last on; long ones nest leftward."""
        while node.op.name in {"add", "sub"} and node not in self.elements.meaning:
            left, right = node.inputs
            inside = [right]
            if right not in self.elements.meaning:
                inside = list(self._nested(right))
            yield from (-n if node.op.name == "sub" else n for n in inside)
            node = left
        yield node

    def _operation(self, node: Node) -> Tree:
        inputs = [self.tree(x) for x in node.inputs]
        if node.op.name in RELATIONS:
            return Compare(inputs[0], RELATIONS[node.op.name], inputs[1])
        if node.op.name == "where":
            return Piecewise(((inputs[1], inputs[0]),), inputs[2])
        numbers = {n: Number(float(v), self.digits) for n, v in _numbers(node)}
        names = dict(zip(node.op.parameters, inputs, strict=True))
        tree = _without_ones(parse(node.op.notation, **names, **numbers))
        return tree if self.symbolic else _case_that_holds(tree)


def shortened(trees: list[Tree], sizes: list[float]) -> Tree:
    """Write the largest terms of a sum and count the others.

    Args:
        trees: The terms.
        sizes: Their absolute values.
    """
    order = sorted(range(len(trees)), key=lambda n: -sizes[n])
    largest = [n for n in order[:SHOWN] if sizes[n] != 0] or order[:1]
    left = len(trees) - len(largest)
    words = f"{left} more" + ", all 0" * (len(largest) < SHOWN)
    return Add((*(trees[n] for n in sorted(largest)), Dots(words)))


def _is(node: Node, name: str) -> bool:
    return node.op.name == name


def _is_nested(node: Node) -> bool:
    """Tell whether a case holds cases again, which is too much to read."""
    return any(_is(x, "where") for x in node.inputs[1:])


def _with_cases_joined(nodes: list[Node]) -> list[Node]:
    """Add up terms that are cases of one condition: {a if c; 0} + {0 if c; b}."""
    cases = [n for n in nodes if _is(n, "where")]
    if len(cases) < 2 or len({n.inputs[0] for n in cases}) > 1:
        return nodes
    then, otherwise = (reduce(add, [n.inputs[k] for n in cases]) for k in (1, 2))
    whole: Node = OPS["where"](cases[0].inputs[0], then, otherwise)
    return [whole, *(n for n in nodes if n not in cases)]


def _numbers(node: Node) -> Iterator[tuple[str, float]]:
    return ((n, v) for n, v in node.attributes.items() if isinstance(v, int | float))


def _case_that_holds(tree: Tree) -> Tree:
    """Return the case of a notation that holds, if its condition is on numbers."""
    match tree:
        case Piecewise(
            cases=((then, Indicator(condition=Compare(Number(a), ">", Number(b)))),),
            otherwise=otherwise,
        ):
            return then if float(a) > float(b) else otherwise
    return tree


def _without_ones(tree: Tree) -> Tree:
    """Leave out factors of 1 that an attribute brought in: 1 · (e^x - 1)."""
    match tree:
        case Piecewise(cases=cases, otherwise=otherwise):
            return Piecewise(cases, _without_ones(otherwise))
        case Multiply(factors=(Number(value=1.0), x)):
            return x
    return tree
