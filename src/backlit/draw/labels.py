"""Where texts stand on crossing lines, so that none covers a line or another text.

Each text has some places along its own line. Those that another line runs through are
dropped; among the rest the search goes back and forth until all texts have room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from backlit.draw.curve import at, sampled
from backlit.draw.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from backlit.draw.curve import Curve
    from backlit.graph.node import Array

SHARES = [n / 40 for n in (20, *(m for d in range(1, 16) for m in (20 - d, 20 + d)))]
CLEAR = 3.0  # between a text and another line
APART = 4.0  # between two texts
TRIES = 4000


def placed(
    lines: Sequence[Sequence[Curve]], others: Sequence[Curve], size: tuple[float, float]
) -> list[Box] | None:
    """Find room for a text on each line.

    Args:
        lines: For each text the curves that it may interrupt, its own; it stands at
            the middle between the first and the last of them.
        others: Further curves that no text may touch.
        size: Width and height of a text.

    Returns:
        A box for each line, or None where there is no room for all.
    """
    points = [np.array([p for c in own for p in sampled(c)]) for own in lines]
    fixed = np.array([p for c in others for p in sampled(c)]).reshape(-1, 2)
    found: list[list[Box]] = []
    for n, own in enumerate(lines):
        rest = np.concatenate([fixed, *points[:n], *points[n + 1 :]])
        boxes = [box for box in _along(own, size) if not _crossed(box, rest)]
        found.append(boxes)
    return _chosen(found)


def _along(own: Sequence[Curve], size: tuple[float, float]) -> Iterator[Box]:
    for share in SHARES:
        (x, y), (u, v) = at(own[0], share), at(own[-1][::-1], share)
        middle = (x + u) / 2, (y + v) / 2
        yield Box(middle[0] - size[0] / 2, middle[1] - size[1] / 2, *size)


def _crossed(box: Box, points: Array) -> bool:
    low = np.array([box.x, box.y]) - CLEAR
    high = np.array([box.x + box.width, box.y + box.height]) + CLEAR
    return bool(((points > low) & (points < high)).all(axis=1).any())


def _chosen(places: list[list[Box]]) -> list[Box] | None:
    """Choose a place for each so that no two meet; the tightest are set first."""
    order = sorted(range(len(places)), key=lambda n: len(places[n]))
    chosen: dict[int, Box] = {}
    tries = iter(range(TRIES))

    def rest(depth: int) -> bool:
        if depth == len(order):
            return True
        for box in places[order[depth]]:
            if next(tries, None) is None:
                return False
            if any(box.meets(other, APART) for other in chosen.values()):
                continue
            chosen[order[depth]] = box
            if rest(depth + 1):
                return True
            del chosen[order[depth]]
        return False

    return [chosen[n] for n in range(len(places))] if rest(0) else None
