"""Rules read from a pass: each formula at several elements, then made general.

The ways on which an element acts are those that `explain.paths` finds in the backward
graph; the ways to one quantity are one, whose index runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice, product
from typing import TYPE_CHECKING

from backlit.explain.penalty import penalty
from backlit.explain.typeset.mathematics import Partial, Symbol
from backlit.explain.worked import Worked
from backlit.graph import reachable
from backlit.studio.rules.form import Bound, Equation, Rule, Run, Step, Way
from backlit.studio.rules.general import Coordinates, Differ, general, index
from backlit.studio.rules.passes import SAMPLES
from backlit.studio.rules.slots import Slots
from backlit.studio.rules.template import template
from backlit.studio.rules.updating import update

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backlit.explain.elements import Element, Place
    from backlit.explain.paths import Link
    from backlit.explain.typeset.mathematics import Tree
    from backlit.graph import Node
    from backlit.studio.rules.form import Factors, Size
    from backlit.trace.trace import Trace
    from backlit.update.optimizers import Optimizer

AT = 3  # places along a running index at which a formula is read
# As explanations have them; a weight, which has a column, acts through no other index.
SAMPLE, ROW, COLUMN, RUNNING = "n", "j", "i", "i"


@dataclass(eq=False)
class Reading:
    """Reads the rules of one pass."""

    trace: Trace
    optimizer: Optimizer
    worked: Worked = field(init=False)
    slots: Slots = field(init=False)

    def __post_init__(self) -> None:
        self.worked = Worked(self.trace)
        self.slots = Slots(self.worked.symbols, self.trace.batched, SAMPLES)

    def rules(self) -> dict[str, Rule]:
        """Return the rule of each quantity that has a symbol."""
        return {
            name: self.rule(node) for node, name in self.worked.symbols.names.items()
        }

    def same(self) -> dict[str, str]:
        """Return the quantities that are others by a second name."""
        names = self.worked.symbols.names
        found = self.trace.one_pass.quantities.items()
        return {name: names[node] for name, node in found if names[node] != name}

    def rule(self, node: Node) -> Rule:
        """Return the rule of one quantity."""
        letters, at = self.letters(node), self.elements(node)
        coordinates = _coordinates(letters, [place for _, place in at])
        symbol = general([self.worked.symbol(e) for e in at], coordinates)
        reached = node in self.worked.paths.cotangents
        error = self.worked.symbol(self.worked.paths.error)
        return Rule(
            letters,
            template(symbol),
            template(Partial(error, symbol)) if reached and node.shape != () else None,
            self._forward(at, coordinates),
            list(self._ways(at, letters)) if reached and node.shape != () else [],
            self._update(node, symbol, letters),
        )

    def _update(self, node: Node, symbol: Symbol, letters: list[str]) -> list[Step]:
        name = self.worked.symbols.names[node]
        if self.trace.batched or name not in self.trace.architecture.trainable:
            return []  # over a batch it is the same
        return update(self.optimizer, name, symbol, letters, self.slots)

    def letters(self, node: Node) -> list[str]:
        """Return the indices of a quantity; that of the sample first."""
        parameter = self.worked.symbols.names[node] in self.trace.architecture.shapes
        if parameter:
            return [ROW, COLUMN][: node.ndim]
        lead = [SAMPLE] if self.trace.batched and node.ndim else []
        return [*lead, ROW][: node.ndim]

    def elements(self, node: Node) -> list[Element]:
        """Return the elements of a quantity at which formulas are read.

        One axis after the other is gone along, so that each letter is told by where it
        changes.
        """
        first = (0,) * node.ndim
        along = [
            (*first[:axis], 1, *first[axis + 1 :])
            for axis, size in enumerate(node.shape)
            if size > 1
        ]
        return [(node, place) for place in [first, *along]]

    def _forward(self, at: list[Element], letters: Coordinates) -> Equation | None:
        node = at[0][0]
        worked = self.worked
        if not node.inputs:
            return None
        if worked.symbols.names[node] == "E.penalty" and worked.many_weights:
            formula = penalty(node, worked.symbols, worked.digits)
            return Equation(template(formula), None)
        nodes = [worked.paths.formula(e) for e in at]
        try:
            tree = general([worked.symbolic.opened(n) for n in nodes], letters)
        except Differ:
            return None
        return self.equation(tree, nodes[0])

    def equation(self, tree: Tree, node: Node) -> Equation:
        """Return a general formula as an equation.

        Args:
            tree: The formula.
            node: The expression that it was read from, at one element.
        """
        numbers = template(self.slots.numeric(tree))
        return Equation(template(self.slots.sized(tree)), numbers, self._bound(node))

    def _bound(self, node: Node) -> Bound | None:
        meaning = self.worked.paths.elements.meaning
        for clip in reachable([node]):
            if clip.op.name == "clip" and clip.inputs[0] in meaning:
                name = self.worked.symbols.names[meaning[clip.inputs[0]][0]]
                return Bound(name, clip.attributes["low"], clip.attributes["high"])
        return None

    def _ways(self, at: list[Element], letters: list[str]) -> Iterator[Way]:
        node = at[0][0]
        for target in self._targets(at[0]):
            ways = _Ways(self, node, target, letters)
            try:
                yield ways.way()
            except Differ:
                yield ways.way("equal")
                if target.shape[-1] > 1:
                    yield ways.way("other")

    def _targets(self, element: Element) -> list[Node]:
        links = self.worked.paths.links(element)
        return list(dict.fromkeys(link.target[0] for link in links))


@dataclass(eq=False)
class _Ways:
    """The ways from a quantity to another one that it acts on."""

    reading: Reading
    node: Node
    target: Node
    letters: list[str]

    def way(self, only: str = "") -> Way:
        """Return them as one.

        Args:
            only: Of neurons of one layer that all act on each other, as by softmax,
                the `equal` one or the `other` ones.
        """
        found = list(self._found(only))
        coordinates = _coordinates(self.letters, [e[1] for e, _ in found])
        runs = self._runs(found, coordinates, only)
        for run, axis in runs.items():
            places = tuple(link.target[1][axis] for _, link in found)
            coordinates[run] = places
        return self._general(found, coordinates, self._sizes(runs, only))

    def _general(
        self, found: list[tuple[Element, Link]], letters: Coordinates, runs: list[Run]
    ) -> Way:
        worked, slots = self.reading.worked, self.reading.slots
        symbol = general([worked.local_symbol(*f) for f in found], letters)
        trees = [worked.symbolic.tree(link.local) for _, link in found]
        tree = general(trees, letters)
        place = zip(*(link.target[1] for _, link in found), strict=True)
        return Way(
            worked.symbols.names[self.target],
            [_data(index(tuple(p), letters)) for p in place],
            runs,
            template(symbol),
            self.reading.equation(tree, found[0][1].local),
            slots.factors(slots.numeric(tree)) or self._stored(),
        )

    def _stored(self) -> Factors:
        """Return where a local derivative lies that is no product of known numbers."""
        names = self.reading.worked.symbols.names
        name, target = names[self.node], names[self.target]
        if target != "E":
            return [[f"slope.{target.partition('.')[0]}", *self.letters]]
        if self._has_penalty:
            return [[f"slope.penalty.{name}", *self.letters]]
        return [[f"grad.{name}", *self.letters]]

    @property
    def _has_penalty(self) -> bool:
        element = (self.node, (0,) * self.node.ndim)
        return len(self.reading.worked.paths.links(element)) > 1

    def _found(self, only: str) -> Iterator[tuple[Element, Link]]:
        """Yield links at several elements, of each at several places of the target."""
        for element in self.reading.elements(self.node):
            links = self.reading.worked.paths.links(element)
            own = {w.target[1]: w for w in links if w.target[0] is self.target}
            for place in self._places(own, element, only):
                yield element, own[place]

    def _places(
        self, own: dict[Place, Link], element: Element, only: str
    ) -> Iterator[Place]:
        last = element[1][-1:]

        def kept(place: Place) -> bool:
            return not only or (place[-1:] == last) == (only == "equal")

        ends: list[list[int]] = []
        for axis in range(self.target.ndim):
            there = sorted({place[axis] for place in own if kept(place)})
            ends.append(list(islice(there, AT)))
        yield from (p for p in product(*ends) if p in own and kept(p))

    def _runs(
        self, found: list[tuple[Element, Link]], letters: Coordinates, only: str
    ) -> dict[str, int]:
        """Return the indices of the target that run, and along which axis."""
        runs: dict[str, int] = {}
        for axis in range(self.target.ndim):
            places = tuple(link.target[1][axis] for _, link in found)
            other = only == "other" and axis == self.target.ndim - 1
            try:
                if not other:
                    index(places, letters)
                    continue
            except Differ:
                pass
            runs[self._running(axis)] = axis
        return runs

    def _running(self, axis: int) -> str:
        batch = self.reading.trace.batched and axis == 0
        return SAMPLE if batch else RUNNING

    def _sizes(self, runs: dict[str, int], only: str) -> list[Run]:
        sizes: dict[str, Size] = {
            run: "batch" if run == SAMPLE else self.target.shape[axis]
            for run, axis in runs.items()
        }
        other = self.letters[-1] if only == "other" else ""
        return [
            Run(run, size, other if run == RUNNING else "")
            for run, size in sizes.items()
        ]


def _coordinates(letters: list[str], places: list[Place]) -> Coordinates:
    return dict(zip(letters, map(tuple, zip(*places, strict=True)), strict=True))


def _data(place: str | int) -> str | int:
    return str(place) if isinstance(place, str) else place
