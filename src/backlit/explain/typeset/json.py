r"""A document as JSON, for programs.

    document  {"title": str, "blocks": [block, ...]}
    block     {"kind": "heading", "level": 1 | 2 | 3, "text": str}
              {"kind": "paragraph" | "note", "content": [span, ...]}
              {"kind": "check", "ok": bool, "content": [span, ...]}
              {"kind": "bullets", "items": [[span, ...], ...]}
              {"kind": "display", "equations": [formula, ...]}
              {"kind": "table", "caption": str, "header": [[span, ...], ...],
               "rows": [[[span, ...], ...], ...]}
    span      {"kind": "text", "role": role | null, "text": str}
              {"kind": "formula", "role": role | null, and what a formula has}
    formula   {"text": str, "latex": str, "mathml": str, "numbers": [number, ...]}
    role      "quantity" | "gradient" | "update" | "error"

Keys are never left out. `numbers` are those in the formula, from left to right, at
full precision; JSON has no NaN or infinity, which are the strings "NaN", "Infinity" and
"-Infinity". `latex` has no dollars around it; letters beyond ASCII stand in `\text{}`.
"""

from __future__ import annotations

import json
import math
from dataclasses import fields, is_dataclass
from functools import singledispatch
from typing import TYPE_CHECKING, Any, TypeAlias

from backlit.explain.typeset import latex, mathml, text
from backlit.explain.typeset.characters import printable
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
)
from backlit.explain.typeset.mathematics import Marked, Number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backlit.explain.typeset.mathematics import Tree

Record: TypeAlias = dict[str, Any]


def render(document: Document, indent: int | None = 2) -> str:
    """Write a document in JSON.

    Args:
        document: what to write.
        indent: blanks for each level; None for one line.

    Returns:
        The source, with a newline at its end.
    """
    written = json.dumps(
        structure(document), ensure_ascii=False, allow_nan=False, indent=indent
    )
    return written + "\n"


def structure(document: Document) -> Record:
    """Return a document as lists and dictionaries that `json` can write.

    Args:
        document: what to write.

    Returns:
        The record described at the top of this module.
    """
    blocks = [block_record(block) for block in document.blocks]
    return {"title": printable(document.title), "blocks": blocks}


def expression(tree: Tree) -> Record:
    """Return one formula in all languages, and its numbers.

    Args:
        tree: the formula.

    Returns:
        The record of a formula.

    Example:
        >>> from backlit.explain.typeset.mathematics import Number
        >>> from backlit.explain.typeset.notation import parse
        >>> expression(parse("x / 2", x=Number(0.1)))["numbers"]
        [0.1, 2]
    """
    return {
        "text": text.expression(tree),
        "latex": latex.expression(tree),
        "mathml": mathml.expression(tree),
        "numbers": [_finite(number) for number in numbers_of(tree)],
    }


def numbers_of(part: object) -> Iterator[float]:
    """Yield the numbers of a formula from left to right."""
    if isinstance(part, Number):
        yield part.value if isinstance(part.value, int) else float(part.value)
    elif isinstance(part, tuple):
        for entry in part:
            yield from numbers_of(entry)
    elif is_dataclass(part):
        for field in fields(part):
            yield from numbers_of(getattr(part, field.name))


def _finite(value: float) -> float | str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def content_records(content: Content) -> list[Record]:
    """Return the spans of a content as records."""
    found: list[Record] = []
    for span in inlines(content):
        if isinstance(span.body, str):
            found.append({"kind": "text", "role": span.role, "text": span.body})
        else:
            role = span.body.role if isinstance(span.body, Marked) else None
            found.append({"kind": "formula", "role": role, **expression(span.body)})
    return found


@singledispatch
def block_record(block: Block) -> Record:
    """Return one block of a document as a record.

    Args:
        block: the block.

    Returns:
        The record described at the top of this module.
    """
    raise TypeError(f"{type(block).__name__} is no block")


@block_record.register(Heading)
def _heading(block: Heading) -> Record:
    return {"kind": "heading", "level": block.level, "text": printable(block.text)}


@block_record.register(Paragraph)
def _paragraph(block: Paragraph) -> Record:
    return {"kind": "paragraph", "content": content_records(block.content)}


@block_record.register(Note)
def _note(block: Note) -> Record:
    return {"kind": "note", "content": content_records(block.content)}


@block_record.register(Check)
def _check(block: Check) -> Record:
    return {"kind": "check", "ok": block.ok, "content": content_records(block.content)}


@block_record.register(Bullets)
def _bullets(block: Bullets) -> Record:
    return {"kind": "bullets", "items": [content_records(item) for item in block.items]}


@block_record.register(Display)
def _display(block: Display) -> Record:
    return {
        "kind": "display",
        "equations": [expression(tree) for tree in block.equations],
    }


@block_record.register(Table)
def _table(block: Table) -> Record:
    return {
        "kind": "table",
        "caption": printable(block.caption),
        "header": [content_records(cell) for cell in block.header],
        "rows": [[content_records(cell) for cell in row] for row in block.rows],
    }
