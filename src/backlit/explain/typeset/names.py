"""Names as boxes: letters, words, indices and raised marks."""

from __future__ import annotations

import re

from backlit.explain.typeset.boxes import Boxes, Token, separated
from backlit.explain.typeset.characters import NAMED_LETTERS, printable


def name_token(name: str) -> Token:
    """Return a name as one letter, a Greek name among them, or as an upright word."""
    shown = printable(NAMED_LETTERS.get(name, name))
    return Token("letter" if len(shown) == 1 else "word", shown)


def indices(sub: tuple[str | int, ...], *, linear: bool) -> Boxes:
    """Lay out indices: in linear form single characters stand without commas."""
    rows = [small(str(index).replace("-", "−")) for index in sub]
    joined = linear and all(len(str(index)) == 1 for index in sub)
    return separated(rows, Token("mark", "") if joined else Token("mark", ","))


def small(text: str) -> Boxes:
    """Lay out the text of an index or of a raised mark: (1), k+1, out."""
    kinds = re.findall(r"(\d+)|([^\W\d_]+)|(.)", printable(text))
    return tuple(
        Token("number", digits) if digits else name_token(word) if word else _mark(sign)
        for digits, word, sign in kinds
    )


def _mark(sign: str) -> Token:
    return Token("sign" if sign in "+−" else "mark", sign)
