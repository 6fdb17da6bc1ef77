"""Lines of aligned equations: where a chain breaks, for every form of output alike.

A chain stays in one line if it fits. Otherwise each relation begins a line, and what
is still too long goes on in lines that begin with an operator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backlit.explain.typeset.boxes import Boxes, Token, broken
from backlit.explain.typeset.layout import layout
from backlit.explain.typeset.mathematics import Equation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backlit.explain.typeset.boxes import Measure
    from backlit.explain.typeset.mathematics import Tree

WIDEST_LEFT = 0.4
INDENT = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what stands left of the relation, and the rest.

    Attributes:
        left: the left side; empty where the line goes on with the one before.
        right: the relation and what follows it, or any row.
        continued: whether the row goes on from the line before, and is indented.
    """

    left: Boxes
    right: Boxes
    continued: bool = False


def lines(
    equations: Sequence[Tree], width: float, measure: Measure, *, linear: bool
) -> list[Line]:
    """Lay equations out, one below the other, broken to a width.

    Args:
        equations: chains, or formulas without a relation.
        width: what a line may measure.
        measure: returns the width of boxes.
        linear: whether for one line of characters, else for two-storey fractions,
            which give way to linear quotients where they are too wide.

    Returns:
        The lines; all left sides are meant to end, all right sides to begin, together.
    """
    lefts = [measure(_left(tree, linear)) for tree in equations]
    column = max((left for left in lefts if left <= WIDEST_LEFT * width), default=0)
    found = []
    for tree in equations:
        rows = _rows(tree, width, column, measure, linear)
        if not linear and any(measure(row.left + row.right) > width for row in rows):
            rows = _rows(tree, width, column, measure, True)
        found += rows
    return found


def _left(tree: Tree, linear: bool) -> Boxes:
    return layout(tree.sides[0], linear=linear) if isinstance(tree, Equation) else ()


def _rows(
    tree: Tree, width: float, column: float, measure: Measure, linear: bool
) -> list[Line]:
    """Return the lines of one chain; a very long left side gets one for itself."""
    if not isinstance(tree, Equation):
        return _step_lines(layout(tree, linear=linear), width, measure)
    left, room = _left(tree, linear), width - column
    steps = [
        (Token("relation", relation), *layout(side, linear=linear))
        for relation, side in zip(tree.relations, tree.sides[1:], strict=True)
    ]
    whole = sum(steps, ())
    if measure(left) <= column and measure(whole) <= room:
        return [Line(left, whole)]
    if measure(left) > column:
        if measure(left + whole) <= width:
            return [Line((), left + whole)]
        first, left = _step_lines(left, room, measure), ()
    else:
        first = []
    rows = [line for step in steps for line in _step_lines(step, room, measure)]
    if first:
        return [*first, *rows]
    return [Line(left, rows[0].right), *rows[1:]]


def _step_lines(boxes: Boxes, width: float, measure: Measure) -> list[Line]:
    if measure(boxes) <= width:
        return [Line((), boxes)]
    first, *rest = broken(boxes, width - INDENT, measure)
    return [Line((), first), *(Line((), row, continued=True) for row in rest)]
