"""From nodes to kernels: what is computed in one loop nest, and what is stored.

    contract, reduce   start a kernel of their own
    elementwise        joins the kernel of its latest input, if the shapes agree
    reshape, ...       computes nothing: it is another way to read a stored value

Invariant: kernels are in an order in which each reads only what earlier ones stored,
or what it computed itself at the same index.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from backlit.compile.layout import Layout, base, is_view
from backlit.graph import CONSTANT, INPUT, Graph, Node, reachable

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from backlit.graph.node import Shape

Kind = Literal["map", "contract", "reduce", "move"]
CHEAP = {"add", "sub", "mul", "neg", "relu", "maximum", "minimum", "where", "square"}
CHEAP |= {"greater", "greater_equal", "less", "less_equal", "step", "leaky_relu"}
REDUCTIONS = {"sum", "max", "logsumexp"}


@dataclass(eq=False)
class Kernel:
    """One loop nest.

    Attributes:
        kind: What its loops are for.
        space: The shape that its results have.
        root: The contraction, reduction or movement that it starts with.
        before: Elementwise nodes computed on the way into a reduction.
        nodes: Elementwise nodes computed on each result, in order.
        stores: The nodes that are written to memory.
        phase: The part of a step that it belongs to, where parts are kept apart.
    """

    kind: Kind
    space: Shape
    root: Node | None = None
    before: list[Node] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    stores: list[Node] = field(default_factory=list)
    phase: str = ""

    @property
    def computed(self) -> list[Node]:
        """The nodes whose values the kernel has at each index of its space."""
        return self.nodes if self.root is None else [self.root, *self.nodes]


@dataclass(eq=False)
class Schedule:
    """The kernels of a graph in order.

    Attributes:
        first: Nodes to compute as early as can be, so that what reads a parameter comes
            before its update.
        kernels: The loop nests.
        phases: The part of a step that each node belongs to, to keep parts apart.
        batch: The axis of each node whose length is known at run time, if it has one:
            a kernel runs over the same of all its nodes.
        home: The kernel that computes each node; inputs and views have none.
    """

    graph: Graph
    layout: Layout
    first: tuple[Node, ...] = ()
    phases: Mapping[Node, str] = field(default_factory=dict)
    batch: Mapping[Node, int] = field(default_factory=dict)
    kernels: list[Kernel] = field(default_factory=list)
    home: dict[Node, int] = field(default_factory=dict)
    _inlined: dict[Node, Node] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._inlined = _into_reductions(self.graph, self.phases)
        first = [x for x in self.first if x in set(self.graph.nodes)]
        for node in reachable([*first, *self.graph.outputs.values()]):
            if not _is_free(node, self.home):
                self._place(node)
        for node in self.graph.outputs.values():
            self._settle(node)
        self._find_stores()

    @property
    def constants(self) -> list[Node]:
        """The constants that lie in memory: arrays, and what contractions read."""
        contracted = {
            base(x)
            for n in self.graph.nodes
            if n.op.name == "contract"
            for x in n.inputs
        }
        return [
            x
            for x in self.graph.nodes
            if x.op is CONSTANT and (x.shape or x in contracted)
        ]

    def _place(self, node: Node) -> None:
        if node in self.home or is_view(node) or node in self._inlined:
            return
        if node.op.elementwise:
            self._join(node)
            return
        for x in node.inputs:
            self._settle(x)
        if node.op.name in REDUCTIONS:
            self._settle_inside(node)
            before = [x for x, into in self._inlined.items() if into is node]
            self._start(Kernel("reduce", node.shape, node, before))
        elif node.op.name == "contract":
            self._start(Kernel("contract", node.shape, node))
        else:
            self._start(Kernel("move", node.shape, node))

    def _settle_inside(self, node: Node) -> None:
        """See to it that what inlined nodes read is computed."""
        for x in (node, *(x for x, into in self._inlined.items() if into is node)):
            for read in x.inputs:
                self._settle(read)

    def _settle(self, node: Node) -> None:
        """Give a node that waits for its first use a kernel of its own."""
        source = base(node)
        if source.op in (INPUT, CONSTANT) or source in self.home:
            return
        if source in self._inlined:  # the reduction computes it itself
            return
        if source.op.elementwise:
            self._join(source)
        else:
            self._place(source)

    def _join(self, node: Node) -> None:
        """Put an elementwise node into the earliest kernel that can take it.

        What it reads at the same index and has been waiting for a use comes with it.
        """
        group = self._group(node)
        for x in (x for member in group for x in member.inputs):
            if x not in group:
                self._settle(x)
        group = self._group(node)  # settling may have placed some of them
        at = self._kernel_for(node, group)
        for member in group:
            self.kernels[at].nodes.append(member)
            self.home[member] = at

    def _group(self, node: Node) -> dict[Node, None]:
        """Return a node and what waits to be computed with it, inputs first."""

        def joins(x: Node) -> bool:
            return self._alike(x, node) and self._waits(x)

        order: list[Node] = []
        seen, stack = {node}, [(node, iter(node.inputs))]
        while stack:
            x, reads = stack[-1]
            following = next((r for r in reads if r not in seen and joins(r)), None)
            if following is None:
                order.append(x)
                stack.pop()
            else:
                seen.add(following)
                stack.append((following, iter(following.inputs)))
        return dict.fromkeys(order)

    def _alike(self, a: Node, b: Node) -> bool:
        """Tell whether two nodes can be computed in one loop nest."""
        together = self.phases.get(a) == self.phases.get(b)
        return (
            together and a.shape == b.shape and self.batch.get(a) == self.batch.get(b)
        )

    def _waits(self, node: Node) -> bool:
        computed = node.op not in (INPUT, CONSTANT) and node.op.elementwise
        return computed and node not in self.home and node not in self._inlined

    def _kernel_for(self, node: Node, group: Collection[Node]) -> int:
        reads = [x for member in group for x in member.inputs if x not in group]
        latest = max((self._latest(x) for x in reads), default=-1)
        later = range(len(self.kernels) - 1, latest, -1)
        for n in [latest, *later] if latest >= 0 else later:
            alone = latest < 0 and self.kernels[n].kind != "map"
            if not alone and self._takes(n, node, reads):
                return n
        phase = self.phases.get(node, "")
        self.kernels.append(Kernel("map", node.shape, phase=phase))
        return len(self.kernels) - 1

    def _takes(self, n: int, node: Node, reads: list[Node]) -> bool:
        kernel = self.kernels[n]
        if not self._alike(kernel.computed[0], node) or not self._suits(kernel, node):
            return False
        # What the kernel itself computes can only be read at the same index.
        return all(
            not is_view(x) and x.shape == node.shape
            for x in reads
            if self.home.get(base(x)) == n
        )

    def _suits(self, kernel: Kernel, node: Node) -> bool:
        """Keep what is slow or long out of tiles: their code is written many times."""
        if kernel.kind != "contract":
            return kernel.kind != "move"
        strides = self.layout.strides(node)
        along = [n for n, s in zip(node.shape, strides, strict=True) if s == 1]
        wide = max(along, default=1) >= 4
        return wide and node.op.name in CHEAP and len(kernel.nodes) < 6

    def _latest(self, node: Node) -> int:
        return self.home.get(base(node), -1)

    def _start(self, kernel: Kernel) -> None:
        assert kernel.root is not None  # noqa: S101 - it starts with its root
        kernel.phase = self.phases.get(kernel.root, "")
        self.kernels.append(kernel)
        for node in (*kernel.before, kernel.root):
            if node is not None:
                self.home[node] = len(self.kernels) - 1

    def _find_stores(self) -> None:
        """A value is stored if another kernel, a view or the caller reads it."""
        wanted = {base(x) for x in self.graph.outputs.values()}
        for n, kernel in enumerate(self.kernels):
            for node in (*kernel.before, *kernel.computed):
                for x in node.inputs:
                    if is_view(x) or self.home.get(x) != n:
                        wanted.add(base(x))
        for kernel in self.kernels:
            kernel.stores = [x for x in kernel.computed if x in wanted]


def _is_free(node: Node, home: dict[Node, int]) -> bool:
    """Tell whether an elementwise node reads inputs alone: it waits for its use."""
    if node.op in (INPUT, CONSTANT) or is_view(node):
        return True
    return node.op.elementwise and all(
        base(x) not in home and (base(x).op.elementwise or not base(x).inputs)
        for x in node.inputs
    )


def _into_reductions(graph: Graph, phases: Mapping[Node, str]) -> dict[Node, Node]:
    """Return for elementwise nodes that only one reduction reads that reduction."""
    users: dict[Node, set[Node]] = {}
    for node in graph.nodes:
        for x in node.inputs:
            users.setdefault(x, set()).add(node)
    kept = set(graph.outputs.values())
    inlined: dict[Node, Node] = {}
    for node in reversed(graph.nodes):
        readers = users.get(node, set())
        if node in kept or not node.op.elementwise or len(readers) != 1:
            continue
        (reader,) = readers
        target = inlined.get(reader, reader)
        together = phases.get(node) == phases.get(target)
        if (
            together
            and target.op.name in REDUCTIONS
            and node.shape == target.inputs[0].shape
        ):
            inlined[node] = target
    return {n: inlined[n] for n in graph.nodes if n in inlined}


def may_replace(schedule: Schedule, old: Node, new: Node) -> bool:
    """Tell whether a node may be written over an input that it is computed from.

    All that reads the input must come before, or read it at the same index.
    """
    if new not in schedule.home or not new.op.elementwise or is_view(new):
        return False
    if schedule.layout.strides(new) != schedule.layout.strides(old):
        return False
    at = schedule.home[new]
    for n, kernel in enumerate(schedule.kernels):
        apart = [*kernel.before, *([] if kernel.root is None else [kernel.root])]
        reads = [x for node in apart for x in node.inputs]
        inside = [x for node in kernel.nodes for x in node.inputs]
        if n > at and any(base(x) is old for x in (*reads, *inside)):
            return False
        moved = any(x is not old and base(x) is old for x in inside)
        if n == at and (moved or any(base(x) is old for x in reads)):
            return False
    return True
