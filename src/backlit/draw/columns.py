"""The columns of a layered drawing: inputs or neurons, the fold, and the next bias."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from backlit.draw.fold import FIRST, Row, folded
from backlit.draw.geometry import Slot, Vertex

if TYPE_CHECKING:
    from backlit.draw.geometry import Role
    from backlit.network.architecture import Architecture

TOP, RADIUS = 54.0, 22.0
ROW = 104.0  # height of a row
OPEN_ROW = 88.0  # of a column that is opened
LINE = 49.0  # of a line with a weight above it and its gradient below
HEADING = 24.0  # baseline of the first line above the columns
MOST_LINES, MOST_NEURONS = 5, 4  # with numbers on them, into a neuron and in a layer


def sizes(architecture: Architecture) -> list[int]:
    """Return the number of neurons of each column; the first holds the inputs."""
    return [architecture.inputs, *(layer.units for layer in architecture.layers)]


def lines_into(architecture: Architecture, depth: int) -> int:
    """Return how many lines lead into each neuron of a layer."""
    rows = folded(sizes(architecture)[depth - 1])
    return len(rows) + architecture.layers[depth - 1].use_bias


def has_numbers(architecture: Architecture, depth: int) -> bool:
    """Tell whether the lines into a layer are few enough to have numbers on them."""
    before, own = (folded(sizes(architecture)[n]) for n in (depth - 1, depth))
    every = not any(row.count for row in (*before, *own))
    few = lines_into(architecture, depth) <= MOST_LINES and len(own) <= MOST_NEURONS
    return every and few


def heights(architecture: Architecture, depth: int) -> list[float]:
    """Return the heights of the rows of a column, from above."""
    layers = architecture.layers
    own = ROW
    if depth and has_numbers(architecture, depth):
        own = max(ROW, LINE * lines_into(architecture, depth) + 8)
    rows = [own] * len(folded(sizes(architecture)[depth]))
    return rows + [ROW] * (depth < len(layers) and layers[depth].use_bias)


def height(architecture: Architecture) -> float:
    """Return the height of the tallest column."""
    return max(sum(heights(architecture, n)) for n in range(len(sizes(architecture))))


def column(
    architecture: Architecture, depth: int, x: float, first: int = FIRST
) -> list[Vertex]:
    """Return the nodes of a column from above, the bias of the next layer last.

    Where more neurons come before the fold than usual, the column is opened: its first
    neuron stays where it was, and the others follow closely.
    """
    rows = folded(sizes(architecture)[depth], first)
    tall = heights(architecture, depth)
    start = TOP + (height(architecture) - sum(tall)) / 2
    if first > FIRST:
        start += (tall[0] - OPEN_ROW) / 2
        bias = tall[len(folded(sizes(architecture)[depth])) :]
        tall = [OPEN_ROW] * len(rows) + bias
    ends = accumulate(tall, initial=start)
    ys = [end + own / 2 for end, own in zip(ends, tall, strict=False)]
    found = [_vertex(depth, row, x, y) for row, y in zip(rows, ys, strict=False)]
    if len(ys) > len(rows):
        units = architecture.layers[depth].units
        name = f"dense{depth + 1}.bias" + "[0]" * (units == 1)
        found.append(Vertex("bias", name, x, ys[-1], RADIUS))
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
    found = [symbol, Slot("value", v.name, v.x, v.y - v.radius - 7, 80)]
    if v.role not in {"target", "error"}:
        below = v.name.replace("output", "sum")
        found.append(Slot("gradient", below, v.x, v.y + v.radius + 17, 80))
    return found


def heading(x: float, first: str, second: str = "") -> list[Slot]:
    """Return the places of one or two lines above a column."""
    room = 150 if second else 100
    lines = [
        Slot("text", first, x, HEADING, room),
        Slot("text", second, x, HEADING + 16, room),
    ]
    return [line for line in lines if line.name]
