"""Kernels for contractions: sums of products in tiles of registers.

    y[m, n] = sum over k of  a[m, k] · b[k, n]

A tile holds some rows m and some vectors along n; each round of k loads the vectors of
b once for all rows and each a once for all vectors. n must lie along memory in the
result; b is copied into panels where n does not lie along memory in it, or where it is
read so often and from so far that the copy pays.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from backlit.compile.factors import (
    At,
    Factor,
    Panels,
    factor,
    letter_sizes,
    scratch_bytes,
    strips,
)
from backlit.compile.ir import Value
from backlit.compile.tiles import ROWS, Contraction, emit_rows
from backlit.ops.linear import letters

if TYPE_CHECKING:
    from collections.abc import Callable

    from backlit.compile.emitter import Emitter
    from backlit.compile.schedule import Kernel

NEAR = 2**15  # bytes of b that need no panels: they stay in the nearest cache
FAR = 2**20  # bytes of a that are run through at once: half of the second cache
OFTEN = 32  # rows for which a copy of b pays


def emit_contraction(
    emitter: Emitter,
    kernel: Kernel,
    batch: str | None,
    *,
    lanes: int,
    registers: int,
    scratch: int,
) -> None:
    """Write the loops of a contraction; scratch is where a factor may be copied."""
    root = kernel.root
    assert root is not None  # noqa: S101 - a contraction has one
    first, second = (factor(emitter, root, n) for n in (0, 1))
    output = letters(root.attributes["spec"])[2]
    sizes = letter_sizes(root)
    strides = dict(zip(output, emitter.layout.strides(root), strict=True))
    n = _vector_letter(strides, sizes, batch, first, second)
    b, a = (first, second) if n and first.has(n) else (second, first)
    c = Contraction(emitter, kernel, a, b, output, sizes, batch, n, lanes, registers)
    if _is_one_column(c):
        c, n = replace(c, n=""), ""
    if not n and any(c.b.has(x) and not c.a.has(x) for x in output):
        c = replace(c, a=c.b, b=c.a)
    if emitter.cut != "columns":
        _emit(c, scratch)
    elif n and sizes[n] > c.columns:
        _emit(replace(c, span=emitter.share(sizes[n], c.columns)), scratch)
    else:
        emitter.alone(lambda: _emit(c, scratch))


def _emit(c: Contraction, scratch: int) -> None:
    if _needs_panels(c):
        panels = Panels(c.emitter, c.b, c.sizes, c.n, c.width, c.columns, c.span)
        c = replace(c, b=panels.copy(_own(c, scratch)))
    outer = [x for x in c.output if x not in {c.n, c.m}]
    _nest(c, outer, {}, lambda at: _blocks(c, at))


def _own(c: Contraction, scratch: int) -> Value:
    """Return where a copy goes: to a place of the thread's own, if it needs all."""
    root, code = c.kernel.root, c.emitter.code
    start = code.address(c.emitter.arena, scratch)
    if c.emitter.cut != "rows" or root is None:
        return start
    return code.address(start, c.emitter.part, scratch_bytes(root, c.emitter.real.size))


def _vector_letter(
    strides: dict[str, int],
    sizes: dict[str, int],
    batch: str | None,
    *factors: Factor,
) -> str:
    """Choose the letter along which vectors lie: along memory in the result."""

    def quality(letter: str) -> tuple[bool, bool, int]:
        inside = [f for f in factors if f.has(letter)]
        along = strides[letter] == 1 and letter != batch
        return along and len(inside) == 1, inside[0].strides[letter] == 1, sizes[letter]

    best = max(strides, key=quality, default="")
    return best if best and best != batch and quality(best)[0] else ""


def _is_one_column(c: Contraction) -> bool:
    """Tell whether b would be copied to be read once, and k lies along memory in it."""
    if not c.n or c.b.strides[c.n] == 1 or (c.m is not None and c.sizes[c.m] > 1):
        return False
    return any(x != c.batch and c.is_dense(x) for x in c.summed)


def _needs_panels(c: Contraction) -> bool:
    if not c.n or c.sizes[c.n] == 1:
        return False
    often = c.m is not None and c.sizes[c.m] >= OFTEN
    apart = c.sizes[c.n] > c.columns
    return c.b.strides[c.n] != 1 or (often and apart and c.bytes_of(c.b) > NEAR)


def _nest(c: Contraction, names: list[str], at: At, body: Callable[[At], None]) -> None:
    """Write loops over letters around a body."""
    if not names:
        body(at)
        return

    def round_(i: Value, _: list[Value]) -> list[Value]:
        _nest(c, names[1:], {**at, names[0]: i}, body)
        return []

    if names[0] != c.batch and c.sizes[names[0]] == 1:
        _nest(c, names[1:], {**at, names[0]: 0}, body)
    else:
        c.emitter.code.loop(*c.bounds(names[0]), 1, round_)


def _blocks(c: Contraction, at: At) -> None:
    """Cut m into blocks whose rows of a stay in the cache for all of n."""
    m = c.m
    if m is None:
        _columns(c, at, 0, 1)
        return
    first, stop = c.bounds(m)
    row = c.bytes_of(c.a) // c.sizes[m]
    block = max(FAR // max(row, 1) // ROWS * ROWS, ROWS)
    if c.sizes[m] <= block or c.sizes.get(c.n, 1) <= c.columns:
        _columns(c, at, first, stop)
        return
    code = c.emitter.code

    def one(start: Value, _: list[Value]) -> list[Value]:
        end = start + block
        last = stop if isinstance(stop, Value) else code.integer(stop)
        _columns(c, at, start, code.select(end < last, end, last))
        return []

    code.loop(first, stop, block, one)


def _columns(c: Contraction, at: At, start: Value | int, stop: Value | int) -> None:
    """Cut n into tiles: as many whole ones as fit, then what is left."""
    if not c.n:
        emit_rows(c, at, [1], start, stop)
        return

    def tile(i: Value | int, columns: int) -> None:
        full, rest = divmod(columns, c.width)
        used = [c.width] * full + ([rest] if rest else [])
        emit_rows(c, {**at, c.n: i}, used, start, stop)

    strips(c.emitter.code, c.sizes[c.n], c.columns, tile, c.span)
