"""How an element acts on the error: its links to what it acts on next, and its paths.

    ∂E/∂x = Σ  ∂E/∂u · ∂u/∂x     over the elements u that x acts on next

The links are read from the backward graph: the cotangent of x, written out down to the
next named cotangents, is linear in them, and the factor of each, found by `backward`
once more, is a local derivative.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite, isnan
from typing import TYPE_CHECKING

from backlit.backward import backward
from backlit.errors import NetworkError
from backlit.explain.elements import Element, Elements, Place
from backlit.graph import INPUT, Node, constant, reachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backlit.trace.trace import Trace

ROUNDING = 1e-9  # of a sum of shares, relative to their sizes


@dataclass(frozen=True, eq=False)
class Link:
    """One way on which an element acts: ∂E/∂u · ∂u/∂x.

    Attributes:
        target: The element u.
        local: The local derivative ∂u/∂x, as a scalar expression.
        value: Its value.
        gradient: The value of ∂E/∂u.
    """

    target: Element
    local: Node
    value: float
    gradient: float

    @property
    def product(self) -> float:
        """The share of this way in ∂E/∂x."""
        return self.gradient * self.value


@dataclass(eq=False)
class Paths:
    """The chain rule of one recorded pass, element by element."""

    trace: Trace
    elements: Elements = field(init=False)
    chain: dict[Node, Node] = field(init=False)  # quantity -> its cotangent, in order
    cotangents: dict[Node, Node] = field(init=False)
    _links: dict[Element, list[Link]] = field(default_factory=dict)
    _counts: dict[Node, int] = field(default_factory=dict)
    _recognised: set[Place] = field(default_factory=set)

    def __post_init__(self) -> None:
        one_pass = self.trace.one_pass
        found, nodes = one_pass.quantities, one_pass.inputs | one_pass.quantities
        parts = [
            found[f"{name}.{part}"]
            for name in self.trace.architecture.names
            for part in ("sum", "output")
        ]
        self.cotangents = {nodes[name]: g for name, g in one_pass.gradients.items()}
        order = dict.fromkeys([*parts, found["E"]])  # once, if it has two names
        # Before a jump, as of a step, there is no derivative and so no cotangent.
        cotangents = self.cotangents
        self.chain = {node: cotangents[node] for node in order if node in cotangents}
        inner = ("E.sample", "E.data", "E.penalty")
        errors = [found[name] for name in inner if name in found]
        named = frozenset([*one_pass.inputs.values(), *parts, *errors])
        self.elements = Elements(self.trace.node_values, named)

    @property
    def error(self) -> Element:
        """The element E."""
        return self.trace.one_pass.quantities["E"], ()

    def element(self, name: str, place: Place) -> Element:
        """Return an element by the name of its quantity.

        Raises:
            NetworkError: The error does not depend on such a quantity.
        """
        nodes = self.trace.one_pass.inputs | self.trace.one_pass.quantities
        if nodes[name] not in self.cotangents or name == "E":
            first = next(iter(self.trace.architecture.shapes))
            raise NetworkError(
                f"E has no derivative to {name}; choose a weight, such as {first}[0,0]"
            )
        return nodes[name], place

    def gradient(self, element: Element) -> float:
        """Return ∂E/∂element as the pass computed it."""
        node, place = element
        return float(self.trace.node_values[self.cotangents[node]][place])

    def formula(self, element: Element) -> Node:
        """Return the element as an expression of the named elements before it."""
        self._recognise(element)
        node, place = element
        return self.elements.expand(node, place, frozenset())

    def links(self, element: Element) -> list[Link]:
        """Return the ways on which an element acts, largest share first."""
        if element not in self._links:
            found = sorted(self._find(element), key=lambda w: -abs(w.product))
            self._links[element] = found
        return self._links[element]

    def adds_up(self, element: Element) -> bool:
        """Tell whether the ways add up to the gradient that the pass computed."""
        shares = [link.product for link in self.links(element)]
        total, known = sum(shares), self.gradient(element)
        if not isfinite(known):
            return total == known or (isnan(total) and isnan(known))
        scale = abs(known) + sum(map(abs, shares))
        return abs(total - known) <= ROUNDING * scale

    def count(self, element: Element) -> int:
        """Return the number of paths from an element to the error."""
        if element == self.error:
            return 1
        return sum(self._count(link.target) for link in self.links(element))

    def _count(self, element: Element) -> int:
        """Count from one element for all of its quantity: a layer's are alike."""
        node = element[0]
        if node not in self._counts:
            self._counts[node] = self.count(element)
        return self._counts[node]

    def paths(self, element: Element) -> Iterator[tuple[Link, ...]]:
        """Yield every path from an element to the error, as its links in order."""
        if element == self.error:
            yield ()
            return
        for link in self.links(element):
            for rest in self.paths(link.target):
                yield (link, *rest)

    def _find(self, element: Element) -> Iterator[Link]:
        node, place = element
        self._recognise(element)
        after = self._after(node)
        stop = frozenset(after)
        cotangent = self.cotangents[node]
        if cotangent in after:  # an operation that hands its cotangent on unchanged
            yield self._link((after[cotangent], place), constant(1.0))
            return
        expression = self.elements.expand(cotangent, place, stop)
        leaves = dict.fromkeys(
            x
            for x in reachable([expression])
            if x in self.elements.meaning and self.elements.meaning[x][0] in stop
        )
        for leaf, local in backward(expression, leaves).items():
            if leaf in leaves:
                source, at = self.elements.meaning[leaf]
                yield self._link((after[source], at), local)

    def _link(self, target: Element, local: Node) -> Link:
        return Link(target, local, self.elements.value(local), self.gradient(target))

    def _after(self, node: Node) -> dict[Node, Node]:
        """Return the cotangents of the chain's quantities after a node, and whose."""
        chain = list(self.chain)
        first = chain.index(node) + 1 if node in self.chain else self._first_use(node)
        later = chain[first:]
        # Of two with one cotangent the nearer counts: the later is written first.
        return {self.chain[u]: u for u in reversed(later)}

    def _first_use(self, node: Node) -> int:
        """Return the place in the chain of the first quantity that reads a node."""
        reads = (n for n, u in enumerate(self.chain) if node in set(reachable([u])))
        return next(reads, len(self.chain))

    def _recognise(self, element: Element) -> None:
        """Let probabilities of a sample be known again where derivatives hold them."""
        node, place = element
        if not place or node.op is INPUT:
            return  # E and parameters belong to no sample
        lead = place[:1] if self.trace.batched else ()
        if lead in self._recognised:
            return
        self._recognised.add(lead)
        found = self.trace.one_pass.quantities
        layers = zip(
            self.trace.architecture.names, self.trace.architecture.layers, strict=True
        )
        outputs = [found[f"{n}.output"] for n, x in layers if x.activation == "softmax"]
        for node in (*outputs, found["prediction"]):
            if node in outputs or node not in self.elements.named:
                for k in range(node.shape[-1]):
                    self.elements.recognise(node, (*lead, k), frozenset())
