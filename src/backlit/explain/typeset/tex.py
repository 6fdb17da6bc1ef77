r"""Formulas in TeX's mathematics, for LaTeX and for Markdown alike.

Only commands that LaTeX with amsmath, MathJax and KaTeX share are written. Characters
beyond ASCII stand only inside of `\text{}`, as users typed them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, TypeAlias

from backlit.explain.typeset.boxes import (
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
from backlit.explain.typeset.characters import NAMED_LETTERS
from backlit.explain.typeset.layout import layout
from backlit.explain.typeset.lines import lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from backlit.explain.typeset.lines import Line
    from backlit.explain.typeset.mathematics import Tree

Flat: TypeAlias = Token | Fraction | Script | Root | Limits | Grid
"""What a row holds once its groups are opened."""

PAGE_WIDTH = 78.0
"""Digits that a line of a printed page holds."""

LATIN_CAPITALS = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧ", "ABEZHIKMNOPTX", strict=True))
LETTERS = {
    **{letter: f"\\{name}" for name, letter in NAMED_LETTERS.items()},
    **{letter: f"\\mathrm{{{latin}}}" for letter, latin in LATIN_CAPITALS.items()},
    "ε": r"\varepsilon",
    "φ": r"\varphi",
    "ο": "o",
    "ς": r"\varsigma",
    "ϵ": r"\epsilon",
    "ϕ": r"\phi",
    "ϑ": r"\vartheta",
    "ℓ": r"\ell",
    "∞": r"\infty",
    "ı": r"\imath",
}
ACCENTS = {
    "\u0300": "grave",
    "\u0301": "acute",
    "\u0302": "hat",
    "\u0303": "tilde",
    "\u0304": "bar",
    "\u0306": "breve",
    "\u0307": "dot",
    "\u0308": "ddot",
    "\u030c": "check",
}
FUNCTIONS = {
    *("arg", "cos", "cosh", "det", "exp", "ln", "log", "max", "min", "sin", "sinh"),
    *("tan", "tanh"),
}
OPERATORS = {
    "·": r" \cdot ",
    "+": " + ",
    "−": " - ",
    "/": " / ",
    "⊙": r" \odot ",
    "": r"\thinspace ",
    "=": " = ",
    "≈": r" \approx ",
    "←": r" \leftarrow ",
    "<": " < ",
    ">": " > ",
    "≤": r" \le ",
    "≥": r" \ge ",
    "≠": r" \ne ",
    "∈": r" \in ",
}
MARKS = {
    "∂": r"\partial ",
    "…": r"\dots ",
    "′": r"\prime ",
    "−": "-",
    "·": r"\cdot ",
    ",": ",",
    ".": ".",
    "/": "/",
    "(": "(",
    ")": ")",
    "[": "[",
    "]": "]",
}
OPENING = {"(": "(", "[": "[", "{": r"\lbrace ", "|": r"\lvert "}
CLOSING = {")": ")", "]": "]", "}": r"\rbrace ", "|": r"\rvert "}
SPECIAL = {
    "\\": r"\backslash ",
    "{": r"\lbrace ",
    "}": r"\rbrace ",
    "~": r"{\sim}",
    "^": r"{\wedge}",
    "*": r"{\ast}",
    "|": r"\vert ",
    " ": r"{\ }",
    "'": r"\text{'}",
    "`": r"\grave{}",
    **{character: f"\\{character}" for character in "$&#%_"},
    **{character: f"{{{character}}}" for character in ",;:=+<>!?@"},
    **{character: f"\\text{{{character}}}" for character in '-"'},
}
"""What other than letters and digits may stand in an upright name."""

TEXT_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "[": "{[}",
    "*": "{*}",
    **{character: f"\\{character}" for character in "{}$&#%_"},
}


def escaped(text: str) -> str:
    r"""Return plain text as LaTeX's text mode needs it, still in Unicode.

    Example:
        >>> print(escaped("50 % of a_b -- {x}"))
        50 \% of a\_b -{}- \{x\}
    """
    safe = "".join(TEXT_SPECIAL.get(character, character) for character in text)
    return re.sub(r"([-',])(?=\1)", r"\1{}", safe)


def formula(tree: Tree) -> str:
    r"""Write a formula in TeX, without the dollars around it.

    Example:
        >>> from backlit.explain.typeset.mathematics import Symbol
        >>> print(formula(Symbol("w", (2, 1), "(1)")))
        w^{(1)}_{2,1}
    """
    return source(layout(tree, linear=False))


def rows(equations: Sequence[Tree], width: float = PAGE_WIDTH) -> list[str]:
    r"""Write equations as rows of an `aligned`; one row alone has no `&`.

    Args:
        equations: the chains to align.
        width: digits that a line holds.

    Returns:
        The rows, without the `\\` between them.
    """
    found = lines(equations, width, extent, linear=False)
    if len(found) == 1:
        return [source(found[0].left + found[0].right)]
    return [_row(line) for line in found]


def _row(line: Line) -> str:
    left, right = source(line.left), source(line.right)
    if line.continued:
        return rf"& \quad {{}} {right}"
    # A bracket behind the `\\` of the row above would be read as its argument.
    return f"{'{}' if left.startswith('[') else ''}{left} & {right}".strip()


def source(boxes: Boxes) -> str:
    """Write boxes in TeX."""
    flat = tuple(_flat(boxes))
    pairs = _pairs(flat)
    parts = [_box(box, index in pairs) for index, box in enumerate(flat)]
    return re.sub(" +", " ", _joined(parts)).strip()


def _flat(boxes: Boxes) -> Iterator[Flat]:
    for box in boxes:
        if isinstance(box, Group):
            yield from _flat(box.body)
        else:
            yield box


def _pairs(boxes: tuple[Flat, ...]) -> set[int]:
    """Return the places of the brackets that open and close in this very row."""
    found, opened = set(), []
    for index, box in enumerate(boxes):
        kind = box.kind if isinstance(box, Token) else None
        if kind == "open":
            opened.append(index)
        elif kind == "close" and opened:
            found |= {opened.pop(), index}
    return found


def _joined(parts: list[str]) -> str:
    """Join parts, with a blank where a command would run into a letter."""
    text = ""
    for part in parts:
        runs_on = re.search(r"\\[A-Za-z]+$", text) and part[:1].isalpha()
        text += f" {part}" if runs_on else part
    return text


def _box(box: Flat, is_paired: bool) -> str:
    match box:
        case Token(kind="open" | "close"):
            return _bracket(box, is_paired)
        case Token():
            return _token(box)
        case Fraction():
            return rf"\frac{{{source(box.over)}}}{{{source(box.under)}}}"
        case Root():
            return rf"\sqrt{{{source(box.body)}}}"
        case Script():
            return source(box.base) + _scripts(box.sub, box.sup)
        case Limits():
            lower = f"_{{{source(box.lower)}}}" if box.lower else ""
            upper = f"^{{{source(box.upper)}}}" if box.upper else ""
            return rf"\sum{lower}{upper} "
        case Grid():
            cells = [" & ".join(map(source, row)) for row in box.rows]
            body = " \\\\\n".join(cells)
            return f"\\begin{{{box.kind}}} {body} \\end{{{box.kind}}}"


def _scripts(sub: Boxes, sup: Boxes) -> str:
    head = f"^{{{source(sup)}}}" if sup else ""
    return head + (f"_{{{source(sub)}}}" if sub else "")


def _bracket(token: Token, is_paired: bool) -> str:
    opens = token.kind == "open"
    shape = (OPENING if opens else CLOSING)[token.text]
    if not token.tall:
        return shape
    if is_paired:
        return ("\\left" if opens else "\\right") + shape
    return ("\\Bigl" if opens else "\\Bigr") + shape


def _token(token: Token) -> str:
    text = token.text
    match token.kind:
        case "number":
            return {"∞": r"\infty", "NaN": r"\mathrm{NaN}"}.get(text, text)
        case "letter":
            return _letter(text)
        case "bold":
            command = "mathbf" if text.isascii() else "boldsymbol"
            return rf"\{command}{{{_letter(text)}}}"
        case "word":
            return rf"\mathrm{{{_upright(text)}}}"
        case "function":
            return f"\\{text}" if text in FUNCTIONS else _operator_name(text)
        case "prose":
            return rf"\text{{{escaped(text)}}}"
        case "separator":
            return f"{text} "
        case "mark":
            return MARKS.get(text) or _upright(text)
    return OPERATORS[text] if token.kind != "sign" else MARKS.get(text, text)


def _operator_name(text: str) -> str:
    return rf"\operatorname{{{_upright(text)}}}"


def _letter(letter: str) -> str:
    if letter in LETTERS:
        return LETTERS[letter]
    base, *accents = list(unicodedata.normalize("NFD", letter))
    if len(accents) == 1 and base.isascii() and accents[0] in ACCENTS:
        return rf"\{ACCENTS[accents[0]]}{{{base}}}"
    return _upright(letter)


def _upright(text: str) -> str:
    return "".join(
        SPECIAL.get(character, character)
        if character.isascii()
        else rf"\text{{{character}}}"
        for character in text
    )
