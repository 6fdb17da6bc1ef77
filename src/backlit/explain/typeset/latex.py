r"""A document as LaTeX: an article that pdflatex compiles, or a part of one.

Only amsmath is needed besides what makes fonts and margins. The source is ASCII.
"""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

from backlit.explain.typeset.boxes import extent
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
from backlit.explain.typeset.layout import layout
from backlit.explain.typeset.tex import PAGE_WIDTH, escaped, formula, rows
from backlit.explain.typeset.tex_characters import commands

if TYPE_CHECKING:
    from backlit.explain.typeset.mathematics import Tree

PREAMBLE = r"""\documentclass[11pt,a4paper]{article}
\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\usepackage{amsmath}
\usepackage[margin=25mm]{geometry}
\setlength{\parindent}{0pt}
\setlength{\parskip}{6pt plus 2pt}
\addtolength{\jot}{3pt}
\allowdisplaybreaks
"""
SECTIONS = ("section", "subsection", "subsubsection", "paragraph")
ROWS_PER_PAGE = 36
GAP = 2.0


def render(document: Document, *, standalone: bool = True) -> str:
    """Write a document in LaTeX.

    Args:
        document: what to write.
        standalone: whether as a whole article, else as the part between `document`'s
            begin and end, for a preamble that has amsmath and T1 fonts.

    Returns:
        The source, in ASCII.
    """
    title = escaped(printable(document.title))
    parts = [block_source(block) for block in document.blocks]
    if not standalone:
        return commands("\n\n".join([rf"\section*{{{title}}}", *parts]) + "\n")
    body = _environment("document", ["\n\n".join([_title(title), *parts])])
    return commands(f"{PREAMBLE}{body}\n")


def _title(title: str) -> str:
    return rf"\begin{{center}}\LARGE {title}\end{{center}}"


def expression(tree: Tree) -> str:
    r"""Write one formula, for LaTeX's or MathJax's mathematics.

    Args:
        tree: the formula.

    Returns:
        The source, without dollars around it; letters beyond ASCII are in `\text{}`.

    Example:
        >>> from backlit.explain.typeset.notation import parse
        >>> print(expression(parse("x / (1 + exp(-x))")))
        \frac{x}{1 + e^{-x}}
    """
    return formula(tree)


def content_source(content: Content) -> str:
    """Write the content of a line; formulas stand between dollars."""
    return "".join(
        escaped(span.body) if isinstance(span.body, str) else f"${formula(span.body)}$"
        for span in inlines(content)
    )


@singledispatch
def block_source(block: Block) -> str:
    """Write one block of a document.

    Args:
        block: the block.

    Returns:
        The source, still in Unicode.
    """
    raise TypeError(f"{type(block).__name__} is no block")


@block_source.register(Heading)
def _heading(block: Heading) -> str:
    return rf"\{SECTIONS[block.level - 1]}*{{{escaped(printable(block.text))}}}"


@block_source.register(Paragraph)
def _paragraph(block: Paragraph) -> str:
    return content_source(block.content)


@block_source.register(Display)
def _display(block: Display) -> str:
    found = rows(block.equations)
    if len(found) < 2:
        return f"\\[\n{''.join(found)}\n\\]" if found else ""
    body = " \\\\\n".join(found)
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}"


@block_source.register(Bullets)
def _bullets(block: Bullets) -> str:
    items = [rf"\item {content_source(item)}" for item in block.items]
    return _environment("itemize", items) if items else ""


def _environment(name: str, body: list[str]) -> str:
    return "\n".join([rf"\begin{{{name}}}", *body, rf"\end{{{name}}}"])


@block_source.register(Check)
def _check(block: Check) -> str:
    sign, word = verdict(block)
    return rf"{sign} \textbf{{{word}:}} {content_source(block.content)}"


@block_source.register(Note)
def _note(block: Note) -> str:
    return _environment("quote", [rf"\textbf{{Note:}} {content_source(block.content)}"])


@block_source.register(Table)
def _table(block: Table) -> str:
    """Write a table, in several where it would not fit on a page."""
    columns = list(zip(block.header, *block.rows, strict=True))
    is_number = number_columns(block)
    widths = _column_widths([max(map(_width, cells)) for cells in columns])
    specification = "".join(map(_column, is_number, widths))
    head = " & ".join(map(_head_cell, block.header, is_number))
    body = [" & ".join(map(_cell, row, is_number)) for row in block.rows]
    caption = [rf"\textit{{{escaped(printable(block.caption))}}}\\[4pt]"]
    return "\n\n".join(
        _environment(
            "center",
            [
                *(caption if block.caption and start == 0 else []),
                rf"\begin{{tabular}}{{{specification}}}",
                rf"\hline {head} \\ \hline",
                *(rf"{row} \\" for row in body[start : start + ROWS_PER_PAGE]),
                r"\hline",
                r"\end{tabular}",
            ],
        )
        for start in range(0, max(len(body), 1), ROWS_PER_PAGE)
    )


def _width(content: Content) -> float:
    return sum(
        len(span.body)
        if isinstance(span.body, str)
        else extent(layout(span.body, linear=False))
        for span in inlines(content)
    )


def _column_widths(natural: list[float]) -> list[float | None]:
    """Return a width for columns that must wrap their text, None for the others."""
    room = PAGE_WIDTH - GAP * len(natural)
    if sum(natural) <= room:
        return [None] * len(natural)
    fair = room / len(natural)
    narrow = sum(width for width in natural if width <= fair)
    wide = sum(width for width in natural if width > fair)
    return [
        width * (room - narrow) / wide if width > fair else None for width in natural
    ]


def _column(is_number: bool, width: float | None) -> str:
    if is_number:
        return "r@{}l"
    if width is None:
        return "l"
    return rf"p{{{width / PAGE_WIDTH:.3f}\linewidth}}"


def _head_cell(content: Content, is_number: bool) -> str:
    text = content_source(content)
    return rf"\multicolumn{{2}}{{l}}{{{text}}}" if is_number else text


def _cell(content: Content, is_number: bool) -> str:
    """Write a cell; a number is cut at its point, where the column is aligned."""
    number = lone_number(content)
    if not is_number or number is None:
        return content_source(content)
    whole, point, rest = formula(number).partition(".")
    return f"${whole}$ & " + (f"${point}{rest}$" if rest else "")
