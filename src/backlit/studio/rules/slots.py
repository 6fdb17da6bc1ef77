"""Symbols and where their numbers lie: wⱼᵢ is `["dense1.weight", "j", "i"]`.

A formula in symbols becomes the same in numbers when each symbol gives way to the gap
for its number. A sum with an index becomes a loop.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from backlit.explain.typeset.mathematics import (
    Add,
    BigSum,
    Compare,
    Indicator,
    Multiply,
    Negate,
    Number,
    Partial,
    Piecewise,
    Symbol,
)
from backlit.studio.rules.form import Choice, Loop
from backlit.studio.rules.general import Letter, changed, is_formula
from backlit.studio.rules.template import Either, Gap, Long, template

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backlit.explain.symbols import Symbols
    from backlit.explain.typeset.mathematics import Tree
    from backlit.graph import Node
    from backlit.studio.rules.form import Factors, Reference, Size

LOOP = "q"  # the index of a long sum


@dataclass(eq=False)
class Slots:
    """Where the numbers of one pass's symbols lie.

    Attributes:
        symbols: What its quantities are called.
        batched: Whether it is over a batch; the first index of a quantity of the batch
            is then the sample.
        samples: How many samples there are where formulas are read.
        more: Further symbols, such as η, and their numbers.
    """

    symbols: Symbols
    batched: bool
    samples: int
    more: Mapping[Tree, Factors] = field(default_factory=dict)
    _known: dict[Any, Node] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for node in self.symbols.names:
            symbol = self.symbols.symbol((node, (0,) * node.ndim))
            self._known.setdefault(_key(symbol), node)

    def with_more(self, more: Mapping[Tree, Factors]) -> Slots:
        """Return the same with further symbols."""
        return Slots(self.symbols, self.batched, self.samples, more)

    def reference(self, symbol: Symbol) -> Reference:
        """Return where the number of a symbol lies."""
        node = self._known[_key(symbol)]
        places: list[str | int] = []
        below = iter(symbol.sub)
        for axis in range(node.ndim):
            shown = self.symbols.shows(node, axis)
            n = next(below) if shown else 1
            places.append(str(n) if isinstance(n, str) else n - 1)
        return [self.symbols.names[node], *places]

    def over_samples(self, symbol: Symbol, name: str) -> bool:
        """Tell whether an index of a symbol is that of the samples of a batch."""
        node = self._known[_key(symbol)]
        shared = self.symbols.names[node] in self.symbols.trace.architecture.shapes
        return self.batched and not shared and symbol.sub[:1] == (name,)

    def numeric(self, tree: Any) -> Any:
        """Return a formula with gaps for numbers instead of symbols."""
        match tree:
            case _ if isinstance(tree, Symbol) and tree in self.more:
                return Number(Gap.of(self.more[tree]))
            case Partial(by=Symbol() as by):
                name, *place = self.reference(by)
                return Number(Gap.of([[f"grad.{name}", *place]]))
            case Symbol():
                return Number(Gap.of([self.reference(tree)]))
            case Add(terms=terms):
                return Add(tuple(t for x in terms for t in _terms(self.numeric(x))))
            case BigSum(index=Symbol()):
                return Add((Long("loop", loop=self._loop(tree)),))
            case Piecewise(cases=((then, test),), otherwise=otherwise):
                return self._either(then, test, otherwise) or changed(
                    tree, self.numeric
                )
        return changed(tree, self.numeric)

    def _either(self, then: Tree, test: Tree, otherwise: Tree) -> Tree | None:
        """Return cases whose condition is on products, so that a page can decide it."""
        condition = test.condition if isinstance(test, Indicator) else test
        if not isinstance(condition, Compare):
            return None
        left, right = map(self.numeric, (condition.left, condition.right))
        sides = self.factors(left), self.factors(right)
        if sides[0] is None or sides[1] is None:
            return None
        cases = [self.numeric(case) for case in (then, otherwise)]
        choice = Choice(sides[0], condition.relation, sides[1], *map(template, cases))
        plain = all(isinstance(case, Number) for case in cases)
        either = Either("case", choice=choice)
        return either if plain else Add((either,))

    def sized(self, tree: Any) -> Any:
        """Return a formula in symbols whose sums run over as many samples as come."""
        if isinstance(tree, BigSum) and self._size(tree) == "batch":
            upper = Number(Gap.of([["batch"]]))
            return replace(tree, upper=upper, body=self.sized(tree.body))
        return tree if isinstance(tree, Symbol) else changed(tree, self.sized)

    def factors(self, tree: Any) -> Factors | None:
        """Return a product as the numbers that it is of; None of another formula."""
        match tree:
            case Number(value=Gap() as gap):
                return gap.factors
            case Number():
                return [float(tree.value)]
            case Negate(body=body):
                inner = self.factors(body)
                return None if inner is None else [-1.0, *inner]
            case Multiply(factors=parts):
                found = [self.factors(part) for part in parts]
                return [f for some in found if some is not None for f in some] * (
                    None not in found
                ) or None
        return None

    def _loop(self, tree: BigSum) -> Loop:
        body = self.numeric(_with_letter(tree.body, tree.index.name))  # type: ignore[union-attr]
        first = int(tree.lower.value) - 1  # type: ignore[union-attr, arg-type]
        return Loop(
            LOOP, first, self._size(tree), template(body), self.factors(body) or []
        )

    def _size(self, tree: BigSum) -> Size:
        if not isinstance(tree.upper, Number) or not isinstance(tree.lower, Number):
            return 0
        size = int(float(tree.upper.value)) - int(float(tree.lower.value)) + 1
        name = tree.index.name if isinstance(tree.index, Symbol) else ""
        inside = [s for s in symbols_in(tree.body) if name in s.sub]
        if size == self.samples and any(self.over_samples(s, name) for s in inside):
            return "batch"
        return size


def symbols_in(tree: Any) -> list[Symbol]:
    """Return every symbol of a formula."""
    if isinstance(tree, Symbol):
        return [tree]
    if isinstance(tree, tuple):
        return [s for part in tree for s in symbols_in(part)]
    if is_formula(tree):
        return [s for f in fields(tree) for s in symbols_in(getattr(tree, f.name))]
    return []


def _with_letter(tree: Any, name: str) -> Any:
    if isinstance(tree, Symbol):
        sub = tuple(Letter(LOOP) if n == name else n for n in tree.sub)
        return replace(tree, sub=sub)
    return changed(tree, lambda part: _with_letter(part, name))


def _terms(tree: Tree) -> tuple[Tree, ...]:
    return tree.terms if isinstance(tree, Add) else (tree,)


def _key(symbol: Symbol) -> Any:
    """Return what tells the symbols of one quantity from those of others."""
    below = tuple(n for n in symbol.sub if isinstance(n, str) and n in WORDS)
    return symbol.name, symbol.sup, below, len(symbol.sub)


WORDS = ("data", "penalty")
