"""A graph: named inputs, named quantities, and the nodes between them in order.

Invariant: every node comes after its inputs, and every input node that is reached is
one of the graph's inputs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backlit.errors import GraphError
from backlit.graph.node import INPUT, Node

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


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
        GraphError: An output depends on an input that the graph does not have.
    """

    inputs: Mapping[str, Node]
    outputs: Mapping[str, Node]

    def __post_init__(self) -> None:
        object.__setattr__(self, "nodes", reachable(self.outputs.values()))
        for name, node in self.inputs.items():
            if node.op is not INPUT:
                raise GraphError(f"input {name!r} is {node!r}, not an input node")
        known = set(self.inputs.values())
        for node in self.nodes:
            if node.op is INPUT and node not in known:
                raise GraphError(
                    f"the graph needs the input {node.attributes['name']!r}, "
                    f"its inputs are {', '.join(self.inputs) or 'none'}"
                )

    nodes: list[Node] = None  # type: ignore[assignment]  # set in __post_init__

    def __str__(self) -> str:
        from backlit.graph.text import show  # noqa: PLC0415 - text reads Graph

        return show(self)
