"""How the drawing looks: colours that follow the page, and widths that follow sizes.

Text has the colour of the page's text, and the other colours are mixed with it, so
that the drawing does on light and on dark ground. As a file of its own (`:root`) it
follows the reader's preference. Positive and negative are Okabe and Ito's blue and
vermilion; arrowheads, filled or open, say the same without colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from backlit.draw.geometry import Kind

THIN, THICK = 1.2, 4.2
QUIET = 0.55  # of the width of lines that are many

STYLE = """
svg.backlit:root { color: #1b1f24; }
@media (prefers-color-scheme: dark) { svg.backlit:root { color: #e4e7eb; } }
.backlit text { fill: currentColor; text-anchor: middle; }
.backlit .gradient, .backlit .result, .backlit .local { font-style: italic;
  fill: color-mix(in oklab, currentColor 50%, #cc39b4); }
.backlit .result, .backlit .symbol, .backlit .operation { font-weight: 600; }
.backlit .legend { text-anchor: start; }
.backlit .vertex { fill: none; pointer-events: all;
  stroke: currentColor; stroke-width: 1.4; }
.backlit .line { fill: none; }
.backlit .backward .line { stroke-dasharray: 5 3.5; }
.backlit .neutral, .backlit .zero { stroke: currentColor; stroke-opacity: 0.7; }
.backlit .zero { stroke-opacity: 0.35; }
.backlit .folded { stroke: currentColor; stroke-opacity: 0.22; }
.backlit .quiet { opacity: 0.75; }
.backlit .positive { stroke: #0072b2;
  stroke: color-mix(in oklab, currentColor 18%, #1a86cc); }
.backlit .negative { stroke: #d55e00;
  stroke: color-mix(in oklab, currentColor 12%, #e06a10); }
.backlit .head { stroke-width: 1.2; stroke-linejoin: round; fill: none; }
.backlit .neutral .head { fill: currentColor; fill-opacity: 0.7; stroke: none; }
.backlit .positive .head { fill: #0072b2;
  fill: color-mix(in oklab, currentColor 18%, #1a86cc); }
""".strip()


def sign(strength: float | None) -> str:
    """Return the class of a strength: positive, negative, zero, or neutral for none."""
    if strength is None or not isfinite(strength):
        return "neutral"
    return "positive" if strength > 0 else "negative" if strength < 0 else "zero"


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale of widths for one kind of quantity.

    Attributes:
        largest: The size that is drawn thickest; larger ones are no thicker.
    """

    largest: float

    def width(self, strength: float | None) -> float:
        """Return the width of a line."""
        if strength is None:
            return 1.5
        if not isfinite(strength):
            return THICK
        share = abs(strength) / self.largest if self.largest else 0.0
        return round(THIN + (THICK - THIN) * min(share, 1.0), 2)


def scale(strengths: list[float | None]) -> Scale:
    """Return the scale on which the largest of some strengths is thickest."""
    sizes = [abs(s) for s in strengths if s is not None and isfinite(s)]
    return Scale(max(sizes, default=0.0))


Scales: TypeAlias = "dict[Kind, Scale]"
"""The scales of forward and of backward lines, in this order."""
