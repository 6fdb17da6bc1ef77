"""The columns of a layered drawing: inputs or neurons, the fold, and the next bias."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backlit.draw.fold import Row, folded
from backlit.draw.geometry import Slot, Vertex

if TYPE_CHECKING:
    from backlit.draw.geometry import Role
    from backlit.network.architecture import Architecture

TOP, PITCH, RADIUS = 104.0, 104.0, 22.0
HEADING = 24.0  # baseline of the first line above the columns


def sizes(architecture: Architecture) -> list[int]:
    """Return the number of neurons of each column; the first holds the inputs."""
    return [architecture.inputs, *(layer.units for layer in architecture.layers)]


def tallest(architecture: Architecture) -> int:
    """Return the rows of the column that has most, its bias counted."""
    layers = architecture.layers
    biases = [*(layer.use_bias for layer in layers), False]
    every = zip(sizes(architecture), biases, strict=True)
    return max(len(folded(size)) + bias for size, bias in every)


def column(architecture: Architecture, depth: int, x: float) -> list[Vertex]:
    """Return the nodes of a column from above, the bias of the next layer last."""
    layers = architecture.layers
    rows = folded(sizes(architecture)[depth])
    bias = depth < len(layers) and layers[depth].use_bias
    first = TOP + (tallest(architecture) - len(rows) - bias) / 2 * PITCH
    found = [_vertex(depth, row, x, first + n * PITCH) for n, row in enumerate(rows)]
    if bias:
        name = f"dense{depth + 1}.bias" + "[0]" * (layers[depth].units == 1)
        found.append(Vertex("bias", name, x, first + len(rows) * PITCH, RADIUS))
    return found


def _vertex(depth: int, row: Row, x: float, y: float) -> Vertex:
    name = f"dense{depth}.output[{row.index}]" if depth else f"x[{row.index}]"
    role: Role = "fold" if row.count else "neuron" if depth else "input"
    return Vertex(role, name, x, y, RADIUS, row.count)


def texts(vertex: Vertex) -> list[Slot]:
    """Return the places of a node's symbol, its value above and its gradient below.

    Below a neuron stands its δ, the gradient of its sum.
    """
    v = vertex
    if v.role == "fold":
        return [Slot("text", f"⋮ {v.count} more", v.x, v.y + 4, 92)]
    symbol = Slot("symbol", v.name, v.x, v.y + 5, 2 * v.radius - 4, size=13.5)
    if v.role == "bias" and not v.name.endswith("]"):
        return [symbol]  # one value for each neuron: they stand on the lines
    found = [symbol, Slot("value", v.name, v.x, v.y - v.radius - 7, 84)]
    if v.role not in {"target", "error"}:
        below = v.name.replace("output", "sum")
        found.append(Slot("gradient", below, v.x, v.y + v.radius + 17, 84))
    return found


def heading(x: float, first: str, second: str) -> list[Slot]:
    """Return the places of two lines above a column."""
    return [
        Slot("text", first, x, HEADING, 124),
        Slot("text", second, x, HEADING + 16, 124),
    ]
