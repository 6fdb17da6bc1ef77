"""A document as HTML with MathML: a part of a page, or a whole one that needs no net.

Headings, tables and lists are real ones, a table's first column heads its rows, and
every formula carries its text as an alternative, so that it can be listened to.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from functools import singledispatch
from html import escape
from typing import TYPE_CHECKING

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
    Span,
    Table,
    inlines,
    lone_number,
    number_columns,
    number_indents,
    verdict,
)
from backlit.explain.typeset.numbers import number
from backlit.explain.typeset.presentation import display, element, inline

if TYPE_CHECKING:
    from backlit.explain.typeset.mathematics import Tree

STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fdfdfc; --line: #c9ced6;
  --quantity: #0b6475; --gradient: #8a2a86; --update: #1f6b2c; --error: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e7eb; --paper: #15181c;
  --line: #434a54; --quantity: #6fd0e0; --gradient: #e79ae2; --update: #84d68f;
  --error: #ff9a90; } }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 1.05rem/1.6 system-ui, sans-serif; }
main { max-width: 52rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1, h2, h3, h4 { line-height: 1.25; margin: 2em 0 0.6em; }
h1 { margin-top: 0; }
math { font-size: 1.08em; }
.display { overflow-x: auto; margin: 1em 0; padding: 0.2em 0; }
table { border-collapse: collapse; margin: 1.2em 0; }
caption { text-align: left; font-style: italic; padding-bottom: 0.4em; }
thead th { border-bottom: 2px solid var(--line); }
th, td { text-align: left; padding: 0.25em 1.4em 0.25em 0; vertical-align: baseline;
  border-bottom: 1px solid var(--line); }
tbody th { font-weight: normal; }
.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.note { border-left: 3px solid var(--line); padding-left: 1em; margin: 1.2em 0; }
.quantity { color: var(--quantity); }
.gradient { color: var(--gradient); }
.update, .holds strong { color: var(--update); }
.error, .fails strong { color: var(--error); }
"""
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
{body}</main>
</body>
</html>
"""


def render(document: Document, *, standalone: bool = False) -> str:
    """Write a document in HTML and MathML.

    Args:
        document: what to write.
        standalone: whether as a whole page with its stylesheet, else as a part of a
            page, whose title is an `h2` and whose roles are classes.

    Returns:
        The source; a part is well-formed XML too, once it stands in one element.
    """
    top = 1 if standalone else 2
    title = printable(document.title)
    parts = [element(f"h{top}", title)]
    parts += [block_element(block, top) for block in document.blocks]
    body = "".join(_source(part) + "\n" for part in parts)
    if not standalone:
        return body
    return PAGE.format(title=escape(title), style=STYLE, body=body)


def expression(tree: Tree, *, block: bool = False) -> str:
    """Write one formula.

    Args:
        tree: the formula.
        block: whether set off from the text, and broken where it is long.

    Returns:
        A `math` element.

    Example:
        >>> from backlit.explain.typeset.notation import parse
        >>> expression(parse("x / 2")).partition(">")[2]
        '<mfrac><mi>x</mi><mn>2</mn></mfrac></math>'
    """
    return _source(display([tree]) if block else inline(tree))


def _source(part: ET.Element) -> str:
    # HTML does not know <p/>, so empty elements keep their end tags.
    return ET.tostring(part, encoding="unicode", short_empty_elements=False)


def content_elements(content: Content) -> list[ET.Element | str]:
    """Return the content of a line as text and elements."""
    return [_span(span) for span in inlines(content)]


def _span(span: Span) -> ET.Element | str:
    if not isinstance(span.body, str):
        return inline(span.body)
    return element("span", span.body, class_=span.role) if span.role else span.body


@singledispatch
def block_element(block: Block, top: int) -> ET.Element:
    """Return one block of a document as an element.

    Args:
        block: the block.
        top: the level of the heading above, 1 for `h1`.

    Returns:
        The element.
    """
    raise TypeError(f"{type(block).__name__} is no block; its top is {top}")


@block_element.register(Heading)
def _heading(block: Heading, top: int) -> ET.Element:
    return element(f"h{top + block.level}", printable(block.text))


@block_element.register(Paragraph)
def _paragraph(block: Paragraph, top: int) -> ET.Element:
    del top
    return element("p", *content_elements(block.content))


@block_element.register(Display)
def _display(block: Display, top: int) -> ET.Element:
    del top
    return element("div", display(block.equations), class_="display")


@block_element.register(Bullets)
def _bullets(block: Bullets, top: int) -> ET.Element:
    del top
    items = [element("li", *content_elements(item)) for item in block.items]
    return element("ul", *items)


@block_element.register(Check)
def _check(block: Check, top: int) -> ET.Element:
    del top
    sign, word = verdict(block)
    mark = element("span", sign, aria_hidden="true")
    words = [" ", element("strong", f"{word}:"), " ", *content_elements(block.content)]
    return element("p", mark, *words, class_=f"check {word}")


@block_element.register(Note)
def _note(block: Note, top: int) -> ET.Element:
    del top
    words = content_elements(block.content)
    paragraph = element("p", element("strong", "Note:"), " ", *words)
    return element("div", paragraph, role="note", class_="note")


@block_element.register(Table)
def _table(block: Table, top: int) -> ET.Element:
    del top
    caption = [element("caption", printable(block.caption))] if block.caption else []
    heads = [
        element("th", *content_elements(cell), scope="col") for cell in block.header
    ]
    columns = [_column(block, index) for index in range(len(block.header))]
    rows = [element("tr", *cells) for cells in zip(*columns, strict=True)]
    head = element("thead", element("tr", *heads))
    return element("table", *caption, head, element("tbody", *rows))


def _column(block: Table, index: int) -> list[ET.Element]:
    """Return the cells of a column; the points of numbers stand below one another."""
    cells = [row[index] for row in block.rows]
    if number_columns(block)[index]:
        indents = number_indents(cells)
        return [
            _number(cell, shift) for cell, shift in zip(cells, indents, strict=True)
        ]
    if index == 0:
        return [element("th", *content_elements(cell), scope="row") for cell in cells]
    return [element("td", *content_elements(cell)) for cell in cells]


def _number(content: Content, shift: int) -> ET.Element:
    value = lone_number(content)
    shown = number(value.value, value.digits) if value else ""
    shifted = element("span", shown, style=f"margin-left:{shift}ch")
    return element("td", shifted, class_="number")
