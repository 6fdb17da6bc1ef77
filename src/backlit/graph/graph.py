"""A graph: named inputs, named quantities, and the nodes between them in order.

Invariant: every node comes after its inputs, every input node that is reached is one of
the graph's inputs, and no name stands for two values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from backlit.errors import GraphError
from backlit.graph.op import INPUT
from backlit.graph.text import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from backlit.graph.node import Node


def reachable(outputs: Iterable[Node]) -> list[Node]:
    """Return the nodes that the outputs depend on, each after its inputs."""
    order: list[Node] = []
    seen: set[Node] = set()
    stack = [(node, False) for node in reversed(list(outputs))]
    while stack:
        node, inputs_done = stack.pop()
        if inputs_done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((x, False) for x in reversed(node.inputs))
    return order


@dataclass(frozen=True, eq=False)
class Graph:
    """Quantities by name, and the inputs that they are computed from.

    Attributes:
        inputs: Input nodes by name, in the order in which they are given.
        outputs: The named quantities, in the order in which they are computed.
        nodes: All nodes that the outputs depend on, each after its inputs.

    Raises:
        GraphError: An output depends on an input that the graph does not have, or a
            name is both an input's and another quantity's.
    """

    inputs: Mapping[str, Node]
    outputs: Mapping[str, Node]
    nodes: tuple[Node, ...] = field(init=False)

    def __post_init__(self) -> None:
        for name in ("inputs", "outputs"):
            frozen = MappingProxyType(dict(getattr(self, name)))
            object.__setattr__(self, name, frozen)
        object.__setattr__(self, "nodes", tuple(reachable(self.outputs.values())))
        for name, node in self.inputs.items():
            if node.op is not INPUT:
                raise GraphError(f"input {name!r} is {node!r}, not an input node")
            if self.outputs.get(name, node) is not node:
                raise GraphError(f"{name!r} names an input and another quantity")
        known = set(self.inputs.values())
        for node in self.nodes:
            if node.op is INPUT and node not in known:
                raise GraphError(
                    f"the graph needs the input {node.attributes['name']!r}, "
                    f"its inputs are {', '.join(self.inputs) or 'none'}"
                )

    def __str__(self) -> str:
        return show(self)
