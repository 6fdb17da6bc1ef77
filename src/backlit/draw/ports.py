"""Where lines meet a node: pairs of points, one forward and one backward, spread."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backlit.draw.curve import Point
    from backlit.draw.geometry import Vertex

HEAD = 8.0  # length of an arrowhead
SPREAD = 0.74  # of the radius, upwards and downwards
APART = 11.0  # between forward and backward, at most


def ports(vertex: Vertex, count: int, side: int) -> list[tuple[Point, Point]]:
    """Return for each of some neighbours, from above, where its two lines meet.

    Args:
        vertex: The node.
        count: Its neighbours on that side.
        side: -1 for the left side, 1 for the right side.

    Returns:
        The point of the forward and the point of the backward line.
    """
    room = 2 * SPREAD * vertex.radius
    apart = min(APART, room / (1.6 * count))
    pitch = min(2 * APART, (room - apart) / max(count - 1, 1))
    middles = [(n - (count - 1) / 2) * pitch for n in range(count)]
    return [
        (
            rim(vertex, middle - apart / 2, side),
            rim(vertex, middle + apart / 2, side),
        )
        for middle in middles
    ]


def rim(vertex: Vertex, dy: float, side: int) -> Point:
    """Return the point of a circle at a height against its centre."""
    across = sqrt(max(vertex.radius**2 - dy**2, 0.0))
    return vertex.x + side * across, vertex.y + dy


def aside(point: Point, side: int) -> Point:
    """Return the point where a line ends whose arrowhead touches a node there."""
    return point[0] + side * HEAD, point[1]
