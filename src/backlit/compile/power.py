"""Powers as LLVM IR: x^y = e^(y log |x|), with the sign and the ends as IEEE 754 has.

A logarithm to about 60 bits is needed, as its error is multiplied by up to 745. For
float the logarithm of double is that; for double it is kept in two parts.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from backlit.compile.exponential import log_of, scaled_exp
from backlit.compile.floats import (
    absolute,
    bits,
    clamped,
    floor,
    from_bits,
    polynomial,
    precision,
    split,
)

if TYPE_CHECKING:
    from backlit.compile.ir import Value

    Pair = tuple[Value, Value]  # the sum of both, of which the first has the high bits

FAR = 2.0**70  # with |y| from here on the result is 0, 1 or infinite
HALF = -1 << 27  # the bits of a double with half of its digits


def pow(x: Value, y: Value) -> Value:  # noqa: A001 - the operation's usual name
    """Return x to the power of y; NaN for x < 0 and y not whole."""
    if x.type.scalar == "double":
        return with_ends(of_doubles(absolute(x), y), x, y)
    x, y = (v.code.convert("fpext", v, "double") for v in (x, y))
    product = clamped(y, -FAR, FAR) * log_of(*split(absolute(x)))
    result = with_ends(limited_exp(product), x, y)
    return x.code.convert("fptrunc", result, "float")


def limited_exp(x: Value, rest: Value | None = None) -> Value:
    """Return e^(x + rest) for any x."""
    p = precision(x)
    return scaled_exp(clamped(x, p.least, p.greatest), rest)


def of_doubles(x: Value, y: Value) -> Value:
    """Return x to the power of y, for finite x > 0."""
    return limited_exp(*times(clamped(y, -FAR, FAR), *log_pair(x)))


def times(y: Value, high: Value, low: Value) -> Pair:
    """Return y (high + low)."""
    product = y * high
    (y1, y2), (h1, h2) = halves(y), halves(high)
    error = (y1 * h1 - product) + y1 * h2 + y2 * h1 + y2 * h2
    return product, error + y * low


def log_pair(x: Value) -> Pair:
    """Return log x, for finite x > 0.

    As `exponential.log_of`, but with s = f / (2 + f) in two parts, in n ln 2 + 2 s +
    s³ P(s²).
    """
    p, code = precision(x), x.code
    few = x < p.smallest
    n, f = split(code.select(few, x * p.whole, x))
    n = n - code.select(few, code.number(p.fraction, x.type), 0.0)
    (s1, s2) = quotient(f)
    s = s1 + s2
    z = s * s
    large, twice = n * p.ln2[0], s1 * 2.0
    high = large + twice
    low = (twice - (high - large)) + (
        code.fma(s * z, polynomial(z, p.log), s2 * 2.0) + n * p.ln2[1]
    )
    return renormalised(high, low)


def quotient(f: Value) -> Pair:
    """Return f / (2 + f), the first part with half of the digits."""
    divisor = f + 2.0
    (d1, d2), d3 = halves(divisor), f - (divisor - 2.0)
    s1 = halves(f / divisor)[0]
    return s1, (((f - s1 * d1) - s1 * d2) - s1 * d3) / divisor


def halves(x: Value) -> Pair:
    """Return a double as the sum of two with half of its digits."""
    first = from_bits(bits(x) & HALF, x.type.scalar)
    return first, x - first


def renormalised(high: Value, low: Value) -> Pair:
    """Return the same sum, with a second part below the last digit of the first."""
    total = high + low
    return total, low - (total - high)


def with_ends(power: Value, x: Value, y: Value) -> Value:
    """Return |x|^y with its sign, and what it is where x or y is 0, 1, inf or NaN."""
    code, size = x.code, absolute(x)
    zero = code.compare("eq", size, 0.0)
    end = zero | code.compare("eq", size, math.inf)
    vanishes = zero ^ (y < 0.0)
    ends = code.select(vanishes, code.number(0.0, x.type), math.inf)
    power = code.select(end, ends, power)
    is_whole = code.compare("eq", floor(y), y)
    half = y * 0.5
    odd = is_whole & code.compare("ne", floor(half), half)
    power = code.select(odd & (bits(x) < 0), -power, power)
    impossible = (x < 0.0) & (x > -math.inf) & (is_whole ^ 1)
    power = code.select(impossible, math.nan, power)
    power = code.select(code.compare("ne", x, x), x, power)
    power = code.select(code.compare("ne", y, y), y, power)
    one = code.compare("eq", y, 0.0) | code.compare("eq", x, 1.0)
    return code.select(one, 1.0, power)
