"""Curves of cubic Bézier pieces: made, sampled and written.

A curve is its control points, three for each piece after the first point.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TypeAlias

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


def sampled(curve: Curve) -> list[Point]:
    """Return points along a curve, both ends among them."""
    shares = [n / SAMPLES for n in range(SAMPLES + 1)]
    pieces = [curve[n : n + 4] for n in range(0, len(curve) - 1, 3)]
    return [_at(piece, share) for piece in pieces for share in shares]


def _at(points: Curve, share: float) -> Point:
    """Return a point of one piece, as de Casteljau finds it."""
    while len(points) > 1:
        points = tuple(between(a, b, share) for a, b in pairwise(points))
    return points[0]


def path(curve: Curve) -> str:
    """Return the curve as the data of an SVG path.

    >>> path(straight((0.0, 0.0), (3.0, 0.0)))
    'M0 0C1 0 2 0 3 0'
    """
    pairs = [" ".join(f"{v:.1f}".removesuffix(".0") for v in p) for p in curve]
    pieces = [" ".join(pairs[n : n + 3]) for n in range(1, len(pairs), 3)]
    return f"M{pairs[0]}" + "".join(f"C{piece}" for piece in pieces)
