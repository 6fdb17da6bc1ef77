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

    from backlit.explain.typeset.mathematics import Role

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


PRODUCT_SIGNS = {"·", "/", "⊙", ""}


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


_WIDTHS = {"operator": 2.5, "relation": 2.7, "sign": 1.6, "sum": 2.7, "mark": 0.7}


def _extent(box: Box) -> float:
    match box:
        case Token(kind="operator") if box.text in PRODUCT_SIGNS:
            return 1.5
        case Token(kind="open" | "close"):
            return 1.3 if box.tall else 0.8
        case Token():
            return _WIDTHS.get(box.kind, len(box.text) - 0.4 * box.text.count("."))
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

    A line breaks before a relation or an operator, or after a comma: outside of
    brackets rather than inside, and before + rather than inside of a product. What has
    no such place stays whole, however long.

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


def _broken(boxes: Boxes, width: float, measure: Measure, level: int) -> list[Boxes]:
    if measure(boxes) <= width or level > max(_levels(boxes)):
        return [boxes]
    lines: list[Boxes] = [()]
    for piece in _pieces(boxes, level):
        if not lines[-1] or measure(lines[-1] + piece) <= width:
            lines[-1] += piece
        else:
            lines.append(piece)
        lines[-1:] = _broken(lines[-1], width, measure, level + 1)
    return lines


def _ungrouped(boxes: Boxes) -> Iterator[Box]:
    """Yield the boxes with each role handed on to the parts of its group."""
    for box in boxes:
        if isinstance(box, Group) and box.role is not None:
            yield from (Group((part,), box.role) for part in _ungrouped(box.body))
        else:
            yield box


def _token(box: Box) -> Token | None:
    if isinstance(box, Group) and len(box.body) == 1:
        return _token(box.body[0])
    return box if isinstance(box, Token) else None


NO_PLACE = -1


def _levels(boxes: Boxes) -> list[int]:
    """Return for each box how late a line breaks before it: two levels a bracket."""
    levels, depth, after_comma = [], 0, False
    for token in map(_token, boxes):
        kind = token.kind if token else None
        is_product = token is not None and token.text in PRODUCT_SIGNS
        is_place = after_comma or kind in {"operator", "relation"}
        levels.append(2 * depth + is_product if is_place else NO_PLACE)
        depth += {"open": 1, "close": -1}.get(kind or "", 0)
        after_comma = kind == "separator"
    return levels


def _pieces(boxes: Boxes, at_level: int) -> list[Boxes]:
    """Cut a row at the places of one level."""
    cuts = [index for index, level in enumerate(_levels(boxes)) if level == at_level]
    ends = [*cuts, len(boxes)]
    return [
        boxes[start:end] for start, end in zip([0, *cuts], ends, strict=True) if end
    ]
