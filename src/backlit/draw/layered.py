"""Columns of neurons, each Σ and activation in one node, and every line between them.

Columns stand as far apart as the texts on the lines between them need: weights by
name, their numbers alone, or none at all where lines are too many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backlit.draw.columns import PITCH, TOP, column, heading, tallest, texts
from backlit.draw.crossing import LEVELS, lines, written
from backlit.draw.ending import ended
from backlit.draw.geometry import Geometry, Sketch, Vertex

if TYPE_CHECKING:
    from backlit.network.architecture import Architecture

LEFT = 66.0


def layered(architecture: Architecture) -> Geometry:
    """Lay out a network of several neurons."""
    a, sketch = architecture, Sketch()
    found = column(a, 0, LEFT)
    _add(sketch, found, ("input", str(a.inputs)))
    for depth, layer in enumerate(a.layers, 1):
        found = _next(sketch, a, depth, found)
        _add(sketch, found, (f"layer {depth}", f"{layer.units} {layer.activation}"))
    rows = tallest(a) - 1
    width = ended(sketch, a, found, TOP + rows / 2 * PITCH)
    return sketch.finished(width, TOP + rows * PITCH + 54)


def _add(sketch: Sketch, found: list[Vertex], words: tuple[str, str]) -> None:
    sketch.vertices += found
    sketch.slots += heading(found[0].x, *words)
    sketch.slots += [slot for vertex in found for slot in texts(vertex)]


def _next(
    sketch: Sketch, a: Architecture, depth: int, before: list[Vertex]
) -> list[Vertex]:
    """Add the lines to the next column with the most text that has room there."""
    for level in LEVELS:
        found = column(a, depth, before[0].x + level.distance)
        pairs = lines(before, found, f"dense{depth}")
        slots = written(pairs, level)
        if slots is not None:
            sketch.slots += slots
            break
    sketch.edges += [edge for pair in pairs for edge in pair]
    return found
