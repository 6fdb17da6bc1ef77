"""A neuron of a network from near: its inputs, Σ, activation, and what it feeds.

The left part is the lesson's drawing of a lone neuron. Every neuron of a layer has the
same drawing; the number of the neuron is an argument, and may be a letter, so that one
drawing can stand for all of them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from backlit.draw.columns import sizes
from backlit.draw.curve import joined, straight, swung
from backlit.draw.fold import Row, folded
from backlit.draw.geometry import Edge, Geometry, Sketch, Slot, Vertex, finished
from backlit.draw.lone import (
    APART,
    LABEL,
    LEFT,
    PITCH,
    SMALL,
    TOP,
    around,
    ended,
    neuron,
)
from backlit.draw.ports import aside, ports, rim

if TYPE_CHECKING:
    from collections.abc import Callable

    from backlit.draw.curve import Point
    from backlit.draw.geometry import Part, Role
    from backlit.network.architecture import Architecture

RUN, SWING = 200.0, 84.0  # of the lines to the next layer


def within(architecture: Architecture, depth: int, number: int | str) -> Geometry:
    """Lay out one neuron of a network.

    Args:
        architecture: The network.
        depth: Its layer, from 1.
        number: Which neuron, from 0, or a letter for any of them.
    """
    a, layer = architecture, architecture.layers[depth - 1]
    rows = folded(sizes(a)[depth - 1])
    last = depth == len(a.layers)
    fed = [] if last else folded(sizes(a)[depth + 1])
    count = len(rows) + layer.use_bias
    middle = TOP + (max(count, len(fed)) - 1) / 2 * PITCH
    sketch: Sketch = []
    output = neuron(sketch, rows, layer, middle - (count - 1) / 2 * PITCH, middle)
    right = ended(sketch, output) if last else _feeds(sketch, output, fed)
    lowest = max(part.y for part in sketch if isinstance(part, Vertex))
    rename = _renaming(depth, number)
    named = [_renamed(part, rename) for part in sketch]
    return finished(named, right.x + right.radius + LEFT - SMALL, lowest + 56)


def _feeds(sketch: Sketch, output: Vertex, rows: list[Row]) -> Vertex:
    """Add the sums of the next layer with the lines that lead there."""
    x = output.x + output.radius + SWING + RUN + SMALL
    top = output.y - (len(rows) - 1) / 2 * PITCH
    starts = ports(output, len(rows), 1)
    for n, (row, start) in enumerate(zip(rows, starts, strict=True)):
        role: Role = "fold" if row.count else "sum"
        name, y = f"next.sum[{row.index}]", top + n * PITCH
        _feed(sketch, output, Vertex(role, name, x, y, SMALL, row.count), start)
    return Vertex("sum", "", x, top, SMALL)


def _feed(
    sketch: Sketch, output: Vertex, fed: Vertex, start: tuple[Point, Point]
) -> None:
    corner = fed.x - SMALL - RUN
    if fed.role == "fold":
        end = fed.x - 46, fed.y
        curve = joined(swung(start[0], (corner, fed.y)), straight((corner, fed.y), end))
        sketch += [fed, Edge("forward", curve, folded=True)]
        sketch.append(Slot("text", f"⋮ {fed.count} more", fed.x, fed.y + 4, 92))
        return
    around(sketch, fed)
    weight = f"next.weight[{fed.name[9:-1]},{output.name[-2]}]"
    up, low = (corner, fed.y - APART), (corner, fed.y + APART)
    there = joined(swung(start[0], up), straight(up, aside(rim(fed, -APART, -1), -1)))
    back = joined(straight(rim(fed, APART, -1), low), swung(low, aside(start[1], 1)))
    middle, room = corner + RUN / 2 - 6, RUN - 26
    sketch += [
        Edge("forward", there, weight),
        Edge("backward", back, of=fed.name, by=output.name),
        Slot("equation", weight, middle, fed.y - APART - 7, room, size=14),
        Slot("local", fed.name, middle, fed.y + APART + LABEL, room, by=output.name),
    ]


def _renaming(depth: int, number: int | str) -> Callable[[str], str]:
    """Return what makes the names of a lone neuron those of one in a network."""
    own, after = f"dense{depth}.", f"dense{depth + 1}."
    before = f"dense{depth - 1}.output[" if depth > 1 else "x["

    def rename(name: str) -> str:
        if name.startswith("next."):
            changed = re.sub(r",0\]$", f",{number}]", name)
            return changed.replace("next.", after)
        if name.startswith("dense1."):
            changed = re.sub(r"\[0", f"[{number}", name)
            return changed.replace("dense1.", own)
        if name.startswith("t["):
            return f"t[{number}]"
        return name.replace("x[", before)

    return rename


def _renamed(part: Part, rename: Callable[[str], str]) -> Part:
    if isinstance(part, Edge):
        own, of, by = map(rename, (part.name, part.of, part.by))
        return replace(part, name=own, of=of, by=by)
    if isinstance(part, Slot):
        if part.shows in {"text", "operation"}:
            return part
        return replace(part, name=rename(part.name), by=rename(part.by))
    return part if part.role == "activation" else replace(part, name=rename(part.name))
