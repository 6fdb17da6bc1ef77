"""Boxes: a formula as things set side by side, above or below one another.

    box   := Token | Fraction | Script | Root | Limits | Grid | Group
    boxes := (box, ...)        set from left to right

`layout` makes boxes of a formula; each renderer writes them in its language; this
module knows how they nest and where a row that is too long may break.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from backlit.explain.mathematics import Role

    Measure: TypeAlias = Callable[["Boxes"], float]

Kind: TypeAlias = Literal[
    "number",
    "letter",
    "bold",
    "word",
    "function",
    "operator",
    "relation",
    "sign",
    "mark",
    "separator",
    "open",
    "close",
    "prose",
    "sum",
]


@dataclass(frozen=True, slots=True)
class Token:
    """One sign; `tall` is set on brackets around something of more than one line."""

    kind: Kind
    text: str
    tall: bool = False


@dataclass(frozen=True, slots=True)
class Fraction:
    """One row over another."""

    over: Boxes
    under: Boxes


@dataclass(frozen=True, slots=True)
class Script:
    """A base with what stands small at its foot and head."""

    base: Boxes
    sub: Boxes
    sup: Boxes


@dataclass(frozen=True, slots=True)
class Root:
    """A square root."""

    body: Boxes


@dataclass(frozen=True, slots=True)
class Limits:
    """A large sign with what stands under and over it."""

    sign: Token
    lower: Boxes
    upper: Boxes


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows and columns: a matrix, or the cases of a piecewise formula."""

    kind: Literal["matrix", "cases"]
    rows: tuple[tuple[Boxes, ...], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A row with a role; without one, a row that stays in one line."""

    body: Boxes
    role: Role | None = None


Box: TypeAlias = Token | Fraction | Script | Root | Limits | Grid | Group
Boxes: TypeAlias = tuple[Box, ...]


def is_tall(boxes: Boxes) -> bool:
    """Return whether brackets around the boxes must grow."""
    return any(
        isinstance(box, Fraction | Grid)
        or (isinstance(box, Limits) and bool(box.lower + box.upper))
        or (isinstance(box, Group) and is_tall(box.body))
        or (isinstance(box, Script) and is_tall(box.base))
        for box in boxes
    )


def enclosed(opening: str, boxes: Boxes, closing: str) -> Boxes:
    """Return boxes between brackets that are as tall as they are."""
    tall = is_tall(boxes)
    return (Token("open", opening, tall), *boxes, Token("close", closing, tall))


def separated(parts: list[Boxes], separator: Token) -> Boxes:
    """Return rows one after the other with a sign between them."""
    between = [box for part in parts for box in (separator, *part)]
    return tuple(between[1:])


def extent(boxes: Boxes) -> float:
    """Return the width of typeset boxes, about, in digits of the body font."""
    return sum(map(_extent, boxes))


_SPACED = {"operator": 2.4, "relation": 3.2, "separator": 1.0, "sign": 1.6, "sum": 2.4}


def _extent(box: Box) -> float:
    match box:
        case Token():
            return _SPACED.get(box.kind, 0.95 * len(box.text))
        case Fraction():
            return max(extent(box.over), extent(box.under)) + 0.5
        case Script():
            return extent(box.base) + 0.75 * max(extent(box.sub), extent(box.sup))
        case Root():
            return extent(box.body) + 1.8
        case Limits():
            small = max(extent(box.lower), extent(box.upper))
            return max(extent((box.sign,)), 0.75 * small)
        case Grid():
            widths = [
                max(map(extent, column)) for column in zip(*box.rows, strict=True)
            ]
            return sum(widths) + 2.0 * len(widths)
        case Group():
            return extent(box.body)


def broken(boxes: Boxes, width: float, measure: Measure) -> list[Boxes]:
    """Break a row into lines of at most a width, if it has places to break.

    A line breaks before an operator or relation, or after a comma; outside of brackets
    rather than inside. What has no such place stays whole, however long.

    Args:
        boxes: the row.
        width: what a line may measure.
        measure: returns the width of boxes.

    Returns:
        The lines; put together they are the row.
    """
    if measure(boxes) <= width:
        return [boxes]
    return _broken(tuple(_ungrouped(boxes)), width, measure, 0)


def _broken(boxes: Boxes, width: float, measure: Measure, depth: int) -> list[Boxes]:
    if measure(boxes) <= width or depth > _deepest(boxes):
        return [boxes]
    lines: list[Boxes] = [()]
    for piece in _pieces(boxes, depth):
        if not lines[-1] or measure(lines[-1] + piece) <= width:
            lines[-1] += piece
        else:
            lines.append(piece)
        lines[-1:] = _broken(lines[-1], width, measure, depth + 1)
    return lines


def _ungrouped(boxes: Boxes) -> Iterator[Box]:
    """Yield the boxes with each role handed on to the parts of its group."""
    for box in boxes:
        if isinstance(box, Group) and box.role is not None:
            yield from (Group((part,), box.role) for part in _ungrouped(box.body))
        else:
            yield box


def _kind(box: Box) -> Kind | None:
    if isinstance(box, Group) and len(box.body) == 1:
        return _kind(box.body[0])
    return box.kind if isinstance(box, Token) else None


def _step(box: Box) -> int:
    """Return how much deeper the nesting is after a box: 1, 0 or -1."""
    return {"open": 1, "close": -1}.get(_kind(box) or "", 0)


def _deepest(boxes: Boxes) -> int:
    depth = deepest = 0
    for box in boxes:
        depth += _step(box)
        deepest = max(deepest, depth)
    return deepest


def _pieces(boxes: Boxes, at_depth: int) -> list[Boxes]:
    """Cut a row at the places that are exactly so deep in brackets."""
    pieces: list[list[Box]] = [[]]
    depth = 0
    after_comma = False
    for box in boxes:
        may_break = after_comma or _kind(box) in {"operator", "relation"}
        if pieces[-1] and depth == at_depth and may_break:
            pieces.append([])
        pieces[-1].append(box)
        depth += _step(box)
        after_comma = _kind(box) == "separator"
    return [tuple(piece) for piece in pieces]
