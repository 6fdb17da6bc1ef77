"""Lines of text in pieces that carry a style: formulas, words, wrapping and colour.

A piece is (text, style). Inside a line, GLUE is a space that no line breaks at; it
leaves as an ordinary space.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from backlit.explain.typeset.boxes import Box, Boxes, Group, Limits, Root, Script, Token
from backlit.explain.typeset.characters import columns, lowered, raised

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Piece: TypeAlias = tuple[str, str]
TextLine: TypeAlias = list[Piece]

GLUE = "\u00a0"
STYLES = {
    "title": "bold",
    "heading": "bold",
    "quantity": "cyan",
    "gradient": "magenta",
    "update": "green",
    "error": "red",
    "holds": "bold green",
    "fails": "bold red",
    "note": "italic",
}


def written(boxes: Boxes, style: str = "") -> Iterator[Piece]:
    """Yield the pieces of a formula that was laid out in linear form."""
    for box in boxes:
        yield from _written(box, style)


def _written(box: Box, style: str) -> Iterator[Piece]:
    match box:
        case Token():
            yield _token(box), style
        case Group():
            yield from written(box.body, box.role or style)
        case Script():
            yield from written(box.base, style)
            yield _raised(box.sup) + _lowered(box.sub), style
        case Root():
            yield "√", style
            yield from written(box.body, style)
        case Limits():
            yield _limits(box) + GLUE, style
        case _:
            raise TypeError(f"a {type(box).__name__} was not laid out in linear form")


def _token(token: Token) -> str:
    if token.kind in {"operator", "relation"}:
        return f" {token.text}{GLUE}" if token.text else " "
    return token.text + (" " if token.kind == "separator" else "")


def _narrow(boxes: Boxes) -> str:
    return re.sub(f"[ {GLUE}]+", "", plain(written(boxes)))


def _raised(boxes: Boxes) -> str:
    narrow, wide = _narrow(boxes), plain(written(boxes)).strip()
    is_single = re.fullmatch(r"[\d.]+|\w", narrow)
    fallback = f"^{narrow}" if is_single else f"^({wide})"
    return raised(narrow) or (fallback if narrow else "")


def _lowered(boxes: Boxes) -> str:
    narrow = _narrow(boxes)
    fallback = f"_{narrow}" if narrow.isalnum() else f"_({narrow})"
    return lowered(narrow) or (fallback if narrow else "")


def _limits(box: Limits) -> str:
    lower, upper = _narrow(box.lower), _narrow(box.upper)
    below, above = lowered(lower), raised(upper)
    if below is not None and above is not None:
        return box.sign.text + below + above
    dots = " … " if lower and upper else ""
    return f"{box.sign.text}({plain(written(box.lower))}{dots}{upper})"


def plain(pieces: Iterable[Piece]) -> str:
    """Return the characters of pieces, glue included."""
    return "".join(text for text, _ in pieces)


def size(pieces: Iterable[Piece]) -> int:
    """Return how many columns pieces take."""
    return columns(plain(pieces))


def glued(pieces: Iterable[Piece]) -> TextLine:
    """Return pieces that no line breaks inside of."""
    return [(text.replace(" ", GLUE), style) for text, style in pieces]


def wrapped(
    pieces: Iterable[Piece],
    width: int,
    first: Piece = ("", ""),
    hang: str | None = None,
) -> list[TextLine]:
    """Fill lines with words.

    Args:
        pieces: the running text.
        width: columns that a line may take; a longer word stays whole.
        first: what the first line begins with.
        hang: what other lines begin with; by default blanks as wide as `first`.

    Returns:
        The lines, at least one.
    """
    hang = " " * columns(first[0]) if hang is None else hang
    done: list[TextLine] = [[first]]
    is_empty = True
    for word in _words(pieces):
        if not is_empty and size(done[-1]) + 1 + size(word) > width:
            done.append([(hang, first[1] if hang.strip() else "")])
            is_empty = True
        if not is_empty:
            done[-1].append((" ", ""))
        done[-1] += word
        is_empty = False
    return done


def _words(pieces: Iterable[Piece]) -> list[TextLine]:
    """Cut at blanks; pieces that touch make one word."""
    words: list[TextLine] = [[]]
    for text, style in pieces:
        for part in re.findall(r" +|[^ ]+", text):
            if part.isspace() and GLUE not in part:
                words.append([])
            else:
                words[-1].append((part, style))
    return [word for word in words if word]


def stripped(line: TextLine) -> TextLine:
    """Return a line with plain spaces for glue and no blanks at its end."""
    spaced = [(text.replace(GLUE, " "), style) for text, style in line if text]
    while spaced:
        text, style = spaced.pop()
        if text := text.rstrip(" "):
            return [*spaced, (text, style)]
    return []


def coloured(line: TextLine) -> str:
    """Return a line with ANSI codes around its styled pieces."""
    # rich is only needed for colour, and costs time to import
    from rich.color import ColorSystem  # noqa: PLC0415
    from rich.style import Style  # noqa: PLC0415

    standard = ColorSystem.STANDARD
    return "".join(
        Style.parse(STYLES[style]).render(text, color_system=standard)
        if style and text.strip()
        else text
        for text, style in line
    )
