"""The lines between two columns, each forward one with its backward one beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backlit.draw.columns import PITCH
from backlit.draw.curve import Point, swung
from backlit.draw.geometry import Edge, Slot
from backlit.draw.labels import placed
from backlit.draw.ports import aside, ports

if TYPE_CHECKING:
    from backlit.draw.geometry import Box, Shows, Vertex

FOLD_WIDTH = 46.0  # half the width of the words of a fold
BESIDE = 7.0  # by which a steep backward line is moved away from its forward line
MOST_TEXTS = 20
LINE = 15.0  # height of a line of text


@dataclass(frozen=True, slots=True)
class Level:
    """How much is written on the lines between two columns.

    Attributes:
        distance: Between the columns.
        width: Of a text.
        shows: What stands in its lines, from above.
    """

    distance: float
    width: float = 0.0
    shows: tuple[Shows, ...] = ()


LEVELS = (
    Level(340, 120, ("equation", "gradient")),
    Level(320, 62, ("value", "gradient")),
    Level(320, 62, ("value",)),
    Level(230),
)


def lines(left: list[Vertex], right: list[Vertex], layer: str) -> list[list[Edge]]:
    """Return the lines from every node of a column to every neuron of the next.

    Args:
        left: The column before.
        right: The column of the layer; its own bias node is passed over.
        layer: Its name, as in `dense2`.

    Returns:
        For each pair of nodes a forward and a backward line; one faint line where
        either is folded away.
    """
    heads = [v for v in right if v.role != "bias"]
    starts = [_ports(v, len(heads), 1) for v in left]
    ends = [_ports(v, len(left), -1) for v in heads]
    return [
        _between(s, t, (starts[m][n], ends[n][m]), layer)
        for m, s in enumerate(left)
        for n, t in enumerate(heads)
    ]


def _ports(vertex: Vertex, count: int, side: int) -> list[tuple[Point, Point]]:
    if vertex.role == "fold":
        point = vertex.x + side * FOLD_WIDTH, vertex.y
        return [(point, point)] * count
    return ports(vertex, count, side)


def _between(
    source: Vertex,
    target: Vertex,
    where: tuple[tuple[Point, Point], tuple[Point, Point]],
    layer: str,
) -> list[Edge]:
    (start, back), (end, origin) = where
    if "fold" in {source.role, target.role}:
        curve = swung(start, end)
        return [Edge("forward", curve, folded=True, pointed=False)]
    row = target.name.partition("[")[2]
    column = source.name.partition("[")[2]
    weight = f"{layer}.weight[{row[:-1]},{column}"
    by = source.name
    if source.role == "bias":
        weight = by = f"{layer}.bias[{row}"
    steep = (target.y - source.y) / PITCH
    moved = -BESIDE * max(-1.0, min(1.0, steep))
    return [
        Edge("forward", swung(start, aside(end, -1)), weight),
        Edge(
            "backward",
            swung(origin, aside(back, 1), moved),
            of=f"{layer}.sum[{row}",
            by=by,
        ),
    ]


def written(pairs: list[list[Edge]], level: Level) -> list[Slot] | None:
    """Interrupt the lines for their texts, in place; None if there is no room."""
    texts = [n for n, pair in enumerate(pairs) if len(pair) > 1]
    if not level.shows:
        return []
    if len(texts) > MOST_TEXTS:
        return None
    own = [[edge.curve for edge in pairs[n]] for n in texts]
    others = [edge.curve for pair in pairs if len(pair) == 1 for edge in pair]
    boxes = placed(own, others, (level.width, LINE * len(level.shows)))
    if boxes is None:
        return None
    found = []
    for n, box in zip(texts, boxes, strict=True):
        name = pairs[n][0].name
        pairs[n] = [replace(edge, gap=box) for edge in pairs[n]]
        found += _slots(name, box, level)
    return found


def _slots(name: str, box: Box, level: Level) -> list[Slot]:
    x = box.x + box.width / 2
    return [
        Slot(shows, name, x, box.y + LINE * n + 12, box.width, size=12)
        for n, shows in enumerate(level.shows)
    ]
