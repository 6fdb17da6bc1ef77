"""Derivatives of any function of arrays.

The function is run once on nodes in place of arrays, which gives its graph; `backward`
adds the cotangents; the interpreter computes both. Arguments may be arrays, numbers,
or lists, tuples and dicts of them; a gradient has the form of its argument.
"""

from __future__ import annotations

import functools
import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from backlit.backward import backward
from backlit.errors import GraphError
from backlit.graph import INPUT, Graph, Node, constant, input_node, lift, reachable
from backlit.interpret import run
from backlit.ops.compare import to_float
from backlit.ops.shape import broadcast_to, reshape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from backlit.graph.node import Array

_F = TypeVar("_F", bound="Callable[..., Any]")


@dataclass(frozen=True)
class _Traced:
    """A function after its run on nodes."""

    arguments: tuple[Any, ...]  # as given, with nodes in place of arrays
    inputs: dict[str, Node]
    values: dict[str, Array]
    result: Any  # what the function returned: nodes, in lists, tuples and dicts
    inner: bool  # whether this happens inside the trace of another function

    def compute(self, wanted: list[Node]) -> list[Any]:
        """Return the values of nodes; inside another trace, the nodes themselves."""
        if self.inner:
            return wanted
        outputs = {str(n): node for n, node in enumerate(wanted)}
        return list(run(Graph(self.inputs, outputs), self.values).values())

    def leaves(self, argnums: Iterable[int]) -> list[Node]:
        chosen = [self.arguments[n] for n in argnums]
        return [leaf for _, leaf in _flatten(chosen, "")]

    def foreign(self) -> bool:
        """Tell whether the result depends on the inputs of another trace."""
        results = [node for _, node in _flatten(self.result, "")]
        own = set(self.inputs.values())
        return any(x.op is INPUT and x not in own for x in reachable(results))


def trace_function(f: Callable[..., Any], *arguments: Any) -> Graph:
    """Return the graph of a function: inputs named by its arguments, and its outputs.

    Args:
        f: A function of arrays that uses backlit's operations.
        arguments: Example arguments; only their shapes and kinds of number matter.

    >>> import backlit as bl
    >>> print(trace_function(lambda w, x: bl.tanh(w * x), np.ones(2), 3.0))
    input w : float[2]
    input x : float[]
    %1 = mul(w, x) : float[2]
    output = tanh(%1) : float[2]
    return output
    """
    traced = _trace(f, arguments)
    name = "output" if "output" not in traced.inputs else "result"
    return Graph(traced.inputs, dict(_flatten(traced.result, name)))


def value_and_grad(
    f: Callable[..., Any], argnums: int | tuple[int, ...] = 0
) -> Callable[..., tuple[Any, Any]]:
    """Return a function that gives the value of f and its gradient.

    Args:
        f: A function of arrays with a scalar value.
        argnums: The argument to differentiate to, or several: then the gradient is a
            tuple.

    Returns:
        A function of the same arguments: `(value, gradient)`.

    Raises:
        ShapeError: The value of f is not a scalar.

    >>> import backlit as bl
    >>> value, gradient = value_and_grad(lambda x: bl.sum(x * x))(np.array([1.0, 2.0]))
    >>> float(value), gradient.tolist()
    (5.0, [2.0, 4.0])
    """
    chosen = (argnums,) if isinstance(argnums, int) else tuple(argnums)

    def differentiated(*arguments: Any) -> tuple[Any, Any]:
        wanted = tuple(_position(n, len(arguments)) for n in chosen)
        traced = _trace(f, arguments, wanted)
        value = _single(traced.result)
        leaves = traced.leaves(wanted)
        gradients = _or_zero(leaves, backward(value, leaves))
        result, *found = traced.compute([value, *gradients])
        supply = iter(found)
        parts = tuple(_rebuild(arguments[n], supply) for n in wanted)
        return result, parts[0] if isinstance(argnums, int) else parts

    return _called_as(f, differentiated)


def grad(
    f: Callable[..., Any], argnums: int | tuple[int, ...] = 0
) -> Callable[..., Any]:
    """Return a function that gives the gradient of f; see `value_and_grad`.

    >>> import backlit as bl
    >>> float(grad(bl.tanh)(0.0))
    1.0
    """
    both = value_and_grad(f, argnums)
    return _called_as(f, lambda *arguments: both(*arguments)[1])


def vjp(
    f: Callable[..., Any], *arguments: Any
) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """Return the value of f and its pullback.

    Args:
        f: A function of arrays with a single array as its value, of any shape.
        arguments: Where it is evaluated.

    Returns:
        The value, and a function from a cotangent of the value's shape to a tuple with
        the cotangent of each argument.

    >>> import backlit as bl
    >>> value, pullback = vjp(lambda a, b: a * b, np.array([2.0]), np.array([5.0]))
    >>> [bar.tolist() for bar in pullback([10.0])]
    [[50.0], [20.0]]
    """
    everything = range(len(arguments))
    traced = _trace(f, arguments, everything)
    value = _single(traced.result)

    def pullback(cotangent: Any) -> tuple[Any, ...]:
        if isinstance(cotangent, Node) and not traced.inner:  # of an outer derivative
            again = _run_on_nodes(f, arguments, everything, inner=True)
            return _pulled_back(again, cotangent, arguments)
        return _pulled_back(traced, lift(cotangent) * 1.0, arguments)

    return traced.compute([value])[0], pullback


