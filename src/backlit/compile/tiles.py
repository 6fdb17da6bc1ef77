"""Tiles: what a contraction computes at once, in registers.

Some rows m times some vectors along n. Each round of k loads the vectors of b once for
all rows, and each element of a once for all vectors; the sums never leave registers
until they are finished.

Where there is one column only, vectors lie along k (see `dots`).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from backlit.compile.dots import dots, sum_over, zeros
from backlit.compile.emitter import GRAIN, Emitter, Place
from backlit.compile.ir import Type, Value, plus
from backlit.compile.loops import power_above

if TYPE_CHECKING:
    from backlit.compile.factors import At, Factor
    from backlit.compile.schedule import Kernel

ROWS = 12  # of a tile at most; more gain nothing, and cost code


@dataclass(frozen=True, eq=False)
class Contraction:
    """A contraction as its loops see it.

    Attributes:
        a: The factor of which single elements are read.
        b: The factor of which vectors are read.
        output: The letters of the result.
        sizes: The length of each letter.
        batch: The letter whose length is known at run time, if any.
        n: The letter along which vectors lie; empty if none can.
        lanes: Lanes of a vector.
        registers: Vector registers of the processor.
        span: Where the columns that are computed begin and end, if not all are.
    """

    emitter: Emitter
    kernel: Kernel
    a: Factor
    b: Factor
    output: str
    sizes: dict[str, int]
    batch: str | None
    n: str
    lanes: int
    registers: int
    span: tuple[Value, Value] | None = None

    @property
    def summed(self) -> list[str]:
        """The letters that are summed over, the longest last."""
        found = [x for x in self.sizes if x not in self.output]
        return sorted(found, key=lambda x: self.sizes[x])

    @property
    def m(self) -> str | None:
        """The letter of a tile's rows: only in a, the longest."""
        rows = [
            x
            for x in self.output
            if x != self.n and self.a.has(x) and not self.b.has(x)
        ]
        return max(rows, key=lambda x: self.sizes[x], default=None)

    @property
    def width(self) -> int:
        """Lanes of a vector along n."""
        return min(self.lanes, power_above(self.sizes[self.n])) if self.n else 1

    @property
    def along(self) -> str:
        """The summed letter along which vectors lie, if they do not along n."""
        if self.width > 1:
            return ""
        found = [x for x in self.summed if x != self.batch and self.is_dense(x)]
        return found[-1] if found else ""

    def is_dense(self, letter: str) -> bool:
        """Tell whether a letter lies along memory in both factors."""
        return self.a.strides.get(letter) == self.b.strides.get(letter) == 1

    @property
    def columns(self) -> int:
        """Columns of a whole tile: two vectors, or one if that is all there is."""
        several = bool(self.n) and self.sizes[self.n] > self.width
        return self.width * (2 if several else 1)

    def extent(self, letter: str) -> Value | int:
        """Return the length of a letter."""
        return self.emitter.rows if letter == self.batch else self.sizes[letter]

    def bounds(self, letter: str) -> tuple[Value | int, Value | int]:
        """Return where a loop along a letter of the result begins and ends."""
        return self.emitter.batch if letter == self.batch else (0, self.sizes[letter])

    def bytes_of(self, x: Factor) -> int:
        """Return the size of a factor."""
        return self.emitter.real.size * prod(self.sizes[s] for s in x.strides)


def emit_rows(
    c: Contraction, at: At, used: list[int], start: Value | int, stop: Value | int
) -> None:
    """Cut m into tiles for some vectors along n, of which `used` lanes are kept."""
    code, m = c.emitter.code, c.m
    if m is None:
        _tile(c, at, 1, used)
        return
    size = GRAIN if c.emitter.cut == "rows" and m == c.batch else c.sizes[m]
    most = max(1, min(ROWS, (c.registers - len(used) - 2) // len(used)))
    high = next((r for r in range(most, 3, -1) if size % r == 0), min(most, size))

    def tiles(first: Value | int, last: Value | int, rows: int) -> None:
        def one(i: Value, _: list[Value]) -> list[Value]:
            _tile(c, {**at, m: i}, rows, used)
            return []

        code.loop(first, last, rows, one)

    if isinstance(start, int) and isinstance(stop, int):
        main = stop - stop % high
        if main == high:
            _tile(c, {**at, m: 0}, high, used)
        else:
            tiles(0, main, high)
        if stop % high:
            _tile(c, {**at, m: main}, stop % high, used)
        return
    main_end = _whole(c, start, stop, high)
    tiles(start, main_end, high)
    if high > 1:
        tiles(main_end, stop, 1)


def _whole(
    c: Contraction, start: Value | int, stop: Value | int, high: int
) -> Value | int:
    """Return where the last whole tile ends, for lengths known at run time."""
    code = c.emitter.code
    if high == 1:
        return stop
    first, last = (
        x if isinstance(x, Value) else code.integer(x) for x in (start, stop)
    )
    length = last - first
    count = code.emit(length.type, f"sdiv i64 {length.name}, {high}")
    return first + count * high


def _tile(c: Contraction, at: At, rows: int, used: list[int]) -> None:
    """Compute one tile, what follows from it, and store it."""
    widths = [power_above(n) for n in used]
    if c.along:
        sums = dots(c, at, rows)
    else:
        zero = zeros(c, widths * rows)
        sums = sum_over(
            c, c.summed, at, zero, lambda at, s: _products(c, at, s, widths)
        )
    for r in range(rows):
        start = 0
        for v, width in enumerate(widths):
            here = dict(at)
            if c.m is not None:
                here[c.m] = plus(at[c.m], r)
            if c.n:
                here[c.n] = plus(at[c.n], start)
            _finish(c, here, sums[r * len(widths) + v], width, used[v])
            start += used[v]


def _products(
    c: Contraction, at: At, sums: list[Value], widths: list[int]
) -> list[Value]:
    """Add one product to each sum of the tile."""
    code, real = c.emitter.code, c.emitter.real
    vectors, lane = [], 0
    for width in widths:
        shape = Type(real.scalar, width)
        vectors.append(code.load(c.b.at(at, real.size, lane), shape))
        lane += width
    found = []
    for r in range(len(sums) // len(widths)):
        here = {**at, c.m: plus(at[c.m], r)} if c.m is not None else at
        one = code.load(c.a.at(here, real.size), real)
        for v, vector in enumerate(vectors):
            wide = code.splat(one, vector.type.lanes)
            found.append(code.fma(wide, vector, sums[r * len(vectors) + v]))
    return found


def _finish(c: Contraction, at: At, value: Value, width: int, used: int) -> None:
    root = c.kernel.root
    assert root is not None  # noqa: S101 - a contraction has one
    axis = c.output.index(c.n) if c.n else 0
    place = Place(tuple(at[x] for x in c.output), axis, width, used)
    known = c.emitter.chain(c.kernel.nodes, {root: value}, c.kernel.space, place)
    for node in c.kernel.stores:
        c.emitter.write(node, known[node], place)
