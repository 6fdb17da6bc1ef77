"""How wide a text is, at most, in the usual sans-serif fonts.

Widths in em are those of DejaVu Sans, the widest of them.
"""

from __future__ import annotations

WIDTHS = {
    0.34: ".,·/ iljI|'():[]",
    0.42: "tfr" + "₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾₊₋ₐₑₓ",
    0.55: "⁻∂zkvxycs",
    0.85: "=−+wσ→←≥≤×",
    1.05: "mMW⋮",
}
_BY_CHARACTER = {c: width for width, text in WIDTHS.items() for c in text}
USUAL = 0.65


def extent(text: str, size: float) -> float:
    """Return the width of a text in pixels, for the size of the font in pixels."""
    return size * sum(_BY_CHARACTER.get(c, USUAL) for c in text)
