"""Rewrites that keep every value: what is left is what a textbook would print.

    x * 1  ->  x        x + -y  ->  x - y        x ** 2  ->  square(x)

Each rule looks at one node, whose inputs are simplified already, and returns another
node of the same shape and value, or None. Equal nodes become one. Numbers are kept to
the last bit, but for the sign of a zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.graph import CONSTANT, INPUT, OPS, Graph, Node, constant, reachable
from backlit.ops.elementwise import neg, square
from backlit.ops.linear import contract, letters
from backlit.ops.reduce import sum as total
from backlit.ops.shape import broadcast_to, reshape, transpose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def simplify(graph: Graph) -> Graph:
    """Return a graph with the same inputs, names and values, and fewer nodes."""
    new = simplified(graph.outputs.values())
    return Graph(graph.inputs, {n: new[x] for n, x in graph.outputs.items()})


def simplified(outputs: Iterable[Node]) -> dict[Node, Node]:
    """Return for every node that the outputs depend on the node that replaces it."""
    new: dict[Node, Node] = {}
    known: dict[Any, Node] = {}
    done: set[Node] = set()
    for node in reachable(outputs):
        inputs = tuple(new[x] for x in node.inputs)
        new[node] = _canonical(_with(node, inputs), known, done)
    return new


def _canonical(node: Node, known: dict[Any, Node], done: set[Node]) -> Node:
    """Apply rules until none fits; a rule's result may hold new nodes inside."""
    if node in done:
        return node
    node = _with(node, tuple(_canonical(x, known, done) for x in node.inputs))
    candidate = _first_rewrite(node)
    if candidate is not None:
        return _canonical(candidate, known, done)
    node = known.setdefault(_key(node), node)
    done.add(node)
    return node


def _first_rewrite(node: Node) -> Node | None:
    for rule in (_fold, _shrink, *RULES.get(node.op.name, ())):
        candidate = rule(node, *node.inputs, **node.attributes)
        if candidate is not None and candidate.shape == node.shape:
            return candidate
    return None


def _with(node: Node, inputs: tuple[Node, ...]) -> Node:
    if inputs == node.inputs:
        return node
    return Node(node.op, inputs, node.attributes, node.shape, node.dtype)


def _key(node: Node) -> Any:
    """Return what two nodes share if they have the same value."""
    if node.op is INPUT:
        return node
    value = node.attributes.get("value")
    bits = None if value is None else (value.tobytes(), value.dtype.str)
    attributes = bits or tuple(sorted(node.attributes.items()))
    return node.op.name, node.inputs, attributes, node.shape


def _fold(node: Node, *inputs: Node, **attributes: Any) -> Node | None:
    """Compute a scalar that depends on constants only."""
    if not inputs or node.shape or any(x.op is not CONSTANT for x in inputs):
        return None
    values = (x.attributes["value"] for x in inputs)
    with np.errstate(all="ignore"):
        return constant(node.op.function(*values, **attributes), node.dtype)


def _shrink(node: Node, *inputs: Node, **attributes: Any) -> Node | None:
    """Compute before broadcasting, not after: elements are the same either way."""
    if node.op.element or not any(_is(x, "broadcast_to") for x in inputs):
        return None
    sources = (x.inputs[0] if _is(x, "broadcast_to") else x for x in inputs)
    small: Node = node.op(*sources, **attributes)
    if small.shape == node.shape:
        return small
    return broadcast_to(small, shape=node.shape)  # type: ignore[no-any-return]


def is_number(node: Node, value: float) -> bool:
    """Tell whether a node is the scalar constant of this value."""
    return node.op is CONSTANT and not node.shape and node.attributes["value"] == value


def _is(node: Node, name: str) -> bool:
    return node.op.name == name


def _merge_transposes(node: Node, a: Node, b: Node, spec: str) -> Node | None:
    """Read a transposed factor in place: only its letters move."""
    del node
    left, right, output = letters(spec)
    if _is(a, "transpose"):
        spec = f"{_untransposed(left, a)},{right}->{output}"
        return contract(a.inputs[0], b, spec=spec)  # type: ignore[no-any-return]
    if _is(b, "transpose"):
        spec = f"{left},{_untransposed(right, b)}->{output}"
        return contract(a, b.inputs[0], spec=spec)  # type: ignore[no-any-return]
    return None


