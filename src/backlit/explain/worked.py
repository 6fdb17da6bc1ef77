"""Equations of one recorded pass: each with symbols, with numbers, and its value.

Σ = w₁ · x₁ + w₂ · x₂ + b = 0.4 · 0.5 + (−0.6) · 0.8 + 0.1 = −0.18
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING

from backlit.explain.indexed import indexed
from backlit.explain.paths import Link, Paths
from backlit.explain.penalty import penalty
from backlit.explain.printing import LONG, SHOWN, Printer
from backlit.explain.symbols import Symbols
from backlit.explain.typeset.mathematics import (
    Add,
    Dots,
    Equation,
    Marked,
    Multiply,
    Negate,
    Number,
    Partial,
    Relation,
    Role,
    Symbol,
    Tree,
    equation,
)
from backlit.graph import CONSTANT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backlit.explain.elements import Element
    from backlit.graph import Node
    from backlit.trace.trace import Trace

    Local = Callable[[Element, Link], Tree]

NOISE = 1e-14  # of what is that near to a whole number, the rest is rounding
MOST_DIGITS = 17  # of a float64


@dataclass(eq=False)
class Worked:
    """Writes the equations of a pass.

    Attributes:
        trace: The pass.
        digits: Significant digits of numbers.
    """

    trace: Trace
    digits: int = 9
    paths: Paths = field(init=False)
    symbols: Symbols = field(init=False)

    def __post_init__(self) -> None:
        self.paths = Paths(self.trace)
        self.symbols = Symbols(self.trace)

    def symbol(self, element: Element) -> Symbol:
        """Return the symbol of an element."""
        return self.symbols.symbol(element)

    def number(self, value: float) -> Number:
        """Return a number to the digits asked for, to more where they hide it."""
        return Number(value, enough(value, self.digits))

    def value(self, element: Element) -> float:
        """Return the value of an element."""
        node, place = element
        return float(self.trace.node_values[node][place])

    def derivative(self, element: Element) -> Tree:
        """Return ∂E/∂element."""
        error = self.symbol(self.paths.error)
        return Marked(Partial(error, self.symbol(element)), "gradient")

    def forward(self, element: Element) -> Equation:
        """Return an element = its formula = the same with numbers = its value."""
        mark: Role = "error" if element == self.paths.error else "quantity"
        sides: list[Tree] = [Marked(self.symbol(element), mark)]
        if self.symbols.names[element[0]] == "E.penalty" and self.many_weights:
            sides += [penalty(element[0], self.symbols, self.digits)]
        else:
            formula = self.paths.formula(element)
            sides += [self.symbolic.opened(formula), self.numeric.opened(formula)]
        return _chained(*sides, self.number(self.value(element)))

    def errors(self, samples: Sequence[int] = (0,)) -> list[Element]:
        """Return E, and before it the parts that it is made of, if it has any.

        Of the errors of a batch's samples some are given.
        """
        found = self.trace.one_pass.quantities
        parts = [(found["E.sample"], (n,)) for n in samples if "E.sample" in found]
        names = ("E.data", "E.penalty", "E")
        return [*parts, *((found[name], ()) for name in names if name in found)]

    @property
    def many_weights(self) -> bool:
        """Whether the penalty has too many terms to write them one by one."""
        shapes = self.trace.architecture.shapes.items()
        return sum(prod(s) for name, s in shapes if name.endswith("weight")) > LONG

    def probability(self, element: Element) -> list[Element]:
        """Return the probability beside an output, where the error is on logits."""
        node = self.trace.one_pass.quantities["prediction"]
        own = node not in self.paths.chain
        outputs = list(self.paths.chain)[-2]
        return [(node, element[1])] if own and element[0] is outputs else []

    def shown(self, element: Element) -> list[Link]:
        """Return the ways that are written out: all, or of many the largest."""
        links = self.paths.links(element)
        if len(links) > LONG:
            links = [w for w in links[:SHOWN] if w.product != 0] or links[:1]
        return sorted(links, key=lambda link: link.target[1])

    def local(self, element: Element, link: Link) -> Equation:
        """Return ∂u/∂x = its formula = the same with numbers = its value."""
        return _chained(
            self.local_symbol(element, link),
            self.symbolic.tree(link.local),
            self.numeric.tree(link.local),
            self.number(link.value),
        )

    def local_symbol(self, element: Element, link: Link) -> Partial:
        """Return ∂u/∂x; of a weight that acts on E through its penalty too, that."""
        target = self.symbol(link.target)
        direct = link.target == self.paths.error and len(self.paths.links(element)) > 1
        if direct:  # ∂E/∂w itself is the sum of all ways
            target = self.symbol(self.errors()[-2])
        return Partial(target, self.symbol(element))

    def is_direct(self, element: Element) -> bool:
        """Tell whether an element acts on E in no other way than by itself."""
        return [link.target for link in self.paths.links(element)] == [self.paths.error]

    def rule(self, element: Element) -> Equation:
        """Return the chain rule of an element in symbols."""
        return equals(
            self.derivative(element), self._sum_of_ways(element, self.local_symbol)
        )

    def written(self, element: Element) -> Equation:
        """Return the chain rule of an element with each local derivative's formula.

        ∂E/∂Σ = ∂E/∂y · y · (1 − y) = −1.09 · 0.455 · (1 − 0.455) = −0.27
        """
        links = self.shown(element)
        shares = [self._share(link, _factor(self.numeric, link)) for link in links]
        return _chained(
            self.derivative(element),
            self._sum_of_ways(element, lambda _, w: _factor(self.symbolic, w)),
            _summed(shares, len(self.paths.links(element))),
            self.number(self.paths.gradient(element)),
        )

    def numbers(self, element: Element) -> Equation:
        """Return ∂E/∂element = the products of its ways in numbers = its value."""
        links = self.shown(element)
        products = [self._share(link, self.number(link.value)) for link in links]
        return _chained(
            self.derivative(element),
            _summed(products, len(self.paths.links(element))),
            self.number(self.paths.gradient(element)),
        )

    def whole_path(self, element: Element, path: tuple[Link, ...]) -> tuple[Tree, Tree]:
        """Return the local derivatives along a path, from E on: symbols and numbers."""
        steps = zip([element, *(link.target for link in path)], path, strict=False)
        named: list[Tree] = [self.local_symbol(x, link) for x, link in steps]
        numbers: list[Tree] = [self.number(link.value) for link in path]
        return _times(named[::-1]), _times(numbers[::-1])

    def update(self, element: Element) -> Equation:
        """Return w ← w − η ∂E/∂w with its numbers."""
        w, name = self.symbol(element), self.symbols.names[element[0]]
        rate, g = self.trace.learning_rate, self.paths.gradient(element)
        new = float(self.trace.updated[name][element[1]])
        symbolic = _minus(w, _times([Symbol("η"), self.derivative(element)]))
        numeric = _minus(
            self.number(self.value(element)),
            _times([self.number(rate), self.number(g)]),
        )
        return equation(
            Marked(w, "update"), "←", symbolic, "=", numeric, "=", self.number(new)
        )

    def _sum_of_ways(self, element: Element, local: Local) -> Tree:
        """Return the sum of ∂E/∂u · ∂u/∂x; a long one with an index if it can be."""

        def way(link: Link) -> Tree:
            own = local(element, link)
            if link.target == self.paths.error:
                return own
            return _times([self.derivative(link.target), own])

        links = self.paths.links(element)
        if len(links) > LONG:
            ordered = sorted(links, key=lambda link: link.target[1])
            letter = "n" if self.over_batch(element) else "i"
            if sums := indexed(list(map(way, ordered)), letter):
                return _summed(list(sums), len(sums))
        return _summed(list(map(way, self.shown(element))), len(links))

    def over_batch(self, element: Element) -> bool:
        """Tell whether the ways of an element lead through the samples of a batch."""
        shared = self.symbols.names[element[0]] in self.trace.architecture.shapes
        return self.trace.batched and shared

    def _share(self, link: Link, local: Tree) -> Tree:
        if link.target == self.paths.error:
            return local
        return _times([self.number(link.gradient), local])

    @cached_property
    def symbolic(self) -> Printer:
        """Prints expressions in symbols."""
        elements = self.paths.elements
        return Printer(
            elements,
            lambda node: self.symbol(elements.meaning[node]),
            self.digits,
            symbolic=True,
        )

    @cached_property
    def numeric(self) -> Printer:
        """Prints expressions with their numbers."""
        elements = self.paths.elements

        def leaf(node: Node) -> Tree:
            return self.number(elements.value(node))

        return Printer(elements, leaf, self.digits)


def enough(value: float, digits: int) -> int:
    """Return how many digits show a number.

    A saturated 0.99999999998 has more, for it is not 1, and 1 minus it is not 0.
    """
    size = abs(value)
    if size < 10 ** (digits - 1) and abs(size - round(size)) > NOISE * size:
        while digits < MOST_DIGITS and float(f"{size:.{digits - 1}e}").is_integer():
            digits += 1
    return digits


ONE = Number(1)  # not written as a factor; other numbers hold a float


def _factor(printer: Printer, link: Link) -> Tree:
    """Return the formula of a local derivative; `ONE` if it is 1 in any pass."""
    constant = link.local.op is CONSTANT and float(link.local.attributes["value"]) == 1
    return ONE if constant else printer.tree(link.local)


def _times(factors: list[Tree]) -> Tree:
    flat: list[Tree] = []
    for f in factors:
        flat += f.factors if isinstance(f, Multiply) else [f] * (f is not ONE)
    return flat[0] if len(flat) == 1 else Multiply(tuple(flat))


def _minus(left: Tree, right: Tree) -> Tree:
    return Add((left, Negate(right)))


def _summed(terms: list[Tree], count: int) -> Tree:
    """Return a sum; of `count` terms in all, those not given are only counted."""
    if not count:
        return Number(0)
    if count > len(terms):
        words = f"{count - len(terms)} more" + ", all 0" * (len(terms) < SHOWN)
        return Add((*terms, Dots(words)))
    return terms[0] if count == 1 else Add(tuple(terms))


def _chained(first: Tree, *sides: Tree) -> Equation:
    """Chain sides with =, leaving out one that repeats the side before it."""
    kept = [first]
    for side in sides:
        if side != kept[-1]:
            kept.append(side)
    return equals(*kept)


def equals(*sides: Tree) -> Equation:
    """Return a chain of equal sides."""
    relations: list[Relation] = ["=" for _ in sides[1:]]
    return Equation(sides, tuple(relations))
