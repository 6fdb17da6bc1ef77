"""Characters of mathematics: Greek, raised and lowered, and what may be printed.

Everything that a user names passes through `printable`, so that no name can move the
cursor, turn the direction of writing or break an XML file.
"""

from __future__ import annotations

import unicodedata

_LETTERS = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota"),
    *("kappa", "lambda", "mu", "nu", "xi", "omicron", "pi", "rho", "sigma", "tau"),
    *("upsilon", "phi", "chi", "psi", "omega"),
)
NAMED_LETTERS = {
    **dict(zip(_LETTERS, "αβγδεζηθικλμνξοπρστυφχψω", strict=True)),
    **{
        name.capitalize(): letter
        for name, letter in zip(_LETTERS, "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ", strict=True)
    },
    "partial": "∂",
    "nabla": "∇",
    "infinity": "∞",
}
"""Letters by the names that people type: sigma, Sigma, eta, partial."""

SUPERSCRIPTS = {
    **dict(zip("0123456789+−=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾", strict=True)),
    **dict(zip("abcdefghijklm", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐ", strict=True)),
    **dict(zip("noprstuvwxyzT", "ⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀ", strict=True)),
    "′": "′",
    "*": "*",
}
SUBSCRIPTS = {
    **dict(zip("0123456789+−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", strict=True)),
    **dict(zip("aehijklmnoprstuvx", "ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)),
    ",": ",",
}

_REPLACED = {"Cc", "Cs", "Cn", "Co"}
_SPACES = {"\t", "\n", "\r", "\u00a0", "\u2028", "\u2029", "\u0085"}
_TURNS = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
_MARK = "\ufffd"


def raised(text: str) -> str | None:
    """Return text in superscript characters, or None where Unicode lacks one.

    Example:
        >>> raised("(1)"), raised("q")
        ('⁽¹⁾', None)
    """
    return _mapped(text, SUPERSCRIPTS)


def lowered(text: str) -> str | None:
    """Return text in subscript characters, or None where Unicode lacks one.

    Example:
        >>> lowered("21"), lowered("w")
        ('₂₁', None)
    """
    return _mapped(text, SUBSCRIPTS)


def _mapped(text: str, table: dict[str, str]) -> str | None:
    if not all(character in table for character in text):
        return None
    return "".join(table[character] for character in text)


def printable(text: str) -> str:
    r"""Return text that only prints: controls become �, all spaces and breaks ` `.

    Example:
        >>> printable("red \x1b[31m\nname")
        'red �[31m name'
    """
    return "".join(map(_printable_character, text))


def _printable_character(character: str) -> str:
    if character in _SPACES:
        return " "
    if character in _TURNS or unicodedata.category(character) in _REPLACED:
        return _MARK
    return character


def columns(text: str) -> int:
    """Return how many columns of a terminal the text takes.

    Example:
        >>> columns("w₁"), columns("x̄"), columns("重み")
        (2, 1, 4)
    """
    return sum(map(_character_columns, text))


def _character_columns(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
