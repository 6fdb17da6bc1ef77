"""A drawing written as SVG: a layout with what a recorded pass says at each place."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from zlib import crc32

from backlit.draw.curve import path
from backlit.draw.extent import extent
from backlit.draw.legend import legend
from backlit.draw.lone import PILL
from backlit.draw.marks import head, line, written
from backlit.draw.style import QUIET, STYLE, scale, sign

if TYPE_CHECKING:
    from backlit.draw.geometry import Edge, Geometry, Kind, Slot, Vertex
    from backlit.draw.reading import Reading
    from backlit.draw.style import Scale, Scales

CLASSES = {"gradient equation": "result", "text": "quiet"}


def write(geometry: Geometry, reading: Reading, title: str, description: str) -> str:
    """Write a picture.

    Args:
        geometry: Where everything stands.
        reading: What stands there.
        title: Its name, one line.
        description: What it shows, for who cannot see it.

    Returns:
        A whole SVG file, which may also stand inside a page.
    """
    scales = _scales(geometry, reading)
    edges = sorted(geometry.edges, key=lambda e: (not e.folded, e.kind == "forward"))
    key, bottom = legend(geometry, reading, scales)
    body = [
        *(_edge(edge, reading, scales[edge.kind]) for edge in edges),
        *(_vertex(vertex, reading) for vertex in geometry.vertices),
        *(_text(slot, reading.text(slot)) for slot in geometry.slots),
        *key,
    ]
    return _file(geometry.width, bottom, title, description, [x for x in body if x])


def _scales(geometry: Geometry, reading: Reading) -> Scales:
    """Return the scales of the widths: those of weights, where weights are on lines."""
    kinds: tuple[Kind, ...] = ("forward", "backward")
    found: Scales = {}
    for kind in kinds:
        edges = [e for e in geometry.edges if e.kind == kind and not e.folded]
        named = [e for e in edges if e.name]
        found[kind] = scale([reading.strength(e) for e in named or edges])
    return found


def _file(
    width: float, height: float, title: str, description: str, body: list[str]
) -> str:
    mark = f"{crc32(''.join(body).encode()):08x}"  # two pictures in a page differ
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="backlit" role="img" '
            f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
            f'height="{height:g}" style="max-width:100%;height:auto" '
            f'aria-labelledby="title-{mark} about-{mark}" '
            'font-family="system-ui, -apple-system, sans-serif">'
        ),
        f'<title id="title-{mark}">{escape(title)}</title>',
        f'<desc id="about-{mark}">{escape(description)}</desc>',
        f"<style>\n{STYLE}\n</style>",
        *body,
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _edge(edge: Edge, reading: Reading, widths: Scale) -> str:
    """Write an edge: its line and its arrowhead."""
    if edge.folded:
        return f'<path class="line folded" d="{path(edge.curve)}"/>'
    strength = reading.strength(edge)
    said = reading.said(edge)
    width = widths.width(strength) * (QUIET if edge.quiet else 1)
    return line(
        f"{edge.kind} {sign(strength)}{' quiet' * edge.quiet}",
        path(edge.curve),
        width,
        head(edge.curve[-2], edge.curve[-1], width),
        f"<title>{escape(said)}</title>" if said else "",
    )


def _vertex(v: Vertex, reading: Reading) -> str:
    """Write the shape of a node: round for a quantity, a pill for an activation."""
    if v.role == "fold":
        return ""
    if v.role != "activation":
        title = f"<title>{escape(reading.told(v))}</title>"
        return (
            f'<circle class="vertex" cx="{v.x:g}" cy="{v.y:g}" r="{v.radius:g}">'
            f"{title}</circle>"
        )
    return (
        f'<rect class="vertex" x="{v.x - PILL:g}" y="{v.y - v.radius:g}" rx="9" '
        f'width="{2 * PILL:g}" height="{2 * v.radius:g}"/>'
    )


def _text(slot: Slot, text: str) -> str:
    if not text:
        return ""
    size = slot.size * min(1.0, slot.width / extent(text, slot.size))
    kind = CLASSES.get(slot.shows, slot.shows)
    return written(kind, slot.x, slot.y, round(size, 1), text)
