"""A cursor over the operations of a pass: forward one, back one, to any place.

At each place it tells which operation is next, what it reads and what it writes, and
which quantities are known by then. The operations are those of the simplified graph:
forward, error, backward, update.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backlit.errors import OptionError
from backlit.graph import CONSTANT, INPUT, Graph, Node
from backlit.interpret import Program
from backlit.simplify import simplify
from backlit.update.step import PHASES, Phase
from backlit.update.step import phases as phases_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backlit.graph.node import Array
    from backlit.trace.trace import Trace


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation of a pass.

    Attributes:
        phase: The part of the pass that it belongs to.
        op: The name of the operation.
        reads: The values that it reads, by name.
        name: The name of what it writes; `%n` where it has none of its own.
        also: Further names of the same value.
        value: What it writes.
    """

    phase: Phase
    op: str
    reads: dict[str, Array]
    name: str
    also: tuple[str, ...]
    value: Array

    def __str__(self) -> str:
        return f"{self.phase}: {self.name} = {self.op}({', '.join(self.reads)})"


@dataclass(eq=False)
class Cursor:
    """A place between the operations of a pass, from 0 (before all) to the end.

    Attributes:
        operations: All operations in order.
        place: How many of them are done.
    """

    operations: tuple[Operation, ...]
    place: int = 0

    @property
    def next(self) -> Operation | None:
        """The operation that `forward` would do, None at the end."""
        return self.operations[self.place] if self.place < len(self) else None

    @property
    def known(self) -> dict[str, Array]:
        """The values written so far, by name."""
        return {
            name: o.value
            for o in self.operations[: self.place]
            for name in (o.name, *o.also)
        }

    def forward(self) -> Operation | None:
        """Do one operation and return it; None at the end."""
        done = self.next
        self.place += done is not None
        return done

    def back(self) -> Operation | None:
        """Undo one operation and return it; None at the start."""
        if self.place == 0:
            return None
        self.place -= 1
        return self.operations[self.place]

    def seek(self, place: int) -> None:
        """Go to a place; raises OptionError outside the pass."""
        if not 0 <= place <= len(self):
            raise OptionError(f"place {place} is outside 0 to {len(self)}")
        self.place = place

    def __len__(self) -> int:
        return len(self.operations)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self.operations)


def cursor(trace: Trace) -> Cursor:
    """Return a cursor at the start of a recorded pass."""
    graph = simplify(trace.graph)
    given = {name: trace.node_values[node] for name, node in trace.graph.inputs.items()}
    values = dict(zip(graph.nodes, Program(graph).values(given), strict=True))
    phases = phases_of(graph)
    names = _names(graph, phases)
    return Cursor(
        tuple(
            Operation(
                phases[node],
                node.op.name,
                {names[x][0]: values[x] for x in node.inputs},
                names[node][0],
                names[node][1:],
                values[node],
            )
            for node in _ordered(graph, phases)
            if node.op not in (INPUT, CONSTANT)
        )
    )


def _names(graph: Graph, phases: dict[Node, Phase]) -> dict[Node, tuple[str, ...]]:
    """Return every name of every node, the one to call it by first.

    That is an input's own name, a number where it is one, the gradient of a sum rather
    than of a parameter, and %n where there is no name.
    """
    found: dict[Node, list[str]] = {node: [] for node in graph.nodes}
    for name, node in [*graph.inputs.items(), *graph.outputs.items()]:
        if node in found and name not in found[node]:
            found[node].append(name)
    nameless = 0
    for node in _ordered(graph, phases):
        names = found[node]
        if node.op is not INPUT:
            names.sort(key=lambda name: name.removeprefix("grad.") in graph.inputs)
        if node.op is CONSTANT and not node.shape:
            names.insert(0, f"{node.attributes['value']:g}")
        elif not names:
            nameless += 1
            names.append(f"%{nameless}")
    return {node: tuple(names) for node, names in found.items()}


def _ordered(graph: Graph, phases: dict[Node, Phase]) -> list[Node]:
    return sorted(graph.nodes, key=lambda node: PHASES.index(phases[node]))
