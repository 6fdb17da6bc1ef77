"""Rewrites that keep every value: what is left is what a textbook would print.

    x * 1  ->  x        x + -y  ->  x - y        x ** 2  ->  square(x)

Each rule looks at one node, whose inputs are simplified already, and returns another
node of the same shape and value, or None. Equal nodes become one; operations never
become more. Numbers are kept to the last bit, infinities and NaN too, but for the sign
of a zero, factors next to over- or underflow, and the order of sums in contractions.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.graph import CONSTANT, INPUT, OPS, Graph, Node, constant, reachable
from backlit.graph.node import describe
from backlit.ops.compare import where
from backlit.ops.elementwise import abs as absolute
from backlit.ops.elementwise import neg, square
from backlit.ops.linear import contract, letters
from backlit.ops.shape import broadcast_to, reshape, transpose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Rule = Callable[..., Any]


def simplify(graph: Graph) -> Graph:
    """Return a graph with the same inputs, names and values, and fewer nodes.

    >>> import backlit as bl
    >>> print(simplify(bl.trace_function(lambda x: (x * 1 + 0) ** 2, 3.0)))
    input x : float[]
    output = square(x) : float[]
    return output
    """
    new = simplified(graph.outputs.values())
    return Graph(graph.inputs, {n: new[x] for n, x in graph.outputs.items()})


def simplified(outputs: Iterable[Node]) -> dict[Node, Node]:
    """Return for every node that the outputs depend on the node that replaces it."""
    order = reachable(outputs := list(outputs))
    uses = Counter([*outputs, *(x for node in order for x in node.inputs)])
    new: dict[Node, Node] = {}
    known: dict[Any, Node] = {}
    count: Counter[Node] = Counter()  # of uses, for the nodes that replace others
    for node in order:
        inputs = tuple(new[x] for x in node.inputs)
        new[node] = _canonical(_with(node, inputs), known, count)
        count[new[node]] += uses[node] - inputs.count(new[node])
    return new


def _canonical(node: Node, known: dict[Any, Node], count: Counter[Node]) -> Node:
    """Apply rules until none fits; a rule's result may hold new nodes inside."""
    if known.get(_key(node)) is node:
        return node
    node = _with(node, tuple(_canonical(x, known, count) for x in node.inputs))
    candidate = _first_rewrite(node, count)
    if candidate is not None:
        return _canonical(candidate, known, count)
    return known.setdefault(_key(node), node)


def _first_rewrite(node: Node, count: Counter[Node]) -> Node | None:
    for rule in _rules(node, count):
        candidate: Node | None = rule(node, *node.inputs, **node.attributes)
        if candidate is not None and describe(candidate) == describe(node):
            return candidate
    return None


def _rules(node: Node, count: Counter[Node]) -> Iterator[Rule]:
    yield from (_fold, _drop_broadcast, _into_where, *RULES.get(node.op.name, ()))
    for names, taken, rule in TRADES:
        apart = [x for x in node.inputs if x.op.name in taken]
        if node.op.name in names and not any(_stays(x, count) for x in apart):
            yield rule


def _stays(node: Node, count: Counter[Node]) -> bool:
    """Tell whether others need the node, so that taking it apart makes one more."""
    return count[node] > 1 and node.inputs[0].op is not CONSTANT


def _with(node: Node, inputs: tuple[Node, ...]) -> Node:
    if inputs == node.inputs:
        return node
    return Node(node.op, inputs, node.attributes, node.shape, node.dtype)


def _key(node: Node) -> Any:
    """Return what two nodes share if they have the same value."""
    if node.op is INPUT:
        return node
    value = node.attributes.get("value")
    bits = None if value is None else (value.tobytes(), node.dtype)
    attributes = bits or tuple(sorted(node.attributes.items()))
    commutes = node.op.name in ("add", "mul")
    inputs = tuple(sorted(node.inputs, key=id)) if commutes else node.inputs
    return node.op.name, inputs, attributes, node.shape


