"""Sine and cosine as LLVM IR.

    x = n π/2 + r,  |r| ≤ π/4;   sin x is ±sin r or ±cos r, by n mod 4.

For float any finite x is reduced, in double; for double |x| ≤ 2^27 π/2 = 2.1e8, and
beyond that, as at infinity, the result is NaN. Errors as in `exponential`: float ≤ 1.7
ulp, double ≤ 2.0.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from backlit.compile.coefficients import HALF_PI, QUARTERS
from backlit.compile.floats import (
    absolute,
    bits,
    from_bits,
    polynomial,
    precision,
)

if TYPE_CHECKING:
    from backlit.compile.ir import Value

ANCHOR = 1.5 * 2.0**52  # added to a double it rounds, and leaves the whole in the bits
LARGEST = 2.0**27 * math.pi / 2


def sin(x: Value) -> Value:
    """Return the sine of x in radians."""
    n, r = quarters(absolute(x))
    return from_bits(bits(sine(n, r)) ^ (bits(x) & precision(x).sign), x.type.scalar)


def cos(x: Value) -> Value:
    """Return the cosine of x in radians: the sine a quarter turn on."""
    n, r = quarters(x)
    return sine(n + 1, r)


def sine(n: Value, r: Value) -> Value:
    """Return sin(n π/2 + r), for |r| ≤ π/4."""
    p, code, z = precision(r), r.code, r * r
    sin_r = code.fma(r * z, polynomial(z, p.sin), r)
    cos_r = code.fma(z * z, polynomial(z, p.cos), code.fma(z, -0.5, 1.0))
    y = code.select(code.compare("eq", n & 1, 0), sin_r, cos_r)
    turned = bits(y) ^ ((n << (p.size - 2)) & p.sign)  # n mod 4 is 2 or 3
    return from_bits(turned, r.type.scalar)


def quarters(x: Value) -> tuple[Value, Value]:
    """Return n, of which only n mod 4 counts, and r, with x = n π/2 + r."""
    return double_quarters(x) if x.type.scalar == "double" else float_quarters(x)


def double_quarters(x: Value) -> tuple[Value, Value]:
    """Take multiples of π/2 away in parts; the products and first rests are exact."""
    anchored = x * (2.0 / math.pi) + ANCHOR
    n, r = anchored - ANCHOR, x
    for part in HALF_PI:
        r = x.code.fma(n, -part, r)
    return bits(anchored), x.code.select(absolute(x) <= LARGEST, r, math.nan)


def float_quarters(x: Value) -> tuple[Value, Value]:
    """Multiply by 2/π less whole turns, in three parts, in double.

    The two large products are exact, and so are they less their multiples of 4.
    """
    wide = x.code.convert("fpext", x, "double")
    a, b, c = two_by_pi(wide)
    first, second = less_fours(wide * a), less_fours(wide * b)
    n, anchored = whole(first + second)
    r = ((first - n) + second + wide * c) * (math.pi / 2)
    return (
        x.code.convert("trunc", bits(anchored), precision(x).integer),
        x.code.convert("fptrunc", r, "float"),
    )


def two_by_pi(x: Value) -> list[Value]:
    """Return 2/π in three parts; for large x less a number that gives whole turns."""
    code, size = x.code, absolute(x)
    (_, _, parts), *others = QUARTERS
    chosen = [code.number(part, x.type) for part in parts]
    for start, shift, parts in others:
        far, scale = size >= start, 2.0**-shift
        chosen = [
            code.select(far, part * scale, nearer)
            for part, nearer in zip(parts, chosen, strict=True)
        ]
    return chosen


def less_fours(x: Value) -> Value:
    """Return x less the nearest multiple of 4."""
    return x - whole(x * 0.25)[0] * 4.0


def whole(x: Value) -> tuple[Value, Value]:
    """Return the nearest whole number, and a float that has it in its low bits."""
    anchored = x + ANCHOR
    return anchored - ANCHOR, anchored
