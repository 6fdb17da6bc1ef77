"""A recorded pass drawn, for a page, a notebook or a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from backlit.draw.layout import layout
from backlit.draw.reading import Reading
from backlit.draw.svg import write
from backlit.explain.typeset.text import expression
from backlit.files import written
from backlit.options import whole

if TYPE_CHECKING:
    from backlit.draw.geometry import Geometry
    from backlit.trace.trace import Trace


@dataclass(frozen=True)
class Drawing:
    """A picture; a notebook shows it.

    Attributes:
        svg: The picture as SVG.
    """

    svg: str

    def __str__(self) -> str:
        return self.svg

    def _repr_svg_(self) -> str:
        return self.svg

    def save(self, path: str | Path) -> None:
        """Write the picture into an SVG file."""
        Path(path).write_text(self.svg, "utf-8")
