"""Columns of neurons, each Σ and activation in one node, and every line between them.

Columns stand as far apart as the texts on the lines between them need: the weight by
name, its number alone, or none at all where lines are too many.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backlit.draw.ending import ended
from backlit.draw.fold import Row, folded
from backlit.draw.geometry import Sketch, Slot, Vertex
from backlit.draw.lines import Lines, crossing, set_texts

if TYPE_CHECKING:
    from backlit.draw.geometry import Geometry
    from backlit.network.architecture import Architecture

LEFT, TOP, PITCH = 56.0, 112.0, 104.0
RADIUS = 22.0
FOLD_ROOM = 96.0


@dataclass(frozen=True, slots=True)
class Level:
    """How much is written on the lines between two columns.

    Attributes:
        distance: Between the columns.
        width: Of a text.
        shows: What stands in its lines.
    """

    distance: float
    width: float
    shows: tuple[str, ...]


LEVELS = (
    Level(340, 122, ("equation", "gradient")),
    Level(300, 66, ("value", "gradient")),
    Level(300, 60, ("value",)),
    Level(230, 0, ()),
)
MOST_TEXTS = 20


def layered(architecture: Architecture) -> Geometry:
    """Lay out a network of several neurons."""
    a, sketch = architecture, Sketch()
    sizes = [a.inputs, *(layer.units for layer in a.layers)]
    biases = [*(layer.use_bias for layer in a.layers), False]
    columns = [folded(size) for size in sizes]
    tallest = max(len(c) + b for c, b in zip(columns, biases, strict=True))
    before, x = _column(sketch, a, 0, LEFT, tallest), LEFT
    for depth in range(1, len(columns)):
        level, x, column = _next(sketch, a, depth, (x, tallest), before)
        del level
        before = column
    bottom = TOP + (tallest - 1) * PITCH + 54
    middle = TOP + (tallest - 1) / 2 * PITCH
    width = ended(sketch, a, before, middle)
    return sketch.finished(width, bottom)
