"""Formulas in MathML Core, as elements of a tree that cannot be ill-formed.

Brackets open a row of their own, so that they grow to what they hold and no more.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from backlit.explain.typeset.boxes import (
    Box,
    Boxes,
    Fraction,
    Grid,
    Group,
    Limits,
    Root,
    Script,
    Token,
    extent,
)
from backlit.explain.typeset.layout import layout
from backlit.explain.typeset.lines import lines
from backlit.explain.typeset.text import expression as text_expression

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from backlit.explain.typeset.lines import Line
    from backlit.explain.typeset.mathematics import Tree

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
WIDTH = 78.0
"""Digits that a line of a page holds."""

APPLY, TIMES = "\u2061", "\u2062"
BOLD_CAPITAL, BOLD_SMALL = 0x1D400, 0x1D41A


def element(tag: str, *children: ET.Element | str, **attributes: str) -> ET.Element:
    """Return an element with text or elements in it; `class_` sets the class."""
    names = {
        name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()
    }
    made = ET.Element(tag, names)
    for child in children:
        if not isinstance(child, str):
            made.append(child)
        elif len(made):
            made[-1].tail = (made[-1].tail or "") + child
        else:
            made.text = (made.text or "") + child
    return made


def inline(tree: Tree) -> ET.Element:
    """Return a formula as a `math` element in the flow of a line."""
    row = _row(layout(tree, linear=False))
    return element("math", row, xmlns=NAMESPACE, alttext=text_expression(tree))


def display(equations: Sequence[Tree], width: float = WIDTH) -> ET.Element:
    """Return equations as a `math` element of aligned lines.

    Args:
        equations: the chains to align.
        width: digits that a line holds.

    Returns:
        The element; its `alttext` is the equations as text.
    """
    found = lines(equations, width, extent, linear=False)
    body = (
        _row(found[0].left + found[0].right)
        if len(found) == 1
        else element("mtable", *map(_aligned, found), displaystyle="true")
    )
    alternative = "; ".join(map(text_expression, equations))
    return element("math", body, xmlns=NAMESPACE, display="block", alttext=alternative)


def _aligned(line: Line) -> ET.Element:
    right = _row(line.right)
    if line.continued:
        right = element("mrow", element("mspace", width="2em"), right)
    sides = ((_row(line.left), "right"), (right, "left"))
    return element("mtr", *(_cell(row, side) for row, side in sides))


def _cell(row: ET.Element, side: str) -> ET.Element:
    return element("mtd", row, style=f"{_side(side)}padding:0.3em 0")


def _side(side: str) -> str:
    """Return the style for a side; browsers move rows in cells only by own words."""
    words = (side, f"-webkit-{side}", f"-moz-{side}")
    return "".join(f"text-align:{word};" for word in words)


def _row(boxes: Boxes) -> ET.Element:
    """Return one element for a row, with the rows of its brackets inside."""
    nested = [element("mrow")]
    for box in boxes:
        kind = box.kind if isinstance(box, Token) else None
        if kind == "open":
            nested.append(element("mrow"))
        nested[-1].extend(_box(box))
        if kind == "close" and len(nested) > 1:
            inner = nested.pop()
            nested[-1].append(inner)
    while len(nested) > 1:
        inner = nested.pop()
        nested[-1].append(inner)
    row = nested[0]
    return row[0] if len(row) == 1 else row


def _box(box: Box) -> Iterable[ET.Element]:
    match box:
        case Token():
            return _token(box)
        case Fraction():
            return [element("mfrac", _row(box.over), _row(box.under))]
        case Root():
            return [element("msqrt", _row(box.body))]
        case Script():
            return [_scripts(_row(box.base), box.sub, box.sup, "sub", "sup")]
        case Limits():
            sign = element("mo", box.sign.text)
            return [_scripts(sign, box.lower, box.upper, "under", "over")]
        case Grid():
            return [_grid(box)]
        case Group(role=None):
            return [_row(box.body)]
        case Group():
            return [element("mrow", _row(box.body), class_=box.role or "")]


def _scripts(
    base: ET.Element, below: Boxes, above: Boxes, low: str, high: str
) -> ET.Element:
    """Return `msub`, `msup` or `msubsup`, or the same with `munder` and `mover`."""
    if not (below or above):
        return base
    tag = "m" + (low if below else "") + (high if above else "")
    return element(tag, base, *(_row(boxes) for boxes in (below, above) if boxes))


def _grid(grid: Grid) -> ET.Element:
    side = "left" if grid.kind == "cases" else "center"
    table = element(
        "mtable",
        *(
            element("mtr", *(_grid_cell(boxes, side) for boxes in row))
            for row in grid.rows
        ),
    )
    if grid.kind == "matrix":
        return table
    brace = element("mo", "{", fence="true", form="prefix", stretchy="true")
    return element("mrow", brace, table)


def _grid_cell(boxes: Boxes, side: str) -> ET.Element:
    return element("mtd", _row(boxes), style=_side(side))


def _token(token: Token) -> list[ET.Element]:  # noqa: C901 (one case a kind)
    text = token.text
    match token.kind:
        case "number":
            return [element("mn", text)]
        case "letter":
            return [_letter(text)]
        case "bold":
            return [element("mi", "".join(map(_bold, text)))]
        case "word":
            return [element("mi", text, mathvariant="normal")]
        case "function":
            return [element("mi", text), element("mo", APPLY)]
        case "prose":
            return [element("mtext", text.replace(" ", "\u00a0"))]
        case "separator":
            return [element("mo", text, separator="true")]
        case "sign":
            return [element("mo", text, form="prefix")]
        case "mark":
            return [_mark(text)] if text else []
        case "open" | "close":
            return [_bracket(token)]
    if not text:
        return [element("mo", TIMES, lspace="0.1em", rspace="0.1em")]
    return [element("mo", text, form="infix")]


def _letter(text: str) -> ET.Element:
    """Return a letter; capital Greek stands upright, as LaTeX has it."""
    if "Α" <= text <= "Ω":
        return element("mi", text, mathvariant="normal")
    return element("mi", text)


def _bold(letter: str) -> str:
    if not (letter.isascii() and letter.isalpha()):
        return letter
    start, first = (BOLD_CAPITAL, "A") if letter.isupper() else (BOLD_SMALL, "a")
    return chr(start + ord(letter) - ord(first))


def _mark(text: str) -> ET.Element:
    if text in "∂…":
        return element("mi", text, mathvariant="normal")
    return element("mo", text, lspace="0", rspace="0", stretchy="false")


def _bracket(token: Token) -> ET.Element:
    form = "prefix" if token.kind == "open" else "postfix"
    stretchy = "true" if token.tall else "false"
    return element("mo", token.text, fence="true", form=form, stretchy=stretchy)