def _transpose_contraction(node: Node, x: Node, axes: tuple[int, ...]) -> Node | None:
    """Contract into the order that is asked for."""
    del node
    if not _is(x, "contract"):
        return None
    left, right, output = letters(x.attributes["spec"])
    order = "".join(output[a] for a in axes)
    return contract(*x.inputs, spec=f"{left},{right}->{order}")  # type: ignore[no-any-return]


def _reshape_sum(node: Node, x: Node, shape: Any) -> Node | None:
    """Drop the axes of a sum in the sum itself."""
    del node, shape
    if not _is(x, "sum") or not x.attributes["keepdims"]:
        return None
    return total(x.inputs[0], axis=x.attributes["axis"])  # type: ignore[no-any-return]


def _untransposed(axes: str, node: Node) -> str:
    order = node.attributes["axes"]
    return "".join(axes[order.index(n)] for n in range(len(axes)))


RULES: dict[str, tuple[Callable[..., Any], ...]] = {
    "add": (
        lambda _, a, b: a if is_number(b, 0) else None,
        lambda _, a, b: b if is_number(a, 0) else None,
        lambda _, a, b: a - b.inputs[0] if _is(b, "neg") else None,
        lambda _, a, b: b - a.inputs[0] if _is(a, "neg") else None,
    ),
    "sub": (
        lambda _, a, b: a if is_number(b, 0) else None,
        lambda _, a, b: neg(b) if is_number(a, 0) else None,
        lambda _, a, b: a + b.inputs[0] if _is(b, "neg") else None,
    ),
    "mul": (
        lambda _, a, b: a if is_number(b, 1) else None,
        lambda _, a, b: b if is_number(a, 1) else None,
        lambda _, a, b: neg(a) if is_number(b, -1) else None,
        lambda _, a, b: neg(b) if is_number(a, -1) else None,
        lambda _, a, b: neg(a.inputs[0] * b) if _is(a, "neg") else None,
        lambda _, a, b: neg(a * b.inputs[0]) if _is(b, "neg") else None,
        lambda _, a, b: square(a) if a is b else None,
    ),
    "div": (
        lambda _, a, b: a if is_number(b, 1) else None,
        lambda _, a, b: neg(a.inputs[0] / b) if _is(a, "neg") else None,
    ),
    "pow": (
        lambda _, a, b: a if is_number(b, 1) else None,
        lambda _, a, b: square(a) if is_number(b, 2) else None,
    ),
    "neg": (lambda _, x: x.inputs[0] if _is(x, "neg") else None,),
    "where": (
        lambda _, c, a, b: (
            (a if c.attributes["value"] else b)
            if c.op is CONSTANT and not c.shape
            else None
        ),
    ),
    "sum": (lambda _, x, axis, keepdims: x if not axis else None,),
    "reshape": (
        lambda _, x, shape: x if x.shape == shape else None,
        lambda _, x, shape: (
            reshape(x.inputs[0], shape=shape) if _is(x, "reshape") else None
        ),
        lambda _, x, shape: (
            broadcast_to(x.inputs[0], shape=shape)
            if _is(x, "broadcast_to") and not x.inputs[0].shape
            else None
        ),
        lambda _, x, shape: broadcast_to(x, shape=shape) if not x.shape else None,
        _reshape_sum,
    ),
    "broadcast_to": (
        lambda _, x, shape: x if x.shape == shape else None,
        lambda _, x, shape: (
            broadcast_to(x.inputs[0], shape=shape) if _is(x, "broadcast_to") else None
        ),
    ),
    "transpose": (
        lambda _, x, axes: x if axes == tuple(range(x.ndim)) else None,
        lambda _, x, axes: (
            transpose(x.inputs[0], axes=tuple(x.attributes["axes"][a] for a in axes))
            if _is(x, "transpose")
            else None
        ),
        _transpose_contraction,
    ),
    "window": (
        lambda _, x, bounds: x if bounds == tuple((0, n, 1) for n in x.shape) else None,
    ),
    "contract": (_merge_transposes,),
}

assert set(RULES) <= set(OPS)  # noqa: S101 - a misspelt rule would never fire
