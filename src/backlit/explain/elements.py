"""Single elements of a pass, as expressions of other elements.

The index expression of each operation is instantiated at one position and followed
down to elements that have a name: inputs, parameters, sums, outputs, the target, and
cotangents of these. The result is a graph of scalar nodes; equal ones are one node.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.graph import CONSTANT, INPUT, OPS, Node, constant, input_node
from backlit.graph import index as ix

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backlit.graph.node import Array

Place = tuple[int, ...]
Element = tuple[Node, Place]
_COMPARE = {
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
}


@dataclass(eq=False)
class Elements:
    """Scalar expressions of the elements of one recorded pass.

    Attributes:
        values: The value of every node of the pass.
        named: The nodes whose elements are not followed further.
        meaning: For each scalar node that is shown as an element, that element.
    """

    values: Mapping[Node, Array]
    named: frozenset[Node]
    meaning: dict[Node, Element] = field(default_factory=dict)
    _known: dict[Any, Node] = field(default_factory=dict)
    _value: dict[Node, float] = field(default_factory=dict)

    def leaf(self, node: Node, place: Place) -> Node:
        """Return the scalar node that stands for an element."""
        key = ("element", node, place)
        if key not in self._known:
            self._known[key] = input_node(f"{node!r}{list(place)}", ())
            self.meaning[self._known[key]] = (node, place)
            self._value[self._known[key]] = float(self.values[node][place])
        return self._known[key]

    def expand(self, node: Node, place: Place, stop: frozenset[Node]) -> Node:
        """Return the expression of an element in elements of the `stop` nodes.

        The node itself is always opened, unless it is an input or constant.
        """
        if node.op is CONSTANT:
            return self._number(float(node.attributes["value"][place]))
        if node.op is INPUT:
            return self.leaf(node, place)
        key = ("opened", node, place, stop)
        if key not in self._known:
            axes, expression = ix.index_expression(node)
            where = {str(a): n for a, n in zip(axes, place, strict=True)}
            self._known[key] = self._build(expression, node, where, stop)
            # The pass computed it without overflow; ln(e^1000) would not be finite.
            if node in self.values:
                known = float(self.values[node][place])
                self._value.setdefault(self._known[key], known)
        return self._known[key]

    def value(self, scalar: Node) -> float:
        """Return the value of a scalar expression: as recorded, else computed."""
        stack = [scalar]
        with np.errstate(all="ignore"):
            while stack:
                node = stack[-1]
                if node in self._value:
                    stack.pop()
                elif missing := [x for x in node.inputs if x not in self._value]:
                    stack += missing
                else:
                    self._value[node] = self._computed(node)
        return self._value[scalar]

    def _computed(self, node: Node) -> float:
        if node.op is CONSTANT:
            return float(node.attributes["value"])
        inputs = [np.asarray(self._value[x]) for x in node.inputs]
        return float(node.op.function(*inputs, **node.attributes))

    def recognise(self, node: Node, place: Place, stop: frozenset[Node]) -> None:
        """From now on, show the expression of an element as the element itself."""
        expression = self.expand(node, place, stop)
        self.meaning.setdefault(expression, (node, place))

    def _number(self, value: float) -> Node:
        return self._known.setdefault(("number", value), constant(value))

    def _build(
        self, s: ix.Scalar, node: Node, where: dict[str, int], stop: frozenset[Node]
    ) -> Node:
        match s:
            case ix.Number(value=value):
                return self._number(value)
            case ix.Element(input=number, index=index):
                source = node.inputs[number]
                place = tuple(self._position(i, node, where) for i in index)
                if source in stop or source in self.named:
                    return self.leaf(source, place)
                return self.expand(source, place, stop)
            case ix.Apply(op=op, arguments=arguments, attributes=attributes):
                built = [self._build(a, node, where, stop) for a in arguments]
                return self._apply(op, built, dict(attributes))
            case ix.Reduce(op=op, axes=axes, body=body):
                terms = [
                    self._build(body, node, where | runs, stop) for runs in _runs(axes)
                ]
                return self._fold(op, terms)
            case ix.Choose():
                left = self._position(s.left, node, where)
                right = self._position(s.right, node, where)
                holds = _COMPARE[s.comparison](left, right)
                return self._build(s.then if holds else s.otherwise, node, where, stop)
        raise TypeError(f"an index expression cannot hold {s!r}")

    def _position(self, index: Any, node: Node, where: dict[str, int]) -> int:
        if isinstance(index, ix.Element):
            place = tuple(self._position(i, node, where) for i in index.index)
            return int(self.values[node.inputs[index.input]][place])
        return ix.position(index, where)

    def _apply(self, op: str, inputs: list[Node], attributes: dict[str, Any]) -> Node:
        key = (op, *inputs, *attributes.items())
        if key not in self._known:
            self._known[key] = OPS[op](*inputs, **attributes)
        return self._known[key]

    def _fold(self, op: str, terms: list[Node]) -> Node:
        result = terms[0] if terms else self._number(0.0)
        for term in terms[1:]:
            result = self._apply(op, [result, term], {})
        return result


def _runs(axes: tuple[tuple[ix.Index, int], ...]) -> list[dict[str, int]]:
    """Return every position of the axes that a reduction runs over."""
    names = [str(a) for a, _ in axes]
    ranges = [range(n) for _, n in axes]
    return [dict(zip(names, at, strict=True)) for at in product(*ranges)]
