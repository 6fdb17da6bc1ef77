"""Numbers as a person writes them: 0.593269992, 12, 1.25 · 10⁻⁷.

A number is rounded once, by Python's correctly rounded formatting, to `digits`
significant digits. Printed digits are therefore the digits of the float itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import SupportsFloat

from backlit.explain.typeset.characters import raised

SMALLEST_EXPONENT = -4
LARGEST_EXPONENT = 7
LARGEST_INTEGER = 10**9


@dataclass(frozen=True, slots=True)
class Figures:
    """The parts of a printed number.

    Attributes:
        negative: whether a minus sign stands in front; never for zero or NaN.
        mantissa: digits with at most one point; `∞` and `NaN` for what has no digits;
            empty for a bare power of ten such as 10⁻⁷.
        exponent: the power of ten, or None where the number is written out.
    """

    negative: bool
    mantissa: str
    exponent: int | None = None


def figures(value: SupportsFloat, digits: int = 9) -> Figures:
    """Round a number and take it apart.

    Args:
        value: any number that `float` takes, NumPy's included.
        digits: significant digits kept, at least 1; trailing zeros are trimmed.

    Returns:
        The parts to print. Integers below a billion keep all their digits; others are
        written out from 10⁻⁴ to below 10⁷ if their digits reach the point, else with
        a power of ten. Minus zero is printed as 0.

    Example:
        >>> figures(-1.25e-7)
        Figures(negative=True, mantissa='1.25', exponent=-7)
    """
    number = float(value)
    size = abs(number)
    if math.isnan(number):
        return Figures(negative=False, mantissa="NaN")
    if math.isinf(number):
        return Figures(number < 0, "∞")
    if size < LARGEST_INTEGER and size.is_integer():
        return Figures(number < 0, str(int(size)))
    return Figures(number < 0, *_rounded(size, digits))


def _rounded(size: float, digits: int) -> tuple[str, int | None]:
    """Return mantissa and exponent of a positive number that is no small integer."""
    mantissa, _, power = f"{size:.{digits - 1}e}".partition("e")
    exponent = int(power)
    if SMALLEST_EXPONENT <= exponent < min(LARGEST_EXPONENT, digits):
        written_out = f"{size:.{max(digits - 1 - exponent, 0)}f}"
        return _trimmed(written_out), None
    trimmed = _trimmed(mantissa)
    return ("" if trimmed == "1" else trimmed), exponent


def _trimmed(written: str) -> str:
    return written.rstrip("0").rstrip(".") if "." in written else written


def number(value: SupportsFloat, digits: int = 9) -> str:
    """Write a number as plain text, with Unicode's minus and superscripts.

    Args:
        value: any number that `float` takes.
        digits: significant digits kept, at least 1.

    Returns:
        The number as text.

    Example:
        >>> number(0.593269992), number(-0.50), number(3.0), number(1.25e-7)
        ('0.593269992', '−0.5', '3', '1.25 · 10⁻⁷')
    """
    parts = figures(value, digits)
    sign = "−" if parts.negative else ""
    if parts.exponent is None:
        return sign + parts.mantissa
    power = "10" + (raised(str(parts.exponent).replace("-", "−")) or "")
    return sign + " · ".join(filter(None, [parts.mantissa, power]))