def _called_as(f: Callable[..., Any], derivative: _F) -> _F:
    """Give a derivative the name and the arguments' names of its function."""
    names = ("__name__", "__qualname__")
    functools.update_wrapper(derivative, f, assigned=names, updated=())
    return derivative


def _pulled_back(
    traced: _Traced, seed: Node, arguments: tuple[Any, ...]
) -> tuple[Any, ...]:
    value, leaves = _single(traced.result), traced.leaves(range(len(arguments)))
    gradients = _or_zero(leaves, backward(value, leaves, seed))
    supply = iter(traced.compute(gradients))
    return tuple(_rebuild(argument, supply) for argument in arguments)


def _trace(
    f: Callable[..., Any], arguments: tuple[Any, ...], floats: Iterable[int] = ()
) -> _Traced:
    """Run f on nodes; the arguments numbered in `floats` are taken as floats."""
    given = any(isinstance(x, Node) for _, x in _flatten(arguments, ""))
    traced = _run_on_nodes(f, arguments, floats, inner=given)
    if not given and traced.foreign():
        return _run_on_nodes(f, arguments, floats, inner=True)
    return traced


def _run_on_nodes(
    f: Callable[..., Any],
    arguments: tuple[Any, ...],
    floats: Iterable[int],
    *,
    inner: bool,
) -> _Traced:
    inputs: dict[str, Node] = {}
    values: dict[str, Array] = {}

    def stand_in(path: str, leaf: Any, *, as_float: bool) -> Node:
        like = lift(leaf)  # also checks that the leaf is made of numbers
        if inner:  # a node of its own: f may also reach the same node from outside
            floats = to_float(like) if as_float and like.dtype != "float" else like
            alias: Node = reshape(floats, shape=like.shape)
            return alias
        values[path] = np.asarray(leaf)
        dtype = "float" if as_float else like.dtype
        inputs[path] = input_node(path, like.shape, dtype)
        return inputs[path]

    replaced = []
    for n, (name, argument) in enumerate(_named(f, arguments)):
        leaves = [
            stand_in(path, leaf, as_float=n in floats)
            for path, leaf in _flatten(argument, name)
        ]
        replaced.append(_rebuild(argument, iter(leaves)))
    result = f(*replaced)
    outputs = iter([lift(leaf) for _, leaf in _flatten(result, "")])
    return _Traced(
        tuple(replaced), inputs, values, _rebuild(result, outputs), inner=inner
    )


def _named(f: Callable[..., Any], arguments: tuple[Any, ...]) -> list[tuple[str, Any]]:
    """Pair the arguments with the names that the function gives them."""
    try:
        bound = inspect.signature(f).bind(*arguments)
    except ValueError:  # a function of C shows no signature
        return [(f"x{n}", argument) for n, argument in enumerate(arguments)]
    except TypeError as error:
        raise GraphError(f"{_label(f)} cannot be called: {error}") from None
    named: list[tuple[str, Any]] = []
    for name, given in bound.arguments.items():
        if bound.signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL:
            named += [(f"{name}[{n}]", argument) for n, argument in enumerate(given)]
        else:
            named.append((name, given))
    return named


def _label(f: Callable[..., Any]) -> str:
    return getattr(f, "__name__", repr(f))


def _position(argnum: int, count: int) -> int:
    if not -count <= argnum < count:
        raise GraphError(f"there is no argument {argnum}, {count} were given")
    return argnum % count


def _flatten(tree: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield the leaves of lists, tuples and dicts with their paths; None has none."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from _flatten(value, f"{path}[{key!r}]")
    elif isinstance(tree, (list, tuple)):
        for n, value in enumerate(tree):
            yield from _flatten(value, f"{path}[{n}]")
    elif tree is not None:
        yield path, tree


def _rebuild(tree: Any, leaves: Iterator[Any]) -> Any:
    """Return a tree of the same form with other leaves."""
    if tree is None:
        return None
    if isinstance(tree, dict):
        return {key: _rebuild(value, leaves) for key, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        parts = [_rebuild(value, leaves) for value in tree]
        if hasattr(tree, "_fields"):  # a named tuple takes its fields one by one
            return type(tree)(*parts)
        return type(tree)(parts)
    return next(leaves)


def _single(result: Any) -> Node:
    if isinstance(result, Node):
        return result
    raise GraphError(
        f"the function returned a {type(result).__name__}; "
        "a single array is needed to differentiate it"
    )


def _or_zero(leaves: list[Node], cotangents: dict[Node, Node]) -> list[Node]:
    """Return each leaf's cotangent; what the value does not depend on has zeros."""
    return [
        cotangents[x] if x in cotangents else broadcast_to(constant(0.0), shape=x.shape)
        for x in leaves
    ]
