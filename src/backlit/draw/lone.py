"""The lesson's drawing of a lone neuron: inputs, weights on lines, b, Σ, σ, y, t, E.

From every input a pair of level lines leads into Σ: the solid one forward, with the
weight on it, the dashed one backward. At its middle the dashed line turns down to the
weight's gradient; what goes on is the way to the input.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backlit.draw.curve import Point, joined, straight, swung
from backlit.draw.fold import FIRST, MOST, Row, folded
from backlit.draw.geometry import Edge, Geometry, Sketch, Slot, Vertex, finished
from backlit.draw.ports import HEAD, aside, ports, rim

if TYPE_CHECKING:
    from backlit.network.architecture import Architecture, Dense

LEFT, TOP, PITCH = 48.0, 60.0, 104.0
SMALL, LARGE = 20.0, 26.0
RUN = 248.0  # of the level part of a line from an input
ROOM = 126.0  # between two nodes with a local derivative between them
PILL = 32.0  # half the width of an activation
APART = 5.5  # half the distance of a forward and a backward line
BESIDE = 7.0  # by which a falling backward line is moved from its forward line
LABEL = 15.0  # from a backward line down to the baseline of its text
SUM, OUTPUT = "dense1.sum[0]", "dense1.output[0]"


def lone(architecture: Architecture, first: int = FIRST) -> Geometry:
    """Lay out a network of one neuron.

    Args:
        architecture: The network.
        first: How many inputs come before a fold; Σ and what follows stay in place.
    """
    (layer,), inputs = architecture.layers, architecture.inputs
    sketch: Sketch = []
    middle = TOP + (len(folded(inputs)) + layer.use_bias - 1) / 2 * PITCH
    output = neuron(sketch, folded(inputs, first), layer, TOP, middle)
    error = ended(sketch, output)
    lowest = max(part.y for part in sketch if isinstance(part, Vertex))
    bottom = max(lowest + 52, middle + 96 + SMALL + 14)
    return finished(sketch, error.x + error.radius + LEFT - SMALL, bottom)


def neuron(
    sketch: Sketch, rows: list[Row], layer: Dense, top: float, middle: float
) -> Vertex:
    """Add a neuron with what goes into it, and return its output.

    Args:
        sketch: The drawing.
        rows: Its inputs.
        layer: The layer that it is of.
        top: The height of the first input.
        middle: The height of Σ.
    """
    count = len(rows) + layer.use_bias
    usual = len(rows) if len(rows) <= MOST else FIRST + 2  # also where it is opened
    swing = 62 + 8.0 * (usual + layer.use_bias)
    total = Vertex("sum", SUM, LEFT + SMALL + RUN + swing + LARGE, middle, LARGE)
    around(sketch, total)
    ends = iter(ports(total, count, -1))
    for n, row in enumerate(rows):
        _wire(sketch, row, top + n * PITCH, next(ends))
    if layer.use_bias:
        _bias(sketch, top + len(rows) * PITCH, next(ends))
    if layer.activation == "linear":
        return total
    return _activated(sketch, total, layer.activation)


def around(sketch: Sketch, v: Vertex, below: str = "") -> None:
    """Add a node with its symbol, its value above and its gradient below."""
    sketch.append(v)
    sketch += [
        Slot("symbol", v.name, v.x, v.y + 5, 2 * v.radius - 6, size=14),
        Slot("value", v.name, v.x, v.y - v.radius - 7, 84),
    ]
    if v.role not in {"target", "error"}:
        name = below or v.name
        sketch.append(Slot("gradient", name, v.x, v.y + v.radius + 17, 84))


def _wire(sketch: Sketch, row: Row, y: float, end: tuple[Point, Point]) -> None:
    """Add an input, its weight, and the lines between it and Σ."""
    x, weight = f"x[{row.index}]", f"dense1.weight[0,{row.index}]"
    if row.count:
        _hidden(sketch, row, y, end)
        return
    vertex = Vertex("input", x, LEFT, y, SMALL)
    around(sketch, vertex)
    left, right = LEFT + SMALL, LEFT + SMALL + RUN
    middle = (left + right) / 2
    start, back = rim(vertex, -APART, 1), rim(vertex, APART, 1)
    low = y + APART
    moved = -BESIDE if end[1][1] > low else 0.0
    turn = ((middle + 12, low), (middle + 4, low), (middle, low + 4), (middle, low + 9))
    sketch += [
        _into_sum(start, right, end[0], weight),
        Edge(
            "backward",
            joined(
                swung(end[1], (right, low), moved),
                straight((right, low), turn[0]),
                turn,
            ),
            of=SUM,
            by=weight,
        ),
        Edge("backward", straight(turn[0], aside(back, 1)), of=SUM, by=x),
    ]
    half = RUN / 2 - 18
    sketch += [
        Slot("equation", weight, middle, y - APART - 7, RUN - 60, size=14),
        Slot("local", SUM, left + RUN / 4, low + LABEL, half, by=x),
        Slot("local", SUM, left + 3 * RUN / 4 + 3, low + LABEL, half, by=weight),
        Slot("gradient equation", weight, middle, low + 33, RUN - 60),
    ]


def _into_sum(start: Point, right: float, end: Point, weight: str = "") -> Edge:
    """Return the forward line: level to the right end of the run, then into Σ."""
    corner = right, start[1]
    curve = joined(straight(start, corner), swung(corner, aside(end, -1)))
    return Edge("forward", curve, weight)


def _hidden(sketch: Sketch, row: Row, y: float, end: tuple[Point, Point]) -> None:
    """Add the row that counts the inputs which are not drawn."""
    name, x = f"x[{row.index}]", LEFT + SMALL
    sketch.append(Vertex("fold", name, LEFT, y, SMALL, row.count))
    sketch.append(Slot("text", f"⋮ {row.count} more", x, y + 4, 96))
    start, right = x + 56, LEFT + SMALL + RUN
    curve = joined(
        straight((start, y), (right, y)), swung((right, y), aside(end[0], -1))
    )
    sketch.append(Edge("forward", curve, folded=True))


def _bias(sketch: Sketch, y: float, end: tuple[Point, Point]) -> None:
    """Add b, a node of its own, and the lines between it and Σ."""
    bias = "dense1.bias[0]"
    vertex = Vertex("bias", bias, LEFT, y, SMALL)
    around(sketch, vertex)
    right = LEFT + SMALL + RUN
    start, back = rim(vertex, -APART, 1), rim(vertex, APART, 1)
    low = right, y + APART
    curve = joined(swung(end[1], low), straight(low, aside(back, 1)))
    sketch += [
        _into_sum(start, right, end[0]),
        Edge("backward", curve, of=SUM, by=bias),
    ]
    x = LEFT + SMALL + RUN / 2
    sketch.append(Slot("local", SUM, x, low[1] + LABEL, RUN / 2, by=bias))


def _activated(sketch: Sketch, total: Vertex, activation: str) -> Vertex:
    """Add the activation and its output, and return the output."""
    y, left = total.y, total.x + total.radius + ROOM
    pill = Vertex("activation", activation, left + PILL, y, SMALL)
    output = Vertex("output", OUTPUT, left + 2 * PILL + 50 + SMALL, y, SMALL)
    sketch.append(pill)
    sketch.append(Slot("operation", activation, pill.x, y + 5, 2 * PILL - 8, size=14))
    around(sketch, output)
    _pair(sketch, rim(total, 0, 1), (left, y), (OUTPUT, SUM), label=True)
    _pair(sketch, (left + 2 * PILL, y), rim(output, 0, -1), (OUTPUT, SUM))
    return output


def ended(sketch: Sketch, output: Vertex) -> Vertex:
    """Add t and E, and return E."""
    x = output.x + output.radius + ROOM + 4 + LARGE
    error = Vertex("error", "E", x, output.y, LARGE)
    target = Vertex("target", "t[0]", output.x, output.y + 96, SMALL)
    around(sketch, error)
    around(sketch, target)
    _pair(sketch, rim(output, 0, 1), rim(error, 0, -1), ("E", output.name), label=True)
    start, end = rim(target, 0, 1), (error.x, error.y + error.radius + HEAD)
    corner = (error.x, start[1])
    curve = (start, (error.x - 30, start[1]), (corner[0], corner[1] - 26), end)
    sketch.append(Edge("forward", curve))
    return error


def _pair(
    sketch: Sketch,
    start: Point,
    end: Point,
    local: tuple[str, str],
    *,
    label: bool = False,
) -> None:
    """Add a level pair of lines between two nodes, and ∂of/∂by below it if wanted."""
    of, by = local
    (left, y), right = start, end[0]
    up, low = y - APART, y + APART
    sketch += [
        Edge("forward", straight((left, up), (right - HEAD, up))),
        Edge("backward", straight((right, low), (left + HEAD, low)), of=of, by=by),
    ]
    if label:
        x, width = (left + right) / 2 + 2, right - left - 12
        sketch.append(Slot("local", of, x, low + LABEL, width, by=by))
