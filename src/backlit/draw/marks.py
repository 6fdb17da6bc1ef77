"""Lines, arrowheads and texts, as SVG."""

from __future__ import annotations

from html import escape
from math import hypot
from typing import TYPE_CHECKING

from backlit.draw.ports import HEAD

if TYPE_CHECKING:
    from backlit.draw.curve import Point


def line(kind: str, data: str, width: float, arrow: str, title: str = "") -> str:
    """Write a line with its arrowhead."""
    return (
        f'<g class="{kind}">{title}<path class="line" stroke-width="{width:.2f}" '
        f'd="{data}"/><path class="head" d="{arrow}"/></g>'
    )


def head(before: Point, end: Point, width: float) -> str:
    """Return the data of an arrowhead on the end of a line that comes from a point."""
    length = hypot(end[0] - before[0], end[1] - before[1]) or 1.0
    along = (end[0] - before[0]) / length, (end[1] - before[1]) / length
    half = 2.6 + width / 2
    tip = end[0] + along[0] * HEAD, end[1] + along[1] * HEAD
    corners = [
        (end[0] - along[1] * half, end[1] + along[0] * half),
        (end[0] + along[1] * half, end[1] - along[0] * half),
        tip,
    ]
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners) + "Z"


def written(kind: str, x: float, y: float, size: float, text: str) -> str:
    """Write a line of text."""
    return (
        f'<text class="{kind}" x="{x:g}" y="{y:g}" font-size="{size:g}">'
        f"{escape(text)}</text>"
    )
