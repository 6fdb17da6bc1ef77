"""The drawing as data: what stands where, before anything is written.

    layout: Architecture -> Geometry        svg: Geometry and Trace -> picture

Positions depend on the architecture alone, so they never move while weights change.
Names are those of one sample: `dense1.weight[0,1]`, `dense1.output[3]`, `x[0]`. Units
are pixels; x grows to the right, y downwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from backlit.draw.curve import Curve

Role: TypeAlias = Literal[
    "input",
    "bias",
    "sum",
    "activation",
    "output",
    "neuron",
    "target",
    "error",
    "fold",
]
Kind: TypeAlias = Literal["forward", "backward"]
Shows: TypeAlias = Literal[
    "symbol",
    "operation",
    "value",
    "gradient",
    "equation",
    "gradient equation",
    "local",
    "text",
]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: its left and upper edge, its width and height."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: Box, margin: float = 0.0) -> bool:
        """Tell whether two rectangles have a point, or less than the margin between."""
        across = abs(self.x + self.width / 2 - other.x - other.width / 2)
        down = abs(self.y + self.height / 2 - other.y - other.height / 2)
        return (
            across < (self.width + other.width) / 2 + margin
            and down < (self.height + other.height) / 2 + margin
        )

    def holds(self, x: float, y: float, margin: float = 0.0) -> bool:
        """Tell whether a point lies inside, or nearer than the margin."""
        return self.meets(Box(x, y, 0.0, 0.0), margin)


@dataclass(frozen=True, slots=True)
class Vertex:
    """A node of the drawing.

    Attributes:
        role: What it stands for.
        name: The quantity that it shows; of a layer's bias the whole parameter.
        x: Its centre.
        y: Its centre.
        radius: Half its height; an activation is wider than high.
        count: Of a fold: how many neurons or inputs are not drawn.
    """

    role: Role
    name: str
    x: float
    y: float
    radius: float
    count: int = 0


@dataclass(frozen=True, slots=True)
class Edge:
    """A line with an arrowhead, in the direction in which values flow.

    Attributes:
        kind: Forward, or backward: then it stands for the local derivative ∂of/∂by.
        curve: Where it runs, up to the arrowhead.
        name: The weight or bias on it, if one is.
        of: The quantity that is differentiated.
        by: The quantity it is differentiated by; both empty on a forward edge.
        folded: Whether it stands for the edges of what is folded away; without an
            arrowhead.
        quiet: Whether it is one of too many to stand out.
    """

    kind: Kind
    curve: Curve
    name: str = ""
    of: str = ""
    by: str = ""
    folded: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """Room for a text, centred.

    Attributes:
        shows: What of the quantity: its symbol, value, gradient, or an equation;
            `local` is ∂name/∂by = …, `text` is the name itself.
        name: The quantity.
        x: The middle.
        y: The baseline.
        width: The room; numbers have as many digits as it allows.
        by: Of a local derivative: the quantity it is differentiated by.
        size: Of the font.
    """

    shows: Shows
    name: str
    x: float
    y: float
    width: float
    by: str = ""
    size: float = 12.5

    @property
    def box(self) -> Box:
        """The room as a rectangle."""
        left = self.x - self.width / 2
        return Box(left, self.y - 0.8 * self.size, self.width, self.size)


@dataclass(frozen=True, slots=True)
class Geometry:
    """A whole drawing.

    Attributes:
        width: Of the drawing, without its legend.
        height: Likewise.
        vertices: The nodes.
        edges: The lines between them.
        slots: The places of texts.
    """

    width: float
    height: float
    vertices: tuple[Vertex, ...]
    edges: tuple[Edge, ...]
    slots: tuple[Slot, ...]


Part: TypeAlias = Vertex | Edge | Slot
Sketch: TypeAlias = list[Part]
"""The parts of a drawing while it is laid out."""


def finished(sketch: Sketch, width: float, height: float) -> Geometry:
    """Return the drawing of some parts, which changes no more."""
    return Geometry(
        width,
        height,
        tuple(part for part in sketch if isinstance(part, Vertex)),
        tuple(part for part in sketch if isinstance(part, Edge)),
        tuple(part for part in sketch if isinstance(part, Slot)),
    )
