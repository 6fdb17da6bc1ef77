"""Sums of products: over any letters, and for one column with vectors along k.

    y[m] = sum over k of  a[m, k] · b[k]

If k lies along memory in both factors, products are added lane by lane, and the lanes
at the end, in halves: the order of the additions is fixed.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from backlit.compile.ir import Type, Value, plus

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backlit.compile.factors import At, Factor
    from backlit.compile.tiles import Contraction

CHAINS = 4  # vectors of a single row that are added up apart, as sums must wait
UNROLLED = 32  # multiplications that are written out without a loop over k


def zeros(c: Contraction, widths: Sequence[int]) -> list[Value]:
    """Return vectors of zeros of so many lanes each."""
    scalar = c.emitter.real.scalar
    return [c.emitter.code.number(0.0, Type(scalar, width)) for width in widths]


def sum_over(
    c: Contraction,
    names: list[str],
    at: At,
    sums: list[Value],
    body: Callable[[At, list[Value]], list[Value]],
) -> list[Value]:
    """Add products over letters that are summed."""
    if not names:
        return body(at, sums)
    name = names[0]
    products = prod(c.sizes[x] for x in names) * len(sums)
    if name != c.batch and products <= UNROLLED:
        for k in range(c.sizes[name]):
            sums = sum_over(c, names[1:], {**at, name: k}, sums, body)
        return sums
    return c.emitter.code.loop(
        0,
        c.extent(name),
        1,
        lambda k, s: sum_over(c, names[1:], {**at, name: k}, s, body),
        sums,
    )


def dots(c: Contraction, at: At, rows: int) -> list[Value]:
    """Return the sum of products for each row of one column, with vectors along k.

    What is left behind whole vectors goes in vectors of half their lanes, a quarter, ….
    """
    name, size = c.along, c.sizes[c.along]
    lanes = min(c.lanes, 1 << size.bit_length() - 1)
    # Of several rows each is added up alike, however many are computed together.
    chains = CHAINS if c.m is None and size >= CHAINS * lanes else 1
    step, first = chains * lanes, rows * chains
    whole = size // step * step
    rest = [lanes] * ((size - whole) // lanes)
    rest += [n for n in (8, 4, 2, 1) if size % lanes & n]

    def one(at: At, sums: list[Value]) -> list[Value]:
        def block(k: Value | int, found: list[Value]) -> list[Value]:
            return _lane_products(c, {**at, name: k}, found, [lanes] * chains)

        start = sums[:first]
        if whole == step:
            found = block(0, start)
        else:
            found = c.emitter.code.loop(0, whole, step, block, start)
        return found + _lane_products(c, {**at, name: whole}, sums[first:], rest)

    start = zeros(c, [lanes] * first + rest * rows)
    sums = sum_over(c, [x for x in c.summed if x != name], at, start, one)
    return [
        _folded(
            sums[r * chains : (r + 1) * chains]
            + sums[first + r * len(rest) : first + (r + 1) * len(rest)]
        )
        for r in range(rows)
    ]


def _lane_products(
    c: Contraction, at: At, sums: list[Value], widths: list[int]
) -> list[Value]:
    """Add products of vectors that lie side by side to the sums of each row."""
    code, real = c.emitter.code, c.emitter.real
    starts = [sum(widths[:n]) for n in range(len(widths))]

    def loaded(x: Factor, at: At) -> list[Value]:
        return [
            code.load(x.at(at, real.size, lane), Type(real.scalar, width))
            for lane, width in zip(starts, widths, strict=True)
        ]

    column = loaded(c.b, at)
    found: list[Value] = []
    for r in range(len(sums) // max(len(widths), 1)):
        here = {**at, c.m: plus(at[c.m], r)} if c.m is not None else at
        here_sums = sums[r * len(widths) :]
        found += map(code.fma, loaded(c.a, here), column, here_sums)
    return found


def _folded(values: list[Value]) -> Value:
    """Return the sum of all lanes of vectors, the widest first, added in halves."""
    total, *others = values
    code = total.code
    while True:
        total = sum((x for x in others if x.type == total.type), total)
        half = total.type.lanes // 2
        if not half:
            return total
        total = code.part(total, 0, half) + code.part(total, half, half)
