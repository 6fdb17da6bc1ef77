"""Backpropagation: a graph in, the same graph with a cotangent for every node out.

    cotangent(x) = sum over the uses of x of  vjp(cotangent of the use)

The cotangent of a node is the derivative of the error to it, of the node's own shape.
It is built of nodes, so it can be read, printed, compiled, and differentiated again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backlit.errors import DtypeError, ShapeError
from backlit.graph import Node, constant, reachable
from backlit.graph.node import describe
from backlit.ops.reduce import sum as total
from backlit.ops.shape import broadcast_to, reshape

if TYPE_CHECKING:
    from collections.abc import Iterable


def backward(
    output: Node, to: Iterable[Node], seed: Node | None = None
) -> dict[Node, Node]:
    """Return the cotangent of every node on a path from `to` to the output.

    Args:
        output: The node that is differentiated, usually the error E.
        to: The nodes to differentiate to; one without a path is not in the result.
        seed: The cotangent of the output; 1 for a scalar if not given.

    Raises:
        ShapeError: The output is not a scalar and no seed of its shape is given.
    """
    cotangents = {output: _seed(output, seed)}
    order = reachable([output])
    depends = _dependents(order, to)
    for node in reversed(order):
        if node in cotangents and node in depends and node.op.vjp:
            g = cotangents[node]
            parts = node.op.vjp(g, node, *node.inputs, **node.attributes)
            for x, part in zip(node.inputs, parts, strict=True):
                if part is not None and x in depends:
                    own = fit(part, x)
                    cotangents[x] = cotangents[x] + own if x in cotangents else own
    return {node: g for node, g in cotangents.items() if node in depends}


def fit(cotangent: Node, x: Node) -> Node:
    """Undo broadcasting: give a cotangent the shape of the node it belongs to.

    Where the operation repeated x, the copies' cotangents are summed; where the rule
    left out equal copies of a cotangent, they are spread out.
    """
    if cotangent.shape == x.shape:
        return cotangent
    extra = cotangent.ndim - x.ndim
    lead = tuple(range(max(0, extra)))
    repeated = tuple(
        n + extra
        for n, size in enumerate(x.shape)
        if n + extra >= 0 and size == 1 and cotangent.shape[n + extra] != 1
    )
    if lead or repeated:
        summed: Node = total(cotangent, axis=lead + repeated, keepdims=True)
        kept = summed.shape[max(0, extra) :]
        cotangent = reshape(summed, shape=kept)
    if cotangent.shape != x.shape:
        cotangent = broadcast_to(cotangent, shape=x.shape)
    return cotangent


def _seed(output: Node, seed: Node | None) -> Node:
    if output.dtype != "float":
        raise DtypeError(f"only floats have derivatives, the output is {output!r}")
    if seed is None:
        if output.shape:
            raise ShapeError(
                f"the output has the shape {output.shape}; differentiate a scalar, "
                "such as its sum or mean, or give a cotangent of that shape"
            )
        return constant(1.0)
    if seed.shape != output.shape:
        raise ShapeError(
            f"the cotangent is {describe(seed)}, the output is {describe(output)}; "
            "they must have the same shape"
        )
    return seed


def _dependents(order: list[Node], to: Iterable[Node]) -> set[Node]:
    """Return the float nodes that depend on one of the given nodes."""
    found = set(to)
    for node in order:
        if node.dtype == "float" and any(x in found for x in node.inputs):
            found.add(node)
    return found