def is_number(node: Node, value: float) -> bool:
    """Tell whether a node is the scalar constant of this value."""
    return _is_scalar(node) and bool(node.attributes["value"] == value)


def _is_scalar(node: Node) -> bool:
    return node.op is CONSTANT and not node.shape


def _is(node: Node, name: str) -> bool:
    return node.op.name == name


def _fold(node: Node, *inputs: Node, **attributes: Any) -> Node | None:
    """Compute a scalar that depends on constants only; -0.0 becomes 0.0."""
    if not inputs or node.shape or any(x.op is not CONSTANT for x in inputs):
        return None
    values = (x.attributes["value"] for x in inputs)
    with np.errstate(all="ignore"):
        value = node.op.function(*values, **attributes)
    return constant(value + 0.0 if node.dtype == "float" else value, node.dtype)


def _drop_broadcast(node: Node, *_: Node, **__: Any) -> Node | None:
    """Compute elements of what was broadcast: the operation broadcasts by itself."""
    if not node.op.elementwise or not any(_is(x, "broadcast_to") for x in node.inputs):
        return None
    sources = (x.inputs[0] if _is(x, "broadcast_to") else x for x in node.inputs)
    small: Node = node.op(*sources, **node.attributes)
    return small


def _broadcast_last(node: Node, *_: Node, **__: Any) -> Any:
    small = _drop_broadcast(node)
    return None if small is None else broadcast_to(small, shape=node.shape)


def _into_where(node: Node, *inputs: Node, **attributes: Any) -> Any:
    """Compute with the two numbers that are chosen from, before choosing."""
    chosen = [n for n, x in enumerate(inputs) if not _is_scalar(x)]
    if not node.op.elementwise or node.dtype != "float" or len(chosen) != 1:
        return None
    n = chosen[0]
    if not _is(inputs[n], "where") or not all(map(_is_scalar, inputs[n].inputs[1:])):
        return None
    condition, *options = inputs[n].inputs
    parts = ((*inputs[:n], option, *inputs[n + 1 :]) for option in options)
    return where(condition, *(node.op(*part, **attributes) for part in parts))


def _merge_numbers(_: Node, a: Node, b: Node) -> Any:
    """Multiply two numbers, which is exact if one is a power of two."""
    if not (_is_scalar(a) and _is(b, "mul") and _is_scalar(b.inputs[0])):
        return None
    numbers = [a.attributes["value"], b.inputs[0].attributes["value"]]
    exact = any(abs(np.frexp(number)[0]) == 0.5 for number in numbers)
    return a * b.inputs[0] * b.inputs[1] if exact else None


def _negate_number(_: Node, x: Node) -> Any:
    scaled = _is(x, "mul") and _is_scalar(x.inputs[0])
    return neg(x.inputs[0]) * x.inputs[1] if scaled else None


def _merge_transposes(_: Node, a: Node, b: Node, spec: str) -> Any:
    """Read transposed factors in place: only their letters move."""
    if not (_is(a, "transpose") or _is(b, "transpose")):
        return None
    left, right, output = letters(spec)
    (left, a), (right, b) = _untransposed(left, a), _untransposed(right, b)
    return contract(a, b, spec=f"{left},{right}->{output}")


def _untransposed(axes: str, x: Node) -> tuple[str, Node]:
    if not _is(x, "transpose"):
        return axes, x
    order = x.attributes["axes"]
    return "".join(axes[order.index(n)] for n in range(x.ndim)), x.inputs[0]


def _transpose_contraction(_: Node, x: Node, axes: tuple[int, ...]) -> Any:
    """Contract into the order that is asked for."""
    if not _is(x, "contract"):
        return None
    left, right, output = letters(x.attributes["spec"])
    order = "".join(output[a] for a in axes)
    return contract(*x.inputs, spec=f"{left},{right}->{order}")


def _transpose_once(_: Node, x: Node, axes: tuple[int, ...]) -> Any:
    if not _is(x, "transpose"):
        return None
    return transpose(x.inputs[0], axes=tuple(x.attributes["axes"][a] for a in axes))


