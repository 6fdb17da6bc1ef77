"""Which axes of a graph's values are the batch, whose length is known at run time.

The graph is built for the longest batch. An axis is the batch if it is the first axis
of a batched input, or comes from one through the operations between. What depends on no
batched input has none: its sum over an axis of that length is over all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backlit.errors import GraphError
from backlit.graph import INPUT, Graph, Node
from backlit.ops.linear import letters

if TYPE_CHECKING:
    from collections.abc import Collection

BatchAxes = dict[Node, int]  # the batch axis of each node that has one


def batch_axes(graph: Graph, batched: Collection[str]) -> BatchAxes:
    """Return the batch axis of every node that has one.

    Args:
        graph: The graph.
        batched: The names of the inputs whose first axis is the batch.

    Raises:
        GraphError: An operation takes the batch apart, as a reshape may, or brings two
            axes of it together.
    """
    found: BatchAxes = {graph.inputs[name]: 0 for name in batched}
    for node in graph.nodes:
        if node.op is not INPUT:
            axis = _batch_axis(node, found)
            if axis is not None:
                found[node] = axis
    return found


def _batch_axis(node: Node, known: BatchAxes) -> int | None:
    having = [x for x in node.inputs if x in known]
    if not having:
        return None
    first = having[0]
    match node.op.name:
        case "contract":
            return _contracted(node, known)
        case "sum" | "max" | "logsumexp":
            return _reduced(node, known[first])
        case "transpose":
            return int(node.attributes["axes"].index(known[first]))
        case "reshape" | "broadcast_to":
            return _reshaped(node, first, known[first])
    if node.op.elementwise:
        axes = {known[x] + node.ndim - x.ndim for x in having}
        _check_one(node, axes)
        return axes.pop()
    raise GraphError(
        f"{node.op.name} on a batch whose length varies; it is compiled for fixed "
        "lengths only"
    )


def _check_one(node: Node, found: Collection[int | str]) -> None:
    if len(found) > 1:
        raise GraphError(
            f"{node.op.name} brings two axes of a batch whose length varies together; "
            "it is compiled for fixed lengths only"
        )


def _contracted(node: Node, known: BatchAxes) -> int | None:
    *sides, output = letters(node.attributes["spec"])
    pairs = zip(node.inputs, sides, strict=True)
    found = {side[known[x]] for x, side in pairs if x in known}
    _check_one(node, found)
    return next((output.index(x) for x in found if x in output), None)


def _reduced(node: Node, axis: int) -> int | None:
    over: tuple[int, ...] = node.attributes["axis"]
    if axis in over:
        return None
    if node.attributes["keepdims"]:
        return axis
    return axis - sum(a < axis for a in over)


def _reshaped(node: Node, x: Node, axis: int) -> int:
    """Find the batch where the elements before it and its length stay the same."""
    if node.op.name == "broadcast_to":
        return axis + node.ndim - x.ndim
    before, size = _count(x.shape[:axis]), x.shape[axis]
    for n, length in enumerate(node.shape):
        if length == size and _count(node.shape[:n]) == before:
            return n
    raise GraphError(f"reshape from {x.shape} to {node.shape} takes the batch apart")


def _count(shape: tuple[int, ...]) -> int:
    result = 1
    for n in shape:
        result *= n
    return result
