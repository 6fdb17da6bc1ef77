"""The exponential and the logarithm, and the functions made of them, as LLVM IR.

    e^x = 2^n e^r,        n = round(x / ln 2),  |r| ≤ ln(2)/2
    log x = n ln 2 + log m,        x = 2^n m,  √½ ≤ m < √2

and polynomials for e^r and log m. There is no branch, table or call: every lane does
the same, so that any processor's vectors can run it. Errors are in ulp, units in the
last place of the exact result, and were measured on all floats; those for doubles are
the largest of many samples. The coefficients were fitted for these forms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backlit.compile.coefficients import PRECISIONS, Precision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backlit.compile.ir import Value

INF, NAN = float("inf"), float("nan")


def exp(x: Value) -> Value:
    """Return e^x."""
    p = precision(x)
    return scaled_exp(clamped(x, p.least, p.greatest))


def tanh(x: Value) -> Value:
    """Return tanh x = q / (q + 2), where q = e^(2|x|) - 1, with the sign of x."""
    size = clamped(absolute(x), None, precision(x).flat)
    q = expm1(size + size)
    return with_sign(q / (q + 2.0), x)


def sigmoid(x: Value) -> Value:
    """Return q / (1 + q), where q = e^x."""
    p = precision(x)
    q = scaled_exp(clamped(x, p.least, 2 * p.flat))
    return q / (q + 1.0)


def elu(x: Value, *, alpha: float) -> Value:
    """Return x where it is positive, else alpha (e^x - 1)."""
    below = expm1(clamped(x, -4 * precision(x).flat, None)) * alpha
    return x.code.select(x > 0.0, x, below)


def erf(x: Value) -> Value:
    """Return the error function: x + x P(x²) to |x| = 1, then 1 - e^Q(|x|)."""
    p = precision(x)
    inner = x.code.fma(x, polynomial(x * x, p.erf), x)
    half = p.erfc_half
    size = clamped(absolute(x), None, 1.0 + 2.0 * half)
    at = x.code.fma(size, 1.0 / half, -(1.0 + half) / half)
    outer = with_sign(expm1(polynomial(at, p.erfc)), x)
    return x.code.select(size < 1.0, inner, outer)


def log(x: Value) -> Value:
    """Return the natural logarithm of x: NaN below 0, -inf at 0."""
    y = log_of(*split(x))
    return at_ends(x, y, 0.0)


def log1p(x: Value) -> Value:
    """Return log(1 + x).

    With 1 + x = 2^n m, what log needs is m - 1 = 2^-n x + (2^-n - 1), which has no
    rounding of 1 + x in it.
    """
    p, code = precision(x), x.code
    n, m = split(x + 1.0)
    scale = power_of_two(-n, x)
    exact = code.fma(x, scale, scale - 1.0)
    f = code.select(x < 4.0 * p.whole, exact, m)
    y = at_ends(x, log_of(n, f), -1.0)
    return code.select(x.code.compare("eq", x, 0.0), x, y)  # keeps -0


def softplus(x: Value) -> Value:
    """Return log(1 + e^x) = max(x, 0) + log(1 + u), where u = e^-|x|.

    log(1 + u) = 2 atanh(s/2) for s = u / (1 + u/2), a quick series as u ≤ 1.
    """
    p, code = precision(x), x.code
    u = scaled_exp(clamped(-absolute(x), p.least, None))
    s = u / code.fma(u, 0.5, 1.0)
    z = s * s
    rest = code.fma(s * z, polynomial(z, p.log1p), s)
    return clamped(x, 0.0, None) + rest
