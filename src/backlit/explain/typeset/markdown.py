r"""A document as GitHub-flavoured Markdown with `$…$` and `$$…$$`.

GitHub reads Markdown before it reads formulas: it takes the backslash off `\_` and
sees emphasis in `}_`. A formula with such a place is written between $` and `$, or as
a block of `math`, which GitHub leaves alone.
"""

from __future__ import annotations

import re
from functools import singledispatch
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
    Table,
    inlines,
    lone_number,
    number_columns,
    verdict,
)
from backlit.explain.typeset.numbers import number
from backlit.explain.typeset.tex import formula, rows

if TYPE_CHECKING:
    from backlit.explain.typeset.mathematics import Tree

MARKUP = {
    **{character: f"\\{character}" for character in "\\`*_[]$|~#"},
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
}
FRAGILE = re.compile(r"\\(?!\\\n)[^A-Za-z\s]|[^\w\s]_")
BLOCK_START = re.compile(r"^([-+=]|\d+(?=[.)]))")


def render(document: Document) -> str:
    """Write a document in Markdown.

    Args:
        document: what to write.

    Returns:
        The source, one line for each paragraph.
    """
    title = f"# {escaped(printable(document.title))}"
    parts = [title, *map(block_source, document.blocks)]
    return "\n\n".join(part for part in parts if part) + "\n"


def escaped(text: str) -> str:
    r"""Return plain text with nothing left that Markdown or HTML would read.

    Example:
        >>> print(escaped("a_b < *c* & $5"))
        a\_b &lt; \*c\* &amp; \$5
    """
    return "".join(MARKUP.get(character, character) for character in text)


def expression(tree: Tree) -> str:
    r"""Write one formula in the flow of a line.

    Args:
        tree: the formula.

    Returns:
        The source, with its dollars.

    Example:
        >>> from backlit.explain.typeset.mathematics import Symbol
        >>> print(expression(Symbol("w", (2, 1), "(1)")), expression(Symbol("a_b")))
        $w_{2,1}^{(1)}$ $`\mathrm{a\_b}`$
    """
    source = _index_first(formula(tree)).replace("\n", " ")
    return f"$`{source}`$" if FRAGILE.search(source) else f"${source}$"


def _index_first(source: str) -> str:
    """Put indices before raised marks: `}_` is emphasis to GitHub, `w_` is not."""
    return re.sub(r"\^\{([^{}]*)\}_\{([^{}]*)\}", r"_{\2}^{\1}", source)


def content_source(content: Content) -> str:
    """Write the content of a line."""
    return "".join(
        escaped(span.body) if isinstance(span.body, str) else expression(span.body)
        for span in inlines(content)
    ).strip()


def _block_content(content: Content) -> str:
    """Write content that begins a block, where `-` and `1.` would make a list."""
    return BLOCK_START.sub(_harmless, content_source(content))


def _harmless(match: re.Match[str]) -> str:
    start = match[1]
    return f"{start}\\" if start.isdigit() else f"\\{start}"


@singledispatch
def block_source(block: Block) -> str:
    """Write one block of a document.

    Args:
        block: the block.

    Returns:
        The source, without blank lines around it.
    """
    raise TypeError(f"{type(block).__name__} is no block")


@block_source.register(Heading)
def _heading(block: Heading) -> str:
    return f"{'#' * (block.level + 1)} {escaped(printable(block.text))}"


@block_source.register(Paragraph)
def _paragraph(block: Paragraph) -> str:
    return _block_content(block.content)


@block_source.register(Display)
def _display(block: Display) -> str:
    found = [_index_first(row) for row in rows(block.equations)]
    if not found:
        return ""
    body = " \\\\\n".join(found)
    if len(found) > 1:
        body = f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"
    if FRAGILE.search(body):
        return f"```math\n{body}\n```"
    return f"$$\n{body}\n$$"


@block_source.register(Bullets)
def _bullets(block: Bullets) -> str:
    return "\n".join(f"- {_block_content(item)}" for item in block.items)


@block_source.register(Check)
def _check(block: Check) -> str:
    sign, word = verdict(block)
    return f"{sign} **{word}:** {content_source(block.content)}"


@block_source.register(Note)
def _note(block: Note) -> str:
    return f"> **Note:** {content_source(block.content)}"


@block_source.register(Table)
def _table(block: Table) -> str:
    rules = ["---:" if numeric else "---" for numeric in number_columns(block)]
    table = [
        _row([content_source(cell) for cell in block.header]),
        _row(rules),
        *(_row([_cell(cell) for cell in row]) for row in block.rows),
    ]
    caption = f"*{escaped(printable(block.caption)).strip()}*\n\n"
    return (caption if block.caption else "") + "\n".join(table)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(content: Content) -> str:
    value = lone_number(content)
    return number(value.value, value.digits) if value else content_source(content)
