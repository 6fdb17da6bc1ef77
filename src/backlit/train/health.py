"""When training meets a value that is not finite: what it was, and what helps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.interpret import Program

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backlit.graph import Graph
    from backlit.graph.node import Array
    from backlit.network.architecture import Architecture

PER_SAMPLE = ("sum", "output", "sample", "prediction", "x")  # how such names end


def first_bad(
    graph: Graph, given: Mapping[str, Any], rows: Array, dtype: str = "float64"
) -> str:
    """Return what the first quantity of a step that is not finite is, and where.

    Args:
        graph: The step, with all quantities among its outputs.
        given: Its inputs.
        rows: The row of each sample of the batch in the data.
        dtype: The precision of the run that went wrong.
    """
    values = Program(graph, dtype).values(given)
    names = {node: name for name, node in reversed(list(graph.outputs.items()))}
    for node, value in zip(graph.nodes, values, strict=True):
        if node in names and not np.isfinite(value).all():
            return _described(names[node], np.asarray(value), rows)
    return "a new parameter was not finite"


def _described(name: str, value: Array, rows: Array) -> str:
    place = np.argwhere(~np.isfinite(value))[0]
    batched = name.removeprefix("grad.").rpartition(".")[2] in PER_SAMPLE
    where = ",".join(map(str, place[1:] if batched else place))
    sample = f" for sample {rows[place[0]]}" if batched else ""
    return f"{name}{f'[{where}]' if where else ''} became {value[tuple(place)]}{sample}"


def hint(architecture: Architecture, learning_rate: float) -> str:
    """Return what usually helps."""
    advice = [
        f"lower the learning rate (now {learning_rate:g})",
        "limit gradients with clip_norm=1",
        "standardise the inputs",
    ]
    if architecture.loss == "binary_cross_entropy":
        advice.insert(0, "use binary_cross_entropy_with_logits")
    return "what usually helps: " + ", or ".join(advice)
