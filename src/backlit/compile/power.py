"""Powers as LLVM IR: x^y = e^(y log |x|), with the sign and the ends as IEEE 754 has.

The error of the logarithm is multiplied by y log |x|, up to 745, so that it is needed
to more digits than the result has: for float it is taken in double, for double as the
sum of two. A product of halves, each with half of the digits, has no rounding.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from backlit.compile.coefficients import DOUBLE
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
    split_any,
)

if TYPE_CHECKING:
    from backlit.compile.ir import Value

    Pair = tuple[Value, Value]  # the sum of both, of which the first has the high bits

LEAST, GREATEST = DOUBLE.least, DOUBLE.greatest
FAR = 2.0**70  # with |y| from here on the result is 0, 1 or infinite
TWO_THIRDS = (0.6666666567325592, 9.934107462565104e-09)  # in halves
HALF = -1 << 27  # the bits of a double with half of its digits


def pow(x: Value, y: Value) -> Value:  # noqa: A001 - the operation's usual name
    """Return x to the power of y; NaN for x < 0 and y not whole.

    Error: float ≤ 0.51 ulp, double ≤ 7 (each the largest of samples).
    """
    size, far = absolute(x), clamped(y, -FAR, FAR)
    power = of_floats(size, far) if x.type.scalar == "float" else of_doubles(size, far)
    return with_ends(power, x, y)


def of_floats(x: Value, y: Value) -> Value:
    """Return x to the power of y, for finite x > 0."""
    x, y = (v.code.convert("fpext", v, "double") for v in (x, y))
    product = y * log_of(*split(x))
    power = scaled_exp(clamped(product, LEAST, GREATEST))
    return x.code.convert("fptrunc", power, "float")


def of_doubles(x: Value, y: Value) -> Value:
    """Return x to the power of y, for finite x > 0."""
    product, rest = times(y, *log_pair(x))
    known = clamped(product, LEAST, GREATEST)
    same = x.code.compare("eq", known, product)
    return scaled_exp(known, x.code.select(same, rest, 0.0))


def times(y: Value, high: Value, low: Value) -> Pair:
    """Return y (high + low)."""
    product = y * high
    (y1, y2), (h1, h2) = halves(y), halves(high)
    error = (y1 * h1 - product) + y1 * h2 + y2 * h1 + y2 * h2
    return product, error + y * low


def log_pair(x: Value) -> Pair:
    """Return log x, for finite x > 0.

    n ln 2 + 2 s + s³ P(s²) as in `exponential.log_of`, the first terms in two parts.
    """
    p, code = precision(x), x.code
    n, f = split_any(x)
    s1, s2 = quotient(f)
    c1, c2 = two_thirds_cube(s1, s2)
    s = s1 + s2
    z = s * s
    rest = c2 + s * z * z * polynomial(z, p.log[1:])
    high, error = added(n * p.ln2[0], s1 * 2.0)
    high, other = added(high, c1)
    return added(high, error + (other + (code.fma(s2, 2.0, rest) + n * p.ln2[1])))


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


def two_thirds_cube(s1: Value, s2: Value) -> Pair:
    """Return 2/3 (s1 + s2)³, where s1 has half of the digits and s2 the rest."""
    square = s1 * s1  # exact, and so are its first half times s1 and the first part
    z1, z2 = halves(square)
    k1, k2 = halves(s1 * z1)
    rest = k2 + (s1 * z2 + s1 * s2 * (s1 + s2) * 3.0)
    return k1 * TWO_THIRDS[0], k1 * TWO_THIRDS[1] + rest * (2.0 / 3.0)


def added(large: Value, small: Value) -> Pair:
    """Return the sum and its rounding error, where large is the larger, or 0."""
    total = large + small
    return total, small - (total - large)


def with_ends(power: Value, x: Value, y: Value) -> Value:
    """Return x^y, given |x|^y for common numbers."""
    code = x.code
    whole = code.compare("eq", floor(y), y)
    half = y * 0.5
    odd = whole & code.compare("ne", floor(half), half)
    power = at_limits(power, absolute(x), y)
    power = code.select(odd & (bits(x) < 0), -power, power)
    undefined = (x < 0.0) & (x > -math.inf) & (whole ^ 1)
    undefined = undefined | code.compare("ne", x, x) | code.compare("ne", y, y)
    power = code.select(undefined, math.nan, power)
    one = code.compare("eq", y, 0.0) | code.compare("eq", x, 1.0)
    return code.select(one, 1.0, power)


def at_limits(power: Value, x: Value, y: Value) -> Value:
    """Return x^y where x is 0 or infinite, else the power given."""
    code = x.code
    zero, infinite = (code.compare("eq", x, limit) for limit in (0.0, math.inf))
    vanishes = zero ^ (y < 0.0)
    limit = code.select(vanishes, code.number(0.0, x.type), math.inf)
    return code.select(zero | infinite, limit, power)
