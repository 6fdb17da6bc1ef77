"""A document: what a derivation says, in blocks, without how it looks.

    document := title, block ...
    block    := Heading | Paragraph | Display | Table | Bullets | Check | Note
    content  := inline | (inline, ...)
    inline   := str | formula | Span(str or formula, role)

A string is plain text, never markup: each renderer escapes it. Line breaks in it are
spaces.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from backlit.errors import OptionError
from backlit.explain.typeset.characters import printable
from backlit.explain.typeset.mathematics import Equation, Marked, Number, Role, Tree
from backlit.explain.typeset.numbers import number

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Span:
    """Text or a formula in the flow of a line, and what it plays the role of."""

    body: str | Tree
    role: Role | None = None


Inline: TypeAlias = str | Tree | Span
Content: TypeAlias = Inline | tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a section; level 1 is just below the title, 3 the lowest."""

    level: Literal[1, 2, 3]
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text with formulas in it."""

    content: Content


@dataclass(frozen=True, slots=True)
class Display:
    """Equations set off from the text, aligned at their relations."""

    equations: tuple[Equation | Tree, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first cell of a row names the row.

    Raises:
        OptionError: if a row has more or fewer cells than the header.
    """

    header: tuple[Content, ...]
    rows: tuple[tuple[Content, ...], ...]
    caption: str = ""

    def __post_init__(self) -> None:
        """Refuse a ragged table."""
        need = len(self.header)
        for index, row in enumerate(self.rows):
            if len(row) != need:
                raise OptionError(
                    f"row {index} of a table has {len(row)} cells, its header {need}"
                )


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[Content, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """A line of proof: a statement that was tested, and whether it holds."""

    ok: bool
    content: Content


@dataclass(frozen=True, slots=True)
class Note:
    """A remark beside the text."""

    content: Content


Block: TypeAlias = Heading | Paragraph | Display | Table | Bullets | Check | Note


@dataclass(frozen=True, slots=True)
class Document:
    """A title and what stands below it."""

    title: str
    blocks: tuple[Block, ...]


def verdict(check: Check) -> tuple[str, str]:
    """Return the sign and the word of a check, the same in every form of output."""
    return ("✓", "holds") if check.ok else ("✗", "fails")


def inlines(content: Content) -> Iterator[Span]:
    """Yield the spans of a content; text is printable, a formula carries its role."""
    for part in content if isinstance(content, tuple) else (content,):
        span = part if isinstance(part, Span) else Span(part)
        if isinstance(span.body, str):
            yield Span(printable(span.body), span.role)
        else:
            yield Span(Marked(span.body, span.role) if span.role else span.body)


def lone_number(content: Content) -> Number | None:
    """Return the number that is all of a content, or None."""
    spans = list(inlines(content))
    body = spans[0].body if len(spans) == 1 else ""
    body = body.body if isinstance(body, Marked) else body
    return body if isinstance(body, Number) else None


def number_columns(table: Table) -> list[bool]:
    """Return for each column whether all its cells are numbers."""
    return [
        bool(table.rows) and all(lone_number(row[index]) for row in table.rows)
        for index in range(len(table.header))
    ]


def number_indents(cells: list[Content]) -> list[int]:
    """Return the digits by which to indent numbers, so that their points line up."""
    numbers = [lone_number(cell) or Number(0) for cell in cells]
    shown = [number(value.value, value.digits) for value in numbers]
    wholes = [len(text.partition(".")[0].partition(" ")[0]) for text in shown]
    return [max(wholes) - whole for whole in wholes]
