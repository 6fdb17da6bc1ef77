"""What each element of a pass is called in print.

A lone neuron has the textbook's letters: x₁, w₁, b, Σ, y, t, E. Larger networks add
the layer in brackets above and the neuron below: w⁽²⁾₁₃ leads from neuron 3 to neuron
1 of layer 2. Over a batch the sample comes first below, as in the arrays. Print counts
from 1, names count from 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backlit.explain.typeset.mathematics import Symbol

if TYPE_CHECKING:
    from backlit.explain.elements import Element, Place
    from backlit.graph import Node
    from backlit.trace.trace import Trace

ERRORS = {"E": (), "E.data": ("data",), "E.penalty": ("penalty",)}


@dataclass(eq=False)
class Symbols:
    """The names of a pass's quantities and the symbols of their elements."""

    trace: Trace
    names: dict[Node, str] = field(init=False)

    def __post_init__(self) -> None:
        nodes = self.trace.one_pass.inputs | self.trace.one_pass.quantities
        # A linear layer's output is its sum: the first name is the one to use.
        self.names = {node: name for name, node in reversed(nodes.items())}

    def name(self, element: Element) -> str:
        """Return the name of an element as it is asked for: `dense1.weight[0,1]`."""
        node, place = element
        if not place:
            return self.names[node]
        return f"{self.names[node]}[{','.join(map(str, place))}]"

    def symbol(self, element: Element) -> Symbol:
        """Return the symbol of an element of a named node."""
        node, place = element
        name = self.names[node]
        if name == "E.sample":
            return Symbol("E", (place[0] + 1,))
        if name in ERRORS:
            return Symbol("E", ERRORS[name])
        if name in {"x", "t", "prediction", "sample_weight"}:
            letter = {"prediction": "p", "sample_weight": "s"}.get(name, name)
            return Symbol(letter, self._below(node, place))
        if name == "count":
            return Symbol("N")
        return self._of_layer(name, self._below(node, place))

    def general(self, parameter: Node) -> Symbol:
        """Return the symbol of any one element of a parameter: w⁽¹⁾ᵢⱼ."""
        below = tuple(self.letters(parameter))
        return self._of_layer(self.names[parameter], below)

    def letters(self, parameter: Node) -> list[str]:
        """Return the indices that run over a parameter."""
        kept = self._below(parameter, (0,) * parameter.ndim)
        return list("ij"[: len(kept)])

    def _of_layer(self, name: str, below: tuple[int | str, ...]) -> Symbol:
        layer, _, part = name.partition(".")
        depth = int(layer.removeprefix("dense"))
        letter = self._letter(part, depth)
        return Symbol(letter, below, None if letter == "y" else self._above(depth))

    def _letter(self, part: str, depth: int) -> str:
        last = depth == len(self.trace.architecture.layers)
        letters = {"weight": "w", "bias": "b", "sum": "Σ", "output": "y"}
        return "h" if part == "output" and not last else letters[part]

    def _above(self, depth: int) -> str | None:
        """Return the mark of the layer; a single layer needs none."""
        return f"({depth})" if len(self.trace.architecture.layers) > 1 else None

    def _below(self, node: Node, place: Place) -> tuple[int, ...]:
        """Return the indices from 1, without the axes that have one neuron only."""
        return tuple(n + 1 for axis, n in enumerate(place) if self.shows(node, axis))

    def shows(self, node: Node, axis: int) -> bool:
        """Tell whether an axis has an index in print: with one neuron it has none."""
        batch = self.trace.batched and self._has_samples(node)
        many = node.shape[axis] > 1 or (batch and axis == 0)
        return many or self._counts(node, axis)

    def _has_samples(self, node: Node) -> bool:
        return self.names[node] not in self.trace.architecture.shapes

    def _counts(self, node: Node, axis: int) -> bool:
        """Tell whether an axis of length 1 is shown: x₁ and w₁ of a single input."""
        name = self.names[node]
        single = name == "x" or name.endswith(".weight")
        return single and axis == len(node.shape) - 1
