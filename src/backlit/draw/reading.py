"""What a recorded pass says at each place of a drawing: texts, and signed strengths.

Symbols, numbers and local derivatives are those of the explanation. Of a batch the
first sample is read.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from backlit.draw.extent import extent
from backlit.explain.typeset.mathematics import (
    Call,
    Equation,
    Number,
    Partial,
    Symbol,
    equation,
)
from backlit.explain.typeset.text import expression
from backlit.explain.worked import Worked
from backlit.network.quantities import split_name

if TYPE_CHECKING:
    from backlit.draw.geometry import Edge, Slot, Vertex
    from backlit.explain.elements import Element
    from backlit.explain.paths import Link
    from backlit.explain.typeset.mathematics import Tree
    from backlit.trace.trace import Trace


@dataclass(eq=False)
class Reading:
    """The texts and strengths of one recorded pass.

    Attributes:
        trace: The pass.
        digits: Significant digits of numbers; fewer where there is no room.
    """

    trace: Trace
    digits: int = 4
    worked: Worked = field(init=False)

    def __post_init__(self) -> None:
        self.worked = Worked(self.trace, self.digits)

    def text(self, slot: Slot) -> str:
        """Return what stands in a slot, in as many digits as it has room for."""
        if slot.shows == "text":
            return slot.name
        tree = self.tree(slot)
        if tree is None:
            return ""
        written = ""
        for digits in range(self.digits, 0, -1):
            written = expression(_rounded(tree, digits))
            if extent(written, slot.size) <= slot.width:
                break
        return written.removesuffix("(x)") if slot.shows == "operation" else written

    def tree(self, slot: Slot) -> Tree | None:
        """Return the formula of a slot; None where the pass has no such quantity."""
        match slot.shows:
            case "symbol":
                return self.symbol(slot.name)
            case "operation":
                return Call(slot.name, (Symbol("x"),))
            case "value":
                return Number(self.value(slot.name))
            case "equation":
                return _equals(self.symbol(slot.name), self.value(slot.name))
            case "gradient" | "gradient equation":
                return self._gradient_tree(slot)
            case _:
                return self.local(slot.name, slot.by)

    def symbol(self, name: str) -> Symbol:
        """Return the symbol of a quantity; of a whole parameter without indices."""
        _, place = split_name(name)
        node, _ = self.element(name)
        if place or not node.shape:
            return self.worked.symbol(self.element(name))
        return replace(self.worked.symbol((node, (0,) * node.ndim)), sub=())

    def element(self, name: str) -> Element:
        """Return a quantity of the drawing in the pass: of the first sample."""
        base, place = split_name(name)
        nodes = self.trace.one_pass.inputs | self.trace.one_pass.quantities
        shared = base in self.trace.architecture.shapes or base == "E"
        first = (0,) if self.trace.batched and not shared else ()
        return nodes[base], (*first, *place)

    def value(self, name: str) -> float:
        """Return the value of a quantity."""
        return self.worked.value(self.element(name))

    def gradient(self, name: str) -> float | None:
        """Return ∂E/∂ a quantity, or None where E does not depend on it."""
        base, _ = split_name(name)
        if base not in self.trace.gradients:
            return None
        return float(self.trace.gradients[base][self.element(name)[1]])

    def link(self, of: str, by: str) -> Link | None:
        """Return the way on which one quantity acts on the next one, if it does."""
        if self.gradient(by) is None:  # E is cut off from it, as by a step
            return None
        target = self.element(of)
        links = self.worked.paths.links(self.element(by))
        return next((link for link in links if link.target == target), None)

    def local(self, of: str, by: str) -> Equation | None:
        """Return ∂of/∂by = its value, as an equation."""
        link = self.link(of, by)
        if link is None:
            return None
        element = self.element(by)
        return _equals(self.worked.local_symbol(element, link), link.value)

    def strength(self, edge: Edge) -> float | None:
        """Return the weight on a forward edge, its gradient on the backward one.

        On a backward edge without a weight of its own that is the gradient which comes
        along it.
        """
        if edge.kind == "forward":
            return self.value(edge.name) if edge.name else None
        if edge.name:
            return self.gradient(edge.name)
        link = self.link(edge.of, edge.by)
        return 0.0 if link is None else link.product

    def said(self, edge: Edge) -> str:
        """Return what an edge stands for, in words and numbers."""
        found: list[Tree | None] = []
        if edge.name:
            found.append(_equals(self.symbol(edge.name), self.value(edge.name)))
            found.append(self.gradient_equation(edge.name))
        if edge.kind == "backward":
            found.append(self.local(edge.of, edge.by))
        return self._joined(found)

    def told(self, vertex: Vertex) -> str:
        """Return a node's value and gradients, and the slope of its activation."""
        name = vertex.name
        if vertex.role == "bias" and not split_name(name)[1]:
            return ""  # its values are told with its edges
        found: list[Tree | None] = [_equals(self.symbol(name), self.value(name))]
        if vertex.role not in {"target", "error"}:
            total = name.replace("output", "sum")
            found += map(self.gradient_equation, dict.fromkeys([name, total]))
            found += [self.local(name, total)] * (vertex.role == "neuron")
        return self._joined(found)

    def _joined(self, found: list[Tree | None]) -> str:
        rounded = [_rounded(tree, self.digits) for tree in found if tree]
        return "; ".join(dict.fromkeys(map(expression, rounded)))

    def gradient_equation(self, name: str) -> Equation | None:
        """Return ∂E/∂ a quantity = its value."""
        value = self.gradient(name)
        if value is None:
            return None
        return _equals(Partial(self.symbol("E"), self.symbol(name)), value)

    def _gradient_tree(self, slot: Slot) -> Tree | None:
        found = self.gradient_equation(slot.name)
        whole = slot.shows == "gradient equation"
        return found if whole or found is None else found.sides[-1]


def _equals(left: Tree, value: float) -> Equation:
    return equation(left, "=", Number(value))


def _rounded(tree: Tree, digits: int) -> Tree:
    """Return a number, or an equation that ends in one, to so many digits."""
    if isinstance(tree, Number):
        return replace(tree, digits=digits)
    if isinstance(tree, Equation):
        sides = (*tree.sides[:-1], _rounded(tree.sides[-1], digits))
        return replace(tree, sides=sides)
    return tree
