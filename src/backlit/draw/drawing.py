"""A recorded pass drawn, for a page, a notebook or a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backlit.draw.layout import layout
from backlit.draw.reading import Reading
from backlit.draw.svg import write
from backlit.files import write_whole
from backlit.options import whole

if TYPE_CHECKING:
    from pathlib import Path

    from backlit.draw.geometry import Geometry
    from backlit.network.architecture import Architecture
    from backlit.trace.trace import Trace

MOST_WEIGHTS = 24  # that are told one by one


@dataclass(frozen=True)
class Drawing:
    """A picture; a notebook shows it.

    Attributes:
        svg: The picture as SVG, a whole file.
    """

    svg: str

    def __str__(self) -> str:
        return self.svg

    def _repr_svg_(self) -> str:
        return self.svg

    def save(self, path: str | Path) -> None:
        """Write the picture into an SVG file.

        Raises:
            DataError: The file cannot be written.
        """
        write_whole(path, self.svg.encode())


def diagram(trace: Trace, *, digits: int = 4) -> str:
    """Draw a recorded pass: forward, error and backward, with its numbers, as SVG.

    A lone neuron is drawn with each operation a node of its own, larger networks with
    a node for each neuron. Of wide layers the first neurons and the last are drawn, of
    a batch the first sample. Where everything stands depends on the architecture only.

    Args:
        trace: The pass.
        digits: Significant digits of numbers; where room is short they have fewer.

    Returns:
        The picture, which stands for itself or inside an HTML page.

    Raises:
        OptionError: digits is no whole number from 1 on.
    """
    geometry = layout(trace.architecture)
    reading = Reading(trace, whole("digits", digits, 1))
    title = f"One pass through {_network(trace.architecture)}"
    return write(geometry, reading, title, _told(geometry, reading))


def _network(a: Architecture) -> str:
    layers = ", ".join(f"{layer.units} {layer.activation}" for layer in a.layers)
    if len(a.layers) == a.layers[0].units == 1:
        return f"a {a.layers[0].activation} neuron with {_inputs(a)}"
    return f"a network of {_inputs(a)} and layers of {layers}"


def _inputs(a: Architecture) -> str:
    return f"{a.inputs} input{'s' * (a.inputs > 1)}"


def _told(geometry: Geometry, reading: Reading) -> str:
    """Return all values and gradients of the drawing, one sentence for each node."""
    named = [e for e in geometry.edges if e.name and e.kind == "forward"]
    edges = named if len(named) <= MOST_WEIGHTS else []
    shown = [v for v in geometry.vertices if v.role not in {"fold", "activation"}]
    every = [*map(reading.told, shown), *map(reading.said, edges)]
    told = ". ".join(dict.fromkeys(filter(None, every)))
    return f"Values, and below them the gradients of the error E. {told}."
