"""Columns of neurons, each Σ and activation in one node, and every line between them.

Where lines are few, weights and gradients stand on them and rows are higher for that;
where they are many, colour and width alone tell them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backlit.draw.columns import (
    ROW,
    TOP,
    column,
    has_numbers,
    heading,
    height,
    texts,
)
from backlit.draw.crossing import distance, lines
from backlit.draw.ending import ended
from backlit.draw.fold import FIRST
from backlit.draw.geometry import Geometry, Sketch, Vertex, finished

if TYPE_CHECKING:
    from backlit.network.architecture import Architecture

LEFT = 66.0


def layered(
    architecture: Architecture, opened: int | None = None, first: int = FIRST
) -> Geometry:
    """Lay out a network of several neurons; the arguments are those of `layout`."""
    a = architecture
    shown = [first if depth == opened else FIRST for depth in range(len(a.layers) + 1)]
    found = column(a, 0, LEFT, shown[0])
    sketch = _written(found, ("inputs", str(a.inputs)))
    for depth, layer in enumerate(a.layers, 1):
        before, numbers = found, has_numbers(a, depth)
        x = before[0].x + distance(before, numbers=numbers)
        found = column(a, depth, x, shown[depth])
        sketch += _written(
            found, (f"layer {depth}", f"{layer.units} {layer.activation}")
        )
        sketch += lines(before, found, f"dense{depth}", numbers=numbers)
    tall = height(a)
    width = ended(sketch, a, found, TOP + tall / 2)
    lowest = max(part.y for part in sketch if isinstance(part, Vertex)) + ROW / 2
    return finished(sketch, width, max(TOP + tall, lowest))


def _written(found: list[Vertex], words: tuple[str, str]) -> Sketch:
    slots = [slot for vertex in found for slot in texts(vertex)]
    return [*found, *heading(found[0].x, *words), *slots]
