"""Curves against epochs as a picture (SVG), readable without colour.

Lines differ in dash as well as in colour and are named at their end; the text follows
the page's colour, so that the picture does on light and dark ground.
"""

from __future__ import annotations

from html import escape
from math import floor, isfinite, log10

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 64, 140, 16, 44
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")  # Okabe and Ito 2008
DASHES = ("", "6 4", "2 3", "8 3 2 3")


def curves(columns: dict[str, list[float]], across: str = "epoch") -> str:
    """Return an SVG of named lines; positions count from 1, gaps where not finite."""
    values = [v for line in columns.values() for v in line if isfinite(v)] or [0.0, 1.0]
    low, high = _rounded(min(values), max(values))
    count = max((len(line) for line in columns.values()), default=1)

    def place(n: float, v: float) -> tuple[float, float]:
        x = LEFT + (n - 1) / max(count - 1, 1) * (WIDTH - LEFT - RIGHT)
        y = HEIGHT - BOTTOM - (v - low) / (high - low) * (HEIGHT - TOP - BOTTOM)
        return round(x, 1), round(y, 1)

    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
            'role="img" font-family="sans-serif" font-size="13" fill="currentColor">'
        ),
        f"<title>{escape(', '.join(columns))} by {escape(across)}</title>",
    ]
    for tick in _ticks(low, high):
        _, y = place(1, tick)
        parts += [
            (
                f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" '
                'stroke="currentColor" stroke-opacity="0.2"/>'
            ),
            f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{tick:.4g}</text>',
        ]
    for n in sorted({1, (count + 1) // 2, count}):
        x, _ = place(n, low)
        parts.append(
            f'<text x="{x}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{n}</text>'
        )
    parts.append(
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 6}" '
        f'text-anchor="middle">{escape(across)}</text>'
    )
    ends: list[float] = []
    for k, (name, line) in enumerate(columns.items()):
        points = [place(n, v) for n, v in enumerate(line, 1) if isfinite(v)]
        if points:
            parts.append(_line(name, points, k, ends))
    return "\n".join([*parts, "</svg>"])


def _line(
    name: str, points: list[tuple[float, float]], k: int, ends: list[float]
) -> str:
    """Draw one line and its name, moved down where it would cover another name."""
    colour, dash = COLOURS[k % len(COLOURS)], DASHES[k % len(DASHES)]
    path = " ".join(f"{x},{y}" for x, y in points)
    x, y = points[-1]
    while any(abs(y - other) < 15 for other in ends):
        y += 15
    ends.append(y)
    return (
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" '
        f'stroke-dasharray="{dash}"/>'
        f'<text x="{x + 8}" y="{y + 4}" fill="{colour}">{escape(name)}</text>'
    )


def _rounded(low: float, high: float) -> tuple[float, float]:
    """Widen a range to whole ticks; losses start at 0 where that costs little."""
    if 0 < low < 0.5 * high:
        low = 0.0
    if low == high:
        low, high = low - 0.5, high + 0.5
    step = _step(high - low)
    return floor(low / step) * step, -floor(-high / step) * step


def _step(span: float) -> float:
    """Return a round distance (1, 2 or 5 times a power of 10) for about 5 ticks."""
    power: float = 10.0 ** floor(log10(span / 5))
    return next(power * m for m in (1, 2, 5, 10) if span / (power * m) <= 6)


def _ticks(low: float, high: float) -> list[float]:
    step = _step(high - low)
    return [low + n * step for n in range(round((high - low) / step) + 1)]
