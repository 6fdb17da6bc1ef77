"""The exponential and the logarithm, and the functions made of them, as LLVM IR.

    e^x = 2^n e^r,        n = round(x / ln 2),  |r| ≤ ln(2)/2
    log x = n ln 2 + log m,        x = 2^n m,  √½ ≤ m < √2

and polynomials for e^r and log m. There is no branch, table or call: every lane does
the same, so that any processor's vectors can run it, and NaN stays NaN. Errors are in
ulp, units in the last place of the exact result, with or without fused multiplication:
for float the largest of all 2^32 arguments, for double the largest of samples.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from backlit.compile.floats import (
    absolute,
    bits,
    clamped,
    from_bits,
    in_halves,
    in_pairs,
    polynomial,
    power_of_two,
    precision,
    split,
    split_any,
    with_sign,
)

if TYPE_CHECKING:
    from backlit.compile.ir import Value

LN2 = math.log(2.0)


def exp(x: Value) -> Value:
    """Return e^x.

    Error: float ≤ 1.1 ulp, double ≤ 1.0.
    """
    p = precision(x)
    return scaled_exp(clamped(x, p.least, p.greatest))


def tanh(x: Value) -> Value:
    """Return tanh x = q / (q + 2), where q = e^(2|x|) - 1, with the sign of x.

    Error: float ≤ 2.6 ulp, double ≤ 2.2.
    """
    p = precision(x)
    size = clamped(absolute(x), None, p.flat)
    q = expm1(size + size, (LN2,))  # where n ln 2 is inexact, q hardly matters
    return from_bits(bits(q / (q + 2.0)) | (bits(x) & p.sign), x.type.scalar)


def sigmoid(x: Value) -> Value:
    """Return q / (q + 2^-m), where 2^m q = e^x and m is half of its exponent.

    Of all these it has the fewest steps that wait for others: a network of one neuron
    waits for nothing else. Error: float ≤ 3.2 ulp, double ≤ 2.9.
    """
    p, scalar, code = precision(x), x.type.scalar, x.code
    r, half, other = in_parts(x)
    e = in_halves(r, (1.0, 1.0, *p.exp))
    up, down = from_bits(half, scalar), from_bits(2 * p.one - other, scalar)
    # Bounds are seen to at the end: so nothing waits for the comparisons.
    y = code.select(x < p.least, 0.0, e * up / code.fma(e, up, down))
    return code.select(x > 2 * p.flat, 1.0, y)


def elu(x: Value, *, alpha: float) -> Value:
    """Return x where it is positive, else alpha (e^x - 1).

    Error: float and double ≤ 2.0 ulp.
    """
    below = expm1(clamped(x, -4 * precision(x).flat, None)) * alpha
    return x.code.select(x > 0.0, x, below)


def erf(x: Value) -> Value:
    """Return the error function: x + x P(x²) to |x| = 1, then 1 - e^Q(|x|).

    Error: float ≤ 2.7 ulp, double ≤ 5.0.
    """
    p = precision(x)
    inner = x.code.fma(x, polynomial(x * x, p.erf), x)
    half = p.erfc_half
    size = clamped(absolute(x), None, 1.0 + 2.0 * half)
    at = x.code.fma(size, 1.0 / half, -(1.0 + half) / half)
    outer = with_sign(expm1(polynomial(at, p.erfc)), x)
    return x.code.select(size < 1.0, inner, outer)


def log(x: Value) -> Value:
    """Return the natural logarithm of x: NaN below 0, -inf at 0.

    Error: float ≤ 0.9 ulp, double ≤ 1.0.
    """
    return with_limits(log_of(*split_any(x)), x, 0.0)


def log1p(x: Value) -> Value:
    """Return log(1 + x).

    With 1 + x = 2^n (1 + f), f = 2^-n x + (2^-n - 1) is without the rounding of 1 + x.
    Error: float ≤ 1.4 ulp, double ≤ 1.5.
    """
    p, code = precision(x), x.code
    n, f = split(x + 1.0)
    scale = power_of_two(-n)
    better = code.fma(x, scale, scale - 1.0)
    f = code.select(x < 4.0 * p.whole, better, f)
    y = with_limits(log_of(n, f), x, -1.0)
    return code.select(code.compare("eq", x, 0.0), x, y)  # -0 stays


def softplus(x: Value) -> Value:
    """Return log(1 + e^x) = max(x, 0) + log(1 + u), where u = e^-|x|.

    log(1 + u) = 2 atanh(s/2), where s = u / (1 + u/2). Error: float ≤ 3.0 ulp,
    double ≤ 2.5.
    """
    p, code = precision(x), x.code
    u = scaled_exp(clamped(-absolute(x), p.least, None))
    s = u / code.fma(u, 0.5, 1.0)
    z = s * s
    rest = code.fma(s * z, polynomial(z, p.log1p), s)
    return clamped(x, 0.0, None) + rest


def reduced(
    x: Value, offset: float, ln2: tuple[float, ...] = ()
) -> tuple[Value, Value]:
    """Return r = x - n ln 2, and an integer with n + offset in its low bits.

    Adding 1.5 · 2^23 (1.5 · 2^52) rounds to a whole number and leaves it in the bits.
    ln 2 is taken in parts, those of the precision if none are given.
    """
    p, code = precision(x), x.code
    anchor = 1.5 * p.whole + offset
    anchored = code.fma(x, 1.0 / LN2, anchor)
    n, r = anchored - anchor, x
    for part in ln2 or p.ln2:
        r = code.fma(n, -part, r)
    return r, bits(anchored)


def exp_less_1(r: Value) -> Value:
    """Return e^r - 1 = r + r² P(r), for |r| ≤ ln(2)/2."""
    square = r * r
    return r.code.fma(square, in_pairs(r, square, precision(r).exp), r)


def expm1(x: Value, ln2: tuple[float, ...] = ()) -> Value:
    """Return e^x - 1 = 2^n (e^r - 1) + (2^n - 1), while 2^n is a normal number."""
    p = precision(x)
    r, n = reduced(x, p.bias, ln2)
    scale = from_bits(n << p.fraction, x.type.scalar)
    return x.code.fma(exp_less_1(r), scale, scale - 1.0)


def in_parts(x: Value) -> tuple[Value, Value, Value]:
    """Return r, and the bits of two powers of two whose product times e^r is e^x."""
    p = precision(x)
    r, n = reduced(x, 2 * p.bias)
    half = (n << (p.fraction - 1)) & (-1 << p.fraction)
    return r, half, (n << p.fraction) - half


def scaled_exp(x: Value, rest: Value | None = None) -> Value:
    """Return e^(x + rest), for x in the range of the type's exponent and a tiny rest.

    2^n is split in two factors, so that it may be denormal or beyond the largest.
    """
    scalar = x.type.scalar
    r, half, other = in_parts(x)
    e = exp_less_1(r if rest is None else r + rest) + 1.0
    return e * from_bits(half, scalar) * from_bits(other, scalar)


def log_of(n: Value, f: Value) -> Value:
    """Return n ln 2 + log(1 + f), for √½ ≤ 1 + f < √2.

    log(1 + f) = 2 atanh(s) = f - f²/2 + s (f²/2 + R(s²)), where s = f / (2 + f); the
    small terms are added first.
    """
    p, code = precision(f), f.code
    s = f / (f + 2.0)
    z = s * s
    square = f * f * 0.5
    low = code.fma(s, code.fma(z, polynomial(z, p.log), square), n * p.ln2[1])
    return code.fma(n, p.ln2[0], f - (square - low))


def with_limits(y: Value, x: Value, pole: float) -> Value:
    """Return y, a logarithm of x, with what it is at and below its pole, and at inf."""
    code = x.code
    low = code.select(
        code.compare("eq", x, pole), code.number(-math.inf, x.type), math.nan
    )
    y = code.select(x > pole, y, low)
    return code.select(code.compare("eq", x, math.inf), x, y)
