"""A document as Unicode text for the terminal, plain or in colour.

Colour wraps ANSI codes around pieces of lines and changes nothing else: without the
codes, the characters are exactly those of the plain text.
"""

from __future__ import annotations

from functools import singledispatch
from itertools import zip_longest
from typing import TYPE_CHECKING

from backlit.explain.typeset.characters import columns, printable
from backlit.explain.typeset.document import (
    Block,
    Bullets,
    Check,
    Content,
    Display,
    Document,
    Heading,
    Note,
    Paragraph,
    Table,
    inlines,
    number_columns,
    number_indents,
    verdict,
)
from backlit.explain.typeset.layout import layout
from backlit.explain.typeset.lines import INDENT, Line, lines
from backlit.explain.typeset.pieces import (
    TextLine,
    coloured,
    glued,
    plain,
    size,
    stripped,
    wrapped,
    written,
)

if TYPE_CHECKING:
    from backlit.explain.typeset.boxes import Boxes
    from backlit.explain.typeset.mathematics import Tree

MARGIN = 4
GAP = 2
NARROWEST_COLUMN = 8


def render(document: Document, width: int = 88, *, colour: bool = False) -> str:
    """Write a document as text.

    Args:
        document: what to write.
        width: columns of a line; only what has no place to break is longer.
        colour: whether to add ANSI codes by role.

    Returns:
        The lines, with a newline after each.
    """
    found = _underlined(document.title, "═", "title")
    for before, block in zip((None, *document.blocks), document.blocks, strict=False):
        follows = isinstance(before, Check) and isinstance(block, Check)
        found += [*([] if follows else [[]]), *block_lines(block, width)]
    write = coloured if colour else plain
    return "".join(write(stripped(line)) + "\n" for line in found)


def expression(tree: Tree) -> str:
    """Write one formula on one line.

    Args:
        tree: the formula.

    Returns:
        The text.

    Example:
        >>> from backlit.explain.typeset.mathematics import Number
        >>> from backlit.explain.typeset.notation import parse
        >>> expression(parse("w1 * x - exp(-x)**2", x=Number(-0.5)))
        'w₁ · (−0.5) − (e^(−(−0.5)))²'
    """
    return plain(stripped(list(written(layout(tree, linear=True)))))


@singledispatch
def block_lines(block: Block, width: int) -> list[TextLine]:
    """Write one block of a document as lines in pieces.

    Args:
        block: the block.
        width: columns of a line.

    Returns:
        The lines, without blank lines around them.
    """
    raise TypeError(f"{type(block).__name__} is no block; width={width}")


def _underlined(text: str, rule: str, style: str) -> list[TextLine]:
    shown = printable(text)
    return [[(shown, style)], [(rule * columns(shown), style)]]


@block_lines.register(Heading)
def _heading(block: Heading, width: int) -> list[TextLine]:
    del width
    if block.level == 1:
        return _underlined(block.text, "─", "heading")
    return [[(printable(block.text), "heading")]]


@block_lines.register(Paragraph)
def _paragraph(block: Paragraph, width: int) -> list[TextLine]:
    return wrapped(content_pieces(block.content, width), width)


def content_pieces(content: Content, width: int) -> TextLine:
    """Write content as pieces; formulas of up to half a line do not break."""
    pieces: TextLine = []
    for span in inlines(content):
        if isinstance(span.body, str):
            pieces.append((span.body, span.role or ""))
            continue
        formula = list(written(layout(span.body, linear=True)))
        pieces += glued(formula) if size(formula) <= width // 2 else formula
    return pieces


@block_lines.register(Bullets)
def _bullets(block: Bullets, width: int) -> list[TextLine]:
    return [
        line
        for item in block.items
        for line in wrapped(content_pieces(item, width), width, ("  • ", ""))
    ]


@block_lines.register(Check)
def _check(block: Check, width: int) -> list[TextLine]:
    sign, word = verdict(block)
    pieces = [(f"{word}:", word), (" ", ""), *content_pieces(block.content, width)]
    return wrapped(pieces, width, (f"{sign} ", word))


@block_lines.register(Note)
def _note(block: Note, width: int) -> list[TextLine]:
    pieces = [("Note:", "note"), (" ", ""), *content_pieces(block.content, width)]
    return wrapped(pieces, width, ("│ ", "note"), "│ ")


@block_lines.register(Display)
def _display(block: Display, width: int) -> list[TextLine]:
    rows = lines(block.equations, width - MARGIN, _measure, linear=True)
    column = max((_measure(row.left) for row in rows), default=0)
    return [_display_line(row, column) for row in rows]


def _measure(boxes: Boxes) -> int:
    return size(written(boxes))


def _display_line(row: Line, column: int) -> TextLine:
    left, right = list(written(row.left)), list(written(row.right))
    indent = MARGIN + (INDENT if row.continued else 0)
    blank = " " * (indent + column - size(left))
    if row.left or not column:
        return [(" " * indent, ""), *left, (blank[indent:], ""), *right]
    return [(blank, ""), *right]


@block_lines.register(Table)
def _table(block: Table, width: int) -> list[TextLine]:
    caption = [(" " * MARGIN, ""), (printable(block.caption), "note")]
    found: list[TextLine] = [caption] if block.caption else []
    rows = [[content_pieces(cell, width) for cell in row] for row in block.rows]
    heads = [content_pieces(cell, width) for cell in block.header]
    for index, is_number in enumerate(number_columns(block)):
        if is_number:
            _align_numbers(block, rows, index)
    widths = _column_widths([heads, *rows], width - MARGIN)
    rules: list[TextLine] = [[("─" * column, "")] for column in widths]
    for row in (heads, rules, *rows):
        found += _row_lines(row, widths)
    return found


def _align_numbers(block: Table, rows: list[list[TextLine]], index: int) -> None:
    """Put the decimal points of a column of numbers below one another."""
    indents = number_indents([row[index] for row in block.rows])
    for row, indent in zip(rows, indents, strict=True):
        row[index] = glued([(" " * indent, ""), *row[index]])


def _column_widths(rows: list[list[TextLine]], width: int) -> list[int]:
    """Return natural widths, the widest made narrower until all fit."""
    widths = [max(map(size, column)) for column in zip(*rows, strict=True)]
    room = width - GAP * (len(widths) - 1)
    while sum(widths) > room and max(widths) > NARROWEST_COLUMN:
        widths[widths.index(max(widths))] -= 1
    return widths


def _row_lines(cells: list[TextLine], widths: list[int]) -> list[TextLine]:
    columns_of_lines = [
        wrapped(cell, column) for cell, column in zip(cells, widths, strict=True)
    ]
    return [
        [(" " * MARGIN, ""), *_joined(parts, widths)]
        for parts in zip_longest(*columns_of_lines, fillvalue=[])
    ]


def _joined(parts: tuple[TextLine, ...], widths: list[int]) -> TextLine:
    line: TextLine = []
    for part, column in zip(parts, widths, strict=True):
        line += [*part, (" " * (column - size(part) + GAP), "")]
    return line
