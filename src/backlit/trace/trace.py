"""One pass recorded: forward, error, backward, and one step of gradient descent.

Every quantity has a name and a value; nothing is updated. The nodes stay at hand, so
that what is shown of a pass is read from the graph that computed it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from backlit.errors import DataError
from backlit.graph import Graph, Node
from backlit.interpret import Program
from backlit.network.quantities import Quantities, listed
from backlit.update.optimizers import SGD
from backlit.update.step import Pass, step_graph, whole_pass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backlit.graph.node import Array, Shape
    from backlit.network.architecture import Architecture


@dataclass(frozen=True, eq=False, repr=False)
class Trace(Mapping[str, Any]):
    """A recorded pass. As a mapping: the forward quantities, inputs and parameters.

    Attributes:
        architecture: The network.
        one_pass: The nodes of the pass.
        graph: The pass and the update, as one graph.
        node_values: The value of every node of the graph, float64.
        learning_rate: The η of the update.
        quantities: Inputs, parameters and forward values by name, E among them.
        gradients: The derivative of E to each of them, by the same names.
        updated: Every parameter after w ← w - η ∂E/∂w; frozen ones as they were.
    """

    architecture: Architecture
    one_pass: Pass
    graph: Graph
    node_values: Mapping[Node, Array]
    learning_rate: float
    quantities: Quantities = field(init=False)
    gradients: Quantities = field(init=False)
    updated: Quantities = field(init=False)

    def __post_init__(self) -> None:
        nodes = self.one_pass.inputs | self.one_pass.quantities
        named = {name: self.node_values[node] for name, node in nodes.items()}
        gradients = {n: self.node_values[g] for n, g in self.one_pass.gradients.items()}
        outputs = self.graph.outputs
        updated = {
            name: self.node_values[outputs.get(f"new.{name}", nodes[name])]
            for name in self.architecture.shapes
        }
        for name, found in (
            ("quantities", named),
            ("gradients", gradients),
            ("updated", updated),
        ):
            object.__setattr__(self, name, Quantities(found))

    def __getitem__(self, name: str) -> Array:
        """Return a quantity, a gradient (`grad.NAME`), or one element of either."""
        if name.startswith("grad."):
            return self.gradients[name.removeprefix("grad.")]
        return self.quantities[name]

    def __iter__(self) -> Iterator[str]:
        yield from self.quantities
        yield from (f"grad.{name}" for name in self.gradients)

    def __len__(self) -> int:
        return len(self.quantities) + len(self.gradients)

    def __repr__(self) -> str:
        return listed(self)

    @classmethod
    def record(
        cls,
        architecture: Architecture,
        parameters: Mapping[str, Array],
        x: Any,
        t: Any,
        *,
        learning_rate: float,
        sample_weight: Any | None = None,
    ) -> Self:
        """Run and record one pass in float64.

        Args:
            architecture: The network.
            parameters: Its parameters by name.
            x: Input, `(inputs,)` for one sample, or `(samples, inputs)`.
            t: Target, `(outputs,)` or `(samples, outputs)`.
            learning_rate: The η of the update that is shown.
            sample_weight: `(samples,)`: each sample's error is multiplied by it.

        Raises:
            DataError: x, t or weights have a wrong shape, or hold what is no finite
                number.
        """
        a = architecture
        x = checked("x", x, a.inputs, "inputs")
        t = checked("t", t, a.outputs, "outputs", like=x)
        weighted = sample_weight is not None
        one_pass = whole_pass(a, x.shape[:-1], weighted=weighted)
        graph = step_graph(one_pass, a, SGD(learning_rate))
        given: dict[str, Any] = {"x": x, "t": t, **parameters, "step": 1.0}
        if weighted:
            given["sample_weight"] = _weight(sample_weight, x.shape[:-1])
        # Copies: what is recorded must not change with the network.
        given = {name: np.array(value, "f8") for name, value in given.items()}
        values = dict(zip(graph.nodes, Program(graph).values(given), strict=True))
        for name, node in graph.inputs.items():  # x itself, say, may not be needed
            values.setdefault(node, given[name])
        return cls(a, one_pass, graph, values, learning_rate)

    @property
    def batched(self) -> bool:
        """Whether the pass is over several samples, along the first axis."""
        return self.one_pass.inputs["x"].ndim > 1

    def error_with(self, changed: Mapping[str, Array]) -> float:
        """Return E of the same pass with other inputs or parameters."""
        error = self.one_pass.quantities["E"]
        program = Program(Graph(self.one_pass.inputs, {"E": error}))
        given = {name: self.quantities[name] for name in self.one_pass.inputs}
        return float(program({**given, **changed})["E"])

    @property
    def error_after(self) -> float:
        """E of the same samples after the update."""
        return self.error_with(self.updated)


def _weight(given: Any, shape: Shape) -> Array:
    try:
        array: Array = np.asarray(given, "f8")
    except (TypeError, ValueError):
        raise DataError(f"sample_weight must be numbers, {shape}") from None
    if array.shape != shape or not (np.isfinite(array) & (array >= 0)).all():
        raise DataError(
            f"sample_weight must have the shape {shape} and be finite and not "
            f"negative, got the shape {array.shape}"
        )
    return array


def checked(
    name: str, given: Any, width: int, meaning: str, like: Array | None = None
) -> Array:
    """Return x or t as float64, with a checked shape; raises DataError."""
    try:
        array = np.asarray(given, "f8")
    except (TypeError, ValueError):
        raise DataError(f"{name} must be numbers, (…, {width})") from None
    lead = None if like is None else like.shape[:-1]
    fits = array.ndim in (1, 2) and array.shape[-1] == width
    if not fits or (lead is not None and array.shape[:-1] != lead):
        needed = f"({width},)" if lead in (None, ()) else f"({lead[0]}, {width})"
        several = f" or (samples, {width})" if lead is None else ""
        raise DataError(
            f"{name} has the shape {array.shape}; the network has {width} {meaning}, "
            f"so {needed}{several} is needed"
        )
    if not np.isfinite(array).all() or array.size == 0:
        raise DataError(f"{name} holds a value that is not a finite number, or none")
    return array
