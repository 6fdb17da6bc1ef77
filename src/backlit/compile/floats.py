"""Floats by their bits: signs, exponents, bounds and polynomials, as LLVM IR.

All of it keeps NaN a NaN, and is inline code on every processor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backlit.compile.coefficients import PRECISIONS, Coefficients, Precision

if TYPE_CHECKING:
    from backlit.compile.ir import Value


def precision(x: Value) -> Precision:
    """Return what is to be known of the value's float type."""
    return PRECISIONS[x.type.scalar]


def bits(x: Value) -> Value:
    """Return the bits of floats as integers."""
    return x.code.convert("bitcast", x, precision(x).integer)


def from_bits(i: Value, scalar: str) -> Value:
    """Return the floats that have these bits."""
    return i.code.convert("bitcast", i, scalar)


def absolute(x: Value) -> Value:
    """Return |x|."""
    return x.code.call("fabs", x)


def with_sign(x: Value, sign: Value) -> Value:
    """Return |x| with the sign of another value, be it that of -0."""
    return x.code.call("copysign", x, sign)


def clamped(x: Value, low: float | None, high: float | None) -> Value:
    """Return x, but at least low and at most high."""
    if low is not None:
        x = x.code.select(x < low, low, x)
    if high is not None:
        x = x.code.select(x > high, high, x)
    return x


def floor(x: Value) -> Value:
    """Return the largest whole number that is not greater; -0 stays.

    SSE2 has no instruction for it: adding 2^23 (2^52) to |x| rounds off the fraction.
    """
    whole, size = precision(x).whole, absolute(x)
    near = with_sign((size + whole) - whole, x)
    below = x.code.select(near > x, near - 1.0, near)
    return x.code.select(size < whole, below, x)


def polynomial(x: Value, coefficients: Coefficients) -> Value:
    """Return c₀ + c₁ x + c₂ x² + …, evaluated from the highest power down."""
    *lower, highest = coefficients
    result = x.code.number(highest, x.type)
    for c in reversed(lower):
        result = x.code.fma(result, x, c)
    return result


def in_halves(x: Value, coefficients: Coefficients) -> Value:
    """Return a polynomial by Estrin's scheme.

    More operations than `polynomial` by the powers of x, but only as many that wait for
    others as there are such powers.
    """
    terms = [x.code.number(c, x.type) for c in coefficients]
    power = x
    while True:
        terms = [
            x.code.fma(terms[n + 1], power, terms[n])
            if n + 1 < len(terms)
            else terms[n]
            for n in range(0, len(terms), 2)
        ]
        if len(terms) == 1:
            return terms[0]
        power = power * power


def in_pairs(x: Value, square: Value, coefficients: Coefficients) -> Value:
    """Return a polynomial as one in x² whose coefficients are c₀ + c₁ x, c₂ + c₃ x, ….

    As many operations as `polynomial`, if x² is there, but fewer that wait for others.
    """
    pairs = [
        polynomial(x, coefficients[n : n + 2]) for n in range(0, len(coefficients), 2)
    ]
    result = pairs.pop()
    for pair in reversed(pairs):
        result = x.code.fma(result, square, pair)
    return result


def power_of_two(n: Value) -> Value:
    """Return 2^n for whole n, as long as that has all its digits."""
    p = precision(n)
    return from_bits(bits(n + (1.5 * p.whole + p.bias)) << p.fraction, n.type.scalar)


def split(x: Value) -> tuple[Value, Value]:
    """Return whole n and f with x = 2^n (1 + f) and √½ ≤ 1 + f < √2.

    For normal x > 0. Once the exponent field counts from √½, a shift gives n; set
    beside the exponent of 2^23 (2^52), it makes a float that is n more than that.
    """
    p, scalar = precision(x), x.type.scalar
    i = bits(x) + (p.one - p.root_half)
    field = (i >> p.fraction) | ((p.bias + p.fraction) << p.fraction)
    m = from_bits((i & ((1 << p.fraction) - 1)) + p.root_half, scalar)
    return from_bits(field, scalar) - (p.whole + p.bias), m - 1.0


def split_any(x: Value) -> tuple[Value, Value]:
    """Do as `split` also for denormal x > 0."""
    p, code = precision(x), x.code
    few = x < p.smallest
    n, f = split(code.select(few, x * p.whole, x))
    return n - code.select(few, code.number(p.fraction, x.type), 0.0), f
