"""Curves of cubic Bézier pieces: made, sampled, and cut where a text stands.

A curve is its control points, three for each piece after the first point.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from backlit.draw.geometry import Box

Point: TypeAlias = tuple[float, float]
Curve: TypeAlias = tuple[Point, ...]
SAMPLES = 60


def straight(start: Point, end: Point) -> Curve:
    """Return a straight line."""
    return (start, between(start, end, 1 / 3), between(start, end, 2 / 3), end)


def swung(start: Point, end: Point, aside: float = 0.0) -> Curve:
    """Return an S that leaves and arrives level; its middle may be moved aside."""
    middle = (start[0] + end[0]) / 2 + aside
    return (start, (middle, start[1]), (middle, end[1]), end)


def joined(*curves: Curve) -> Curve:
    """Return curves one after the other; each starts where the last one ends."""
    first, *rest = curves
    return first + tuple(point for curve in rest for point in curve[1:])


def between(a: Point, b: Point, share: float) -> Point:
    """Return the point at a share of the way from one point to another."""
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def at(curve: Curve, share: float) -> Point:
    """Return the point at a share (0 to 1) of a curve of one piece."""
    return _cut(curve, share)[0][-1]


def sampled(curve: Curve, count: int = SAMPLES) -> list[Point]:
    """Return points along a curve, both ends among them."""
    shares = [n / count for n in range(count + 1)]
    return [at(piece, share) for piece in _pieces(curve) for share in shares]


def without(curve: Curve, gap: Box | None, margin: float = 3.0) -> list[Curve]:
    """Return what is left of a curve of one piece outside a rectangle."""
    if gap is None:
        return [curve]
    shares = [n / 200 for n in range(201)]
    inside = [s for s in shares if gap.holds(*at(curve, s), margin)]
    if not inside:
        return [curve]
    return [_cut(curve, inside[0])[0], _cut(curve, inside[-1])[1]]


def path(curve: Curve) -> str:
    """Return the curve as the data of an SVG path.

    >>> path(straight((0.0, 0.0), (3.0, 0.0)))
    'M0 0C1 0 2 0 3 0'
    """
    pairs = [" ".join(f"{v:.1f}".removesuffix(".0") for v in p) for p in curve]
    pieces = [" ".join(pairs[n : n + 3]) for n in range(1, len(pairs), 3)]
    return f"M{pairs[0]}" + "".join(f"C{piece}" for piece in pieces)


def _pieces(curve: Curve) -> list[Curve]:
    return [curve[n : n + 4] for n in range(0, len(curve) - 1, 3)]


def _cut(curve: Curve, share: float) -> tuple[Curve, Curve]:
    """Cut one piece in two, as de Casteljau does."""
    rows = [curve]
    while len(rows[-1]) > 1:
        last = rows[-1]
        pairs = zip(last, last[1:], strict=False)
        rows.append(tuple(between(a, b, share) for a, b in pairs))
    return tuple(row[0] for row in rows), tuple(row[-1] for row in reversed(rows))
