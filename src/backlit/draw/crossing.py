"""The lines between two columns, each forward one with its backward one beside it.

Where they are few, each pair runs level before its neuron, with the weight above and
its gradient below; the lines cross to the left of that, where no text stands.
"""

from __future__ import annotations

from dataclasses import dataclass

from backlit.draw.columns import LINE, ROW
from backlit.draw.curve import Curve, Point, joined, straight, swung
from backlit.draw.geometry import Edge, Sketch, Slot, Vertex
from backlit.draw.ports import APART, HEAD, aside, ports

DISTANCE = 220.0  # between columns without numbers on the lines
RUN, INTO = 132.0, 48.0  # the last parts of a line with numbers on it
STUB = 8.0  # level before an arrowhead
FOLD_WIDTH = 46.0  # half the width of the words of a fold
BESIDE = 8.0  # by which a steep backward line is moved away from its forward line


@dataclass(frozen=True, slots=True)
class Pair:
    """One node of a column and one neuron of the next, and where their lines end.

    Attributes:
        source: The node.
        target: The neuron.
        start: Where the forward and the backward line meet the node.
        end: Where they meet the neuron.
        place: Which line of the neuron it is, against the middle one.
    """

    source: Vertex
    target: Vertex
    start: tuple[Point, Point]
    end: tuple[Point, Point]
    place: float


def distance(left: list[Vertex], *, numbers: bool) -> float:
    """Return how far the next column is from one."""
    if not numbers:
        return DISTANCE
    crossing = 84 + 14.0 * len(left)
    return 2 * left[0].radius + crossing + RUN + INTO


def lines(
    left: list[Vertex], right: list[Vertex], layer: str, *, numbers: bool
) -> Sketch:
    """Return the lines from every node of a column to every neuron of the next.

    Args:
        left: The column before.
        right: The column of the layer; its own bias node is passed over.
        layer: Its name, as in `dense2`.
        numbers: Whether weights and gradients stand on the lines.
    """
    neurons = [v for v in right if v.role != "bias"]
    starts = [_ports(v, len(neurons), 1) for v in left]
    ends = [_ports(v, len(left), -1) for v in neurons]
    middle = (len(left) - 1) / 2
    pairs = [
        Pair(s, t, starts[m][n], ends[n][m], m - middle)
        for m, s in enumerate(left)
        for n, t in enumerate(neurons)
    ]
    return [part for pair in pairs for part in _drawn(pair, layer, numbers=numbers)]


def _ports(vertex: Vertex, count: int, side: int) -> list[tuple[Point, Point]]:
    if vertex.role == "fold":
        point = vertex.x + side * FOLD_WIDTH, vertex.y
        return [(point, point)] * count
    return ports(vertex, count, side)


def _drawn(pair: Pair, layer: str, *, numbers: bool) -> Sketch:
    if "fold" in {pair.source.role, pair.target.role}:
        curve = swung(pair.start[0], pair.end[0])
        return [Edge("forward", curve, folded=True)]
    row = pair.target.name.partition("[")[2]
    column = pair.source.name.partition("[")[2]
    weight, by = f"{layer}.weight[{row[:-1]},{column}", pair.source.name
    if pair.source.role == "bias":
        weight = by = f"{layer}.bias[{row}"
    there, back = _curves(pair, numbers=numbers)
    edges: Sketch = [
        Edge("forward", there, weight, quiet=not numbers),
        Edge(
            "backward",
            back,
            weight,
            of=f"{layer}.sum[{row}",
            by=by,
            quiet=not numbers,
        ),
    ]
    return edges + (_numbers(pair, weight) if numbers else [])


def _level(pair: Pair) -> tuple[float, float]:
    """Return where the level part of a pair starts, and its height."""
    start = pair.target.x - pair.target.radius - INTO - RUN
    return start, pair.target.y + pair.place * LINE


def _numbers(pair: Pair, weight: str) -> Sketch:
    x, y = _level(pair)
    middle, width = x + RUN / 2, RUN - 6
    return [
        Slot("equation", weight, middle, y - APART / 2 - 6.5, width),
        Slot("gradient", weight, middle, y + APART / 2 + 14, width),
    ]


def _curves(pair: Pair, *, numbers: bool) -> tuple[Curve, Curve]:
    """Return the way of the forward and of the backward line."""
    start, back = pair.start[0], aside(pair.start[1], 1)
    end, origin = aside(pair.end[0], -1), pair.end[1]
    if not numbers:
        beside = moved(origin[1] - back[1])
        return swung(start, end), swung(origin, back, beside)
    x, y = _level(pair)
    up, low = y - APART / 2, y + APART / 2
    into = end[0] - STUB
    there = joined(
        swung(start, (x, up)),
        straight((x, up), (x + RUN, up)),
        swung((x + RUN, up), (into, end[1])),
        straight((into, end[1]), end),
    )
    out = origin[0] - STUB - HEAD
    return there, joined(
        straight(origin, (out, origin[1])),
        swung((out, origin[1]), (x + RUN, low), moved(origin[1] - low) / 2),
        straight((x + RUN, low), (x, low)),
        swung((x, low), back, moved(low - back[1])),
    )


def moved(fall: float) -> float:
    """Return how far a backward line is moved aside: left where the lines fall."""
    return -BESIDE * max(-1.0, min(1.0, fall / ROW))
