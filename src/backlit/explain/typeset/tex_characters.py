"""Characters beyond ASCII as LaTeX commands, so that any compiler reads any name.

Accents come from Unicode's decompositions. What the standard fonts do not have is
named by its code point: unreadable, but it compiles and does not lie.
"""

from __future__ import annotations

import re
import unicodedata

from backlit.explain.typeset.characters import SUBSCRIPTS, SUPERSCRIPTS, printable
from backlit.explain.typeset.tex import LETTERS

MATHEMATICS = {
    **{letter: command for letter, command in LETTERS.items() if letter != "ı"},
    **{
        character: f"^{{{base}}}"
        for base, character in SUPERSCRIPTS.items()
        if character not in {"*", "′"}
    },
    **{
        character: f"_{{{base}}}"
        for base, character in SUBSCRIPTS.items()
        if character != ","
    },
    "−": "-",
    "·": r"\cdot",
    "⋅": r"\cdot",
    "×": r"\times",
    "±": r"\pm",
    "÷": r"\div",
    "⊙": r"\odot",
    "√": r"\surd",
    "∑": r"\sum",
    "∏": r"\prod",
    "≈": r"\approx",
    "≤": r"\le",
    "≥": r"\ge",
    "≠": r"\ne",
    "∈": r"\in",
    "≪": r"\ll",
    "≫": r"\gg",
    "∝": r"\propto",
    "←": r"\leftarrow",
    "→": r"\rightarrow",
    "↔": r"\leftrightarrow",
    "↦": r"\mapsto",
    "⇒": r"\Rightarrow",
    "↑": r"\uparrow",
    "↓": r"\downarrow",
    "✓": r"\surd",
    "✗": r"\times",
    "′": r"^{\prime}",
    "°": r"^{\circ}",
    "¬": r"\neg",
    "µ": r"\mu",
    "½": r"\frac{1}{2}",
    "¼": r"\frac{1}{4}",
    "∫": r"\int",
    "‖": r"\Vert",
    "∅": r"\emptyset",
    "∪": r"\cup",
    "∩": r"\cap",
}
TEXT = {
    "…": r"\dots{}",
    "–": "--",
    "—": "---",
    "‐": "-",
    "‑": "-",
    "•": r"\textbullet{}",
    "‘": "`",
    "’": "'",
    "‚": r"\quotesinglbase{}",
    "“": "``",
    "”": "''",
    "„": r"\quotedblbase{}",
    "«": r"\guillemotleft{}",
    "»": r"\guillemotright{}",
    "ß": r"\ss{}",
    "æ": r"\ae{}",
    "Æ": r"\AE{}",
    "œ": r"\oe{}",
    "Œ": r"\OE{}",
    "ø": r"\o{}",
    "Ø": r"\O{}",
    "ł": r"\l{}",
    "Ł": r"\L{}",
    "ı": r"\i{}",
    "đ": r"\dj{}",
    "Đ": r"\DJ{}",
    "ð": r"\dh{}",
    "Ð": r"\DH{}",
    "þ": r"\th{}",
    "Þ": r"\TH{}",
    "€": r"\texteuro{}",
    "£": r"\pounds{}",
    "§": r"\S{}",
    "©": r"\copyright{}",
    "®": r"\textregistered{}",
    "™": r"\texttrademark{}",
    "¿": r"\textquestiondown{}",
    "¡": r"\textexclamdown{}",
    "\u00ad": r"\-",
    "\u2009": r"\,",
    "\u202f": r"\,",
    "\u200b": "",
    "\u200d": "",
    "\u200c": "",
}
ACCENTS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0323": "d",
    "\u0327": "c",
    "\u0328": "k",
    "\u0331": "b",
}


def commands(source: str) -> str:
    r"""Return LaTeX source in ASCII; newlines stay.

    Args:
        source: LaTeX whose other characters all stand in text.

    Returns:
        The source with a command for each character beyond ASCII.

    Example:
        >>> print(commands("naïve σ"))
        na\"{\i}ve \ensuremath{\sigma}
    """
    return re.sub(r"[^\n -~]", _command, unicodedata.normalize("NFC", source))


def _command(match: re.Match[str]) -> str:
    character = match[0]
    if character in MATHEMATICS:
        return rf"\ensuremath{{{_ascii(MATHEMATICS[character])}}}"
    if character in TEXT:
        return TEXT[character]
    base, *accents = list(unicodedata.normalize("NFD", character))
    if accents and base.isascii() and all(accent in ACCENTS for accent in accents):
        return _accented(r"\i" if base == "i" else base, accents)
    shown = printable(character)
    return " " if shown == " " else rf"\texttt{{U+{ord(shown):04X}}}\allowbreak{{}}"


def _accented(base: str, accents: list[str]) -> str:
    for accent in accents:
        base = rf"\{ACCENTS[accent]}{{{base}}}"
    return base


def _ascii(command: str) -> str:
    return command.replace("−", "-")