def _unmoved(node: Node, x: Node, **_: Any) -> Node | None:
    return x if x.shape == node.shape else None


def _shape_once(node: Node, x: Node, shape: tuple[int, ...]) -> Any:
    repeats = _is(x, "broadcast_to") and not x.inputs[0].shape
    return x.op(x.inputs[0], shape=shape) if repeats or x.op is node.op else None


def _reshape_reduction(_: Node, x: Node, **__: Any) -> Any:
    """Drop the axes of a reduction in the reduction itself."""
    kept = x.attributes.get("keepdims")
    return x.op(x.inputs[0], axis=x.attributes["axis"]) if kept else None


def _reduce_nothing(node: Node, x: Node, axis: tuple[int, ...], **_: Any) -> Any:
    alone = all(x.shape[a] == 1 for a in axis)
    return reshape(x, shape=node.shape) if alone else None


def _negate_last(node: Node, *inputs: Node, **attributes: Any) -> Any:
    """Multiply, move or sum first and negate then: fewer signs, at the end."""
    signed = [n for n, x in enumerate(inputs) if _is(x, "neg")]
    if not signed:
        return None
    n = signed[0]
    plain = (*inputs[:n], inputs[n].inputs[0], *inputs[n + 1 :])
    return neg(node.op(*plain, **attributes))


RULES: dict[str, tuple[Rule, ...]] = {
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
        lambda _, a, b: b * a if _is_scalar(b) and not _is_scalar(a) else None,
        lambda _, a, b: b if is_number(a, 1) else None,
        lambda _, a, b: neg(b) if is_number(a, -1) else None,
        lambda _, a, b: square(a) if a is b else None,
        _merge_numbers,
    ),
    "div": (lambda _, a, b: a if is_number(b, 1) else None,),
    "pow": (
        lambda _, a, b: a if is_number(b, 1) else None,
        lambda _, a, b: square(a) if is_number(b, 2) else None,
        lambda _, a, b: (
            broadcast_to(constant(1.0), shape=a.shape) if is_number(b, 0) else None
        ),
    ),
    "neg": (
        lambda _, x: x.inputs[0] if _is(x, "neg") else None,
        lambda _, x: x.inputs[1] - x.inputs[0] if _is(x, "sub") else None,
        _negate_number,
    ),
    "abs": (lambda _, x: absolute(x.inputs[0]) if _is(x, "neg") else None,),
    "square": (lambda _, x: square(x.inputs[0]) if x.op in (neg, absolute) else None,),
    "where": (
        lambda _, c, a, b: a if a is b or is_number(c, True) else None,
        lambda _, c, __, b: b if is_number(c, False) else None,
    ),
    "sum": (_reduce_nothing,),
    "max": (_reduce_nothing,),
    "reshape": (
        _unmoved,
        _shape_once,
        lambda _, x, shape: broadcast_to(x, shape=shape) if not x.shape else None,
    ),
    "broadcast_to": (_unmoved, _shape_once),
    "transpose": (
        lambda _, x, axes: x if axes == tuple(range(x.ndim)) else None,
        _transpose_once,
    ),
    "window": (_unmoved,),
    "place": (_unmoved,),
    "concatenate": (lambda _, *xs, axis: xs[0] if len(xs) == 1 else None,),
    "contract": (_merge_transposes,),
}

# Rules that take an input apart, if nothing else needs it: of what, which, how.
_LINEAR = {"mul", "div", "contract", "sum", "transpose", "reshape"}
_MOVES = {"window", "place", "gather", "scatter_add"}
TRADES: tuple[tuple[set[str], set[str], Rule], ...] = (
    (set(OPS), {"broadcast_to"}, _broadcast_last),
    ({"transpose"}, {"contract"}, _transpose_contraction),
    ({"reshape"}, {"sum", "max", "logsumexp"}, _reshape_reduction),
    (_LINEAR | _MOVES, {"neg"}, _negate_last),
)

assert set(RULES) | _LINEAR | _MOVES <= set(OPS)  # noqa: S101 - a misspelt rule is dead
