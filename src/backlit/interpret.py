"""The oracle: a graph run node by node in NumPy, keeping every value.

Any other executor is right if it agrees with this one. Floats are computed in float64
unless another precision is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.errors import DtypeError, GraphError, ShapeError
from backlit.graph import CONSTANT, INPUT
from backlit.graph.node import Array, describe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from backlit.graph import Graph, Node

_Step = tuple["Callable[..., Any]", tuple[int, ...], dict[str, Any], int]


class Program:
    """A graph made ready to run many times.

    Args:
        graph: The graph, whose outputs are wanted.
        dtype: The precision of floats, `float64` or `float32`.
    """

    def __init__(self, graph: Graph, dtype: Any = np.float64) -> None:
        self.graph = graph
        kinds = {"float": dtype, "int": "i8", "bool": "?"}
        self.dtypes = {kind: np.dtype(own) for kind, own in kinds.items()}
        self._slot = {node: n for n, node in enumerate(graph.nodes)}
        self._fixed: list[tuple[int, Array]] = []
        self._steps: list[_Step] = []
        for node in graph.nodes:
            self._plan(node)

    def _plan(self, node: Node) -> None:
        slot = self._slot[node]
        if node.op is CONSTANT:
            value = node.attributes["value"].astype(self.dtypes[node.dtype])
            self._fixed.append((slot, value))
        elif node.op is not INPUT:
            reads = tuple(self._slot[x] for x in node.inputs)
            self._steps.append((self._rule(node), reads, dict(node.attributes), slot))

    def _rule(self, node: Node) -> Callable[..., Any]:
        """Return the function; floats made of no floats get the precision asked for."""
        function, precision = node.op.function, self.dtypes["float"]
        if node.dtype != "float" or any(x.dtype == "float" for x in node.inputs):
            return function
        return lambda *inputs, **attributes: function(*inputs, **attributes).astype(
            precision
        )

    def values(self, inputs: Mapping[str, Any]) -> list[Array]:
        """Return the value of every node of the graph, in the order of its nodes.

        Raises:
            GraphError: An input is missing.
            DtypeError: An input is no number, or a fraction where an integer is needed.
            ShapeError: An input does not have the shape of its node.
        """
        values: list[Any] = [None] * len(self._slot)
        for slot, value in self._fixed:
            values[slot] = value
        for name, node in self.graph.inputs.items():
            if node in self._slot:
                dtype = self.dtypes[node.dtype]
                values[self._slot[node]] = given(name, node, inputs, dtype)
        with np.errstate(all="ignore"):  # infinities are values; others look for them
            for function, reads, attributes, slot in self._steps:
                values[slot] = function(*[values[n] for n in reads], **attributes)
        return values

    def __call__(self, inputs: Mapping[str, Any]) -> dict[str, Array]:
        """Return the graph's outputs by name; raises as `values` does."""
        values = self.values(inputs)
        outputs = self.graph.outputs.items()
        return {name: values[self._slot[node]] for name, node in outputs}


def given(name: str, node: Node, inputs: Mapping[str, Any], dtype: Any) -> Array:
    """Return the value of an input, checked, in the precision asked for.

    Raises:
        GraphError: It is missing.
        DtypeError: It is no number, or a fraction where an integer is needed.
        ShapeError: It does not have the shape of its node.
    """
    if name not in inputs:
        raise GraphError(f"the graph needs a value for its input {name!r}")
    try:
        value = np.asarray(inputs[name])
    except ValueError:
        raise DtypeError(
            f"input {name!r} has rows of different lengths, "
            f"the graph needs {describe(node)}"
        ) from None
    if not np.can_cast(value.dtype, dtype, "same_kind"):
        raise DtypeError(
            f"input {name!r} has the dtype {value.dtype}, "
            f"the graph needs {describe(node)}"
        )
    if value.shape != node.shape:
        raise ShapeError(
            f"input {name!r} has the shape {value.shape}, "
            f"the graph needs {describe(node)}"
        )
    result: Array = value.astype(dtype, copy=False)
    return result


def run(graph: Graph, inputs: Mapping[str, Any], dtype: Any = np.float64) -> Any:
    """Run a graph once and return its outputs by name."""
    return Program(graph, dtype)(inputs)
