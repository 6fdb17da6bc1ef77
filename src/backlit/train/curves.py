"""Curves against epochs as a picture (SVG), readable without colour.

Lines differ in dash as well as in colour, and each is named at its end beside a piece
of it; the text follows the page's colour, so that the picture does on light and dark
ground. Where a value is not finite the line has a gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import groupby
from math import ceil, floor, isfinite, log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

WIDTH, HEIGHT = 640, 360
TOP, BOTTOM = 16, 44
LETTER = 8.3  # the width of an ordinary letter at the size of the text
LINE = 16  # the height of a line of text
SAMPLE = 28  # the length of the piece of line beside a name
LARGEST, SMALLEST = 1e300, 1e-300  # of values: their differences are numbers too
# Okabe and Ito 2008
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
DASHES = ("", "6 4", "2 3", "10 3 2 3", "14 4")

HEAD = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
    f'width="{WIDTH}" height="{HEIGHT}" style="max-width: 100%; height: auto" '
    'role="img" font-family="sans-serif" font-size="13" fill="currentColor">'
)

Point = tuple[float, float]


@dataclass(frozen=True)
class _Frame:
    """Where in the picture the values are."""

    left: float
    right: float
    low: float
    high: float
    count: int

    def x(self, n: float) -> float:
        share = (n - 1) / max(self.count - 1, 1)
        return round(self.left + share * (self.right - self.left), 1)

    def y(self, v: float) -> float:
        share = (v - self.low) / (self.high - self.low)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def curves(columns: Mapping[str, Sequence[float]], across: str = "epoch") -> str:
    """Return an SVG of named lines.

    Args:
        columns: The values of each line, at 1, 2, 3 and so on.
        across: What is counted.
    """
    finite = [v for line in columns.values() for v in line if _drawable(v)]
    ticks = _ticks(min(finite, default=0.0), max(finite, default=1.0))
    labels = [_label(tick) for tick in ticks]
    frame = _Frame(
        left=round(16 + LETTER * max(map(len, labels))),
        right=round(WIDTH - SAMPLE - 20 - LETTER * max(map(len, columns), default=0)),
        low=ticks[0],
        high=ticks[-1],
        count=max([1, *map(len, columns.values())]),
    )
    parts = [
        HEAD,
        f"<title>{escape(', '.join(columns))} by {escape(across)}</title>",
        *(_rule(frame, *tick) for tick in zip(ticks, labels, strict=True)),
        *_numbers(frame, across),
        *_lines(frame, columns),
    ]
    return "\n".join([*parts, "</svg>"])


def _drawable(value: float) -> bool:
    return isfinite(value) and abs(value) <= LARGEST


def _rule(frame: _Frame, tick: float, label: str) -> str:
    """Draw a line across with its number."""
    y = frame.y(tick)
    return (
        f'<line x1="{frame.left}" x2="{frame.right}" y1="{y}" y2="{y}" '
        'stroke="currentColor" stroke-opacity="0.2"/>'
        f'<text x="{frame.left - 8}" y="{y + 4:g}" text-anchor="end">{label}</text>'
    )


def _numbers(frame: _Frame, across: str) -> Iterator[str]:
    """Write round numbers below, and what they count."""
    step = max(1, round(_step(frame.count)))
    for n in sorted({1, *range(step, frame.count + 1, step)}):
        x, y = frame.x(n), HEIGHT - BOTTOM + 18
        yield f'<text x="{x}" y="{y}" text-anchor="middle">{n}</text>'
    middle = (frame.left + frame.right) / 2
    yield (
        f'<text x="{middle}" y="{HEIGHT - 6}" text-anchor="middle">'
        f"{escape(across)}</text>"
    )


def _lines(frame: _Frame, columns: Mapping[str, Sequence[float]]) -> Iterator[str]:
    """Draw each line, and its name beside where it ends."""
    drawn = {name: _pieces(frame, line) for name, line in columns.items()}
    ends = {name: pieces[-1][-1][1] for name, pieces in drawn.items() if pieces}
    names = _apart(ends)
    for k, (name, pieces) in enumerate(drawn.items()):
        colour, dash = COLOURS[k % len(COLOURS)], DASHES[k % len(DASHES)]
        if not pieces:
            continue
        yield (
            f'<g fill="none" stroke="{colour}" stroke-width="2" '
            f'stroke-dasharray="{dash or "none"}">'
        )
        yield from (_piece(piece) for piece in pieces)
        start, y = frame.right + 8, names[name]
        yield f'<line x1="{start}" x2="{start + SAMPLE}" y1="{y}" y2="{y}"/></g>'
        yield (
            f'<text x="{start + SAMPLE + 6}" y="{y + 4:g}" fill="{colour}">'
            f"{escape(name)}</text>"
        )


def _pieces(frame: _Frame, line: Sequence[float]) -> list[list[Point]]:
    """Return the points of the line, in pieces between what is not finite."""
    numbered = enumerate(line, 1)
    return [
        [(frame.x(n), frame.y(v)) for n, v in run]
        for finite, run in groupby(numbered, lambda point: _drawable(point[1]))
        if finite
    ]


def _piece(points: list[Point]) -> str:
    """Draw a piece of line; a lone point is a dot."""
    if len(points) == 1:
        (x, y), dot = points[0], 'r="2" stroke-dasharray="none"'
        return f'<circle cx="{x}" cy="{y}" {dot}/>'
    path = " ".join(f"{x},{y}" for x, y in _thinned(points))
    return f'<polyline points="{path}"/>'


def _thinned(points: list[Point]) -> list[Point]:
    """Keep of the points above one another the ends and extremes: it looks the same."""
    kept: list[Point] = []
    for _, group in groupby(points, lambda point: floor(point[0])):
        column = list(group)
        heights = [y for _, y in column]
        extremes = (heights.index(min(heights)), heights.index(max(heights)))
        kept += [column[n] for n in sorted({0, *extremes, len(column) - 1})]
    return kept


def _apart(ends: Mapping[str, float]) -> dict[str, float]:
    """Return heights for names near those of their lines, but not over one another."""
    placed: dict[str, float] = {}
    lowest = HEIGHT - BOTTOM - LINE * (len(ends) - 1)
    above: float = -LINE
    for n, (name, y) in enumerate(sorted(ends.items(), key=lambda end: end[1])):
        above = max(min(y, lowest + LINE * n), above + LINE)
        placed[name] = round(above, 1)
    return placed


def _ticks(low: float, high: float) -> list[float]:
    """Return round numbers from below to above; from 0 where that costs little."""
    if 0 < low < 0.5 * high:
        low = 0.0
    size = max(abs(low), abs(high))
    if size < SMALLEST:
        low, high = 0.0, 1.0
    elif high - low < 1e-9 * size:  # all the same, to what could be written
        low, high = low - size / 2, high + size / 2
    step = _step(high - low)
    little = 1e-9  # 0.3 / 0.05 is a little below 6
    first, last = floor(low / step + little), ceil(high / step - little)
    return [n * step for n in range(first, last + 1)]


def _step(span: float) -> float:
    """Return a round distance (1, 2 or 5 times a power of 10) for about 5 ticks."""
    power: float = 10.0 ** floor(log10(span / 5))
    return next(power * m for m in (1, 2, 5, 10) if span / (power * m) <= 6)


def _label(tick: float) -> str:
    """Write a number without the zeros that a computer would add."""
    if tick and not 1e-4 <= abs(tick) < 1e7:
        digits, _, power = f"{tick:.6e}".partition("e")
        return f"{digits.rstrip('0').rstrip('.')}e{int(power)}"
    return f"{tick:.10g}"
