"""Where values lie: strides of stored values, and how views read them.

    address(element) = base + (offset + sum of index · stride) · size of an element

Values are row-major, but for two-axis parameters that are read by columns, and what
is computed for them: these are stored with their axes exchanged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backlit.graph import CONSTANT, INPUT, Graph, Node

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Strides = tuple[int, ...]
VIEWS = {"reshape", "broadcast_to", "transpose", "window"}


@dataclass(frozen=True)
class Access:
    """How a node's elements are read from the memory of another.

    Attributes:
        base: The node whose memory it is.
        offset: Elements from its start.
        strides: Elements from one index to the next, for each axis of the node.
    """

    base: Node
    offset: int
    strides: Strides


def row_major(shape: tuple[int, ...]) -> Strides:
    """Return the strides of an array whose last axis is fastest."""
    strides: list[int] = []
    step = 1
    for n in reversed(shape):
        strides.append(step)
        step *= max(n, 1)
    return tuple(reversed(strides))


@dataclass(frozen=True, eq=False)
class Layout:
    """The strides of every stored value of a graph.

    Attributes:
        exchanged: The nodes that are stored with their two axes exchanged.
    """

    exchanged: frozenset[Node] = frozenset()

    def strides(self, node: Node) -> Strides:
        """Return the strides of a stored node."""
        if node in self.exchanged:
            return (1, node.shape[0])
        return row_major(node.shape)

    def access(self, node: Node) -> Access:
        """Return how a node is read, through the views that lead to its memory."""
        if not is_view(node):
            return Access(node, 0, self.strides(node))
        inner = self.access(node.inputs[0])
        x, attributes = node.inputs[0], node.attributes
        match node.op.name:
            case "broadcast_to":
                kept = _broadcast(inner.strides, x.shape, node.ndim)
                return Access(inner.base, inner.offset, kept)
            case "transpose":
                moved = tuple(inner.strides[a] for a in attributes["axes"])
                return Access(inner.base, inner.offset, moved)
            case "window":
                bounds = zip(attributes["bounds"], inner.strides, strict=True)
                start = sum(a * s for (a, _, _), s in bounds)
                steps = [b[2] for b in attributes["bounds"]]
                strides = tuple(
                    s * step for s, step in zip(inner.strides, steps, strict=True)
                )
                return Access(inner.base, inner.offset + start, strides)
        return Access(inner.base, inner.offset, _reshaped(inner.strides, x, node))


def is_view(node: Node) -> bool:
    """Tell whether a node is only another way to read a stored value."""
    if node.op.name not in VIEWS:
        return False
    if node.op.name != "reshape":
        return True
    x = node.inputs[0]
    return _ones_apart(x.shape, node.shape) or x.op.name not in VIEWS


def base(node: Node) -> Node:
    """Return the node whose memory a view reads."""
    while is_view(node):
        node = node.inputs[0]
    return node


def by_columns(inputs: Mapping[str, Node]) -> list[str]:
    """Return the weights to store by columns: where that makes the longer vectors.

    The first layer has no gradient to its input, so its weights are only read along
    the outputs; others are also read along the inputs.
    """
    found, first = set(), True
    for name, node in inputs.items():
        if name.endswith(".weight") and not name.startswith("state."):
            out, width = node.shape
            if out > width or (first and out >= 4):
                found.add(name)
            first = False
    return [
        name
        for name in inputs
        if name in found or (name[:6] == "state." and name.split(".", 2)[2] in found)
    ]


def exchanged_nodes(graph: Graph, inputs: Collection[str]) -> frozenset[Node]:
    """Return what is stored with exchanged axes, if the named inputs are.

    It spreads to what is computed elementwise from them, and to the contractions that
    such nodes read, so that each loop runs along memory; but not to what is read in
    another shape.
    """
    fixed = {base(x.inputs[0]) for x in graph.nodes if _is_reshaping(x)}
    found = {graph.inputs[name] for name in inputs}
    size = -1
    while len(found) != size:
        size = len(found)
        for node in graph.nodes:
            if not node.op.elementwise or node.op in (INPUT, CONSTANT):
                continue
            alike = [x for x in node.inputs if x.shape == node.shape]
            if node in found or any(x in found for x in alike):
                found.add(node)
                found |= {x for x in alike if x.inputs and not is_view(x)}
    return frozenset(found - fixed)


def _is_reshaping(node: Node) -> bool:
    """Tell whether a node reads memory as if it had another shape."""
    reshape = node.op.name == "reshape" and is_view(node)
    return reshape and not _ones_apart(node.inputs[0].shape, node.shape)


def _broadcast(strides: Strides, shape: tuple[int, ...], ndim: int) -> Strides:
    own = tuple(0 if n == 1 else s for n, s in zip(shape, strides, strict=True))
    return (0,) * (ndim - len(shape)) + own


def broadcast_strides(access: Access, node: Node, shape: tuple[int, ...]) -> Strides:
    """Return the strides with which a node is read over a larger shape."""
    own = tuple(
        0 if n == 1 and m != 1 else s
        for n, m, s in zip(
            node.shape, shape[len(shape) - node.ndim :], access.strides, strict=True
        )
    )
    return (0,) * (len(shape) - node.ndim) + own


def _ones_apart(old: tuple[int, ...], new: tuple[int, ...]) -> bool:
    return [n for n in old if n != 1] == [n for n in new if n != 1]


def _reshaped(strides: Strides, x: Node, node: Node) -> Strides:
    """Return strides after axes of length 1 came or went, else row-major ones."""
    if not _ones_apart(x.shape, node.shape):
        return row_major(node.shape)
    left = [s for n, s in zip(x.shape, strides, strict=True) if n != 1]
    return tuple(left.pop(0) if n != 1 else 0 for n in node.shape)
