"""The factors of a contraction: where their elements lie, and copies in panels.

A panel holds some columns of a factor for every k, one row of them behind the other:

    address(k, n) = panel of n · height · columns  +  k · columns  +  column in it

so that a tile reads memory from one end to the other, whatever the factor's strides.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from backlit.compile.ir import Type, Value
from backlit.compile.loops import power_above
from backlit.ops.linear import letters

if TYPE_CHECKING:
    from collections.abc import Callable

    from backlit.compile.body import Code
    from backlit.compile.emitter import Emitter
    from backlit.graph import Node

At = dict[str, "Value | int"]  # the index of each letter
WIDEST = 32  # columns of a panel at most
LINE = 64  # bytes of a cache line


@dataclass(frozen=True, eq=False)
class Factor:
    """A factor in memory.

    Attributes:
        start: The address of its first element.
        strides: Elements from one index to the next, for each letter. In panels that
            of n is for whole panels.
    """

    start: Value
    strides: dict[str, int]

    def has(self, letter: str) -> bool:
        """Tell whether the factor has an axis of that letter."""
        return letter in self.strides

    def at(self, index: At, size: int, lane: int = 0) -> Value:
        """Return the address of an element, so many columns further."""
        steps = ((index.get(x, 0), stride) for x, stride in self.strides.items())
        return self.start.code.element(self.start, lane, steps, size)


def factor(emitter: Emitter, root: Node, n: int) -> Factor:
    """Return a contraction's first or second factor, where it is stored."""
    access = emitter.layout.access(root.inputs[n])
    side = letters(root.attributes["spec"])[n]
    size = emitter.real.size
    offset = emitter.offsets[access.base] + access.offset * size
    start = emitter.code.address(emitter.arena, offset)
    return Factor(start, dict(zip(side, access.strides, strict=True)))


def letter_sizes(root: Node) -> dict[str, int]:
    """Return the length of each letter of a contraction."""
    left, right, _ = letters(root.attributes["spec"])
    shapes = [*root.inputs[0].shape, *root.inputs[1].shape]
    return dict(zip(left + right, shapes, strict=True))


def batch_letter(root: Node, axes: dict[Node, int]) -> str | None:
    """Return the letter of a contraction that is the batch."""
    sides = letters(root.attributes["spec"])
    for x, side in zip(root.inputs, sides, strict=False):
        if x in axes:
            return side[axes[x]]
    return None


def scratch_size(root: Node) -> int:
    """Return the elements that a copy of either factor in panels may take."""
    sizes = letter_sizes(root)
    found = 0
    for side in letters(root.attributes["spec"])[:2]:
        for n in side:
            columns = min(WIDEST, power_above(sizes[n]))
            whole = -(-sizes[n] // columns) * columns
            found = max(found, prod(sizes[x] for x in side if x != n) * whole)
    return found


def scratch_bytes(root: Node, size: int) -> int:
    """Return the bytes of a copy of elements of a size, with room behind them."""
    lines = -(-scratch_size(root) * size // LINE)
    return (lines + 1) * LINE


def strips(
    code: Code,
    size: int,
    columns: int,
    body: Callable[[Value | int, int], None],
    span: tuple[Value, Value] | None,
) -> None:
    """Write a body for strips of so many columns, and for what is left.

    Args:
        code: Where to write.
        size: How many columns there are.
        columns: Those of a strip.
        body: Takes the first column and how many.
        span: Where to begin, at a strip's beginning, and to end, if not all are wanted.
    """
    whole = size // columns * columns

    def one(i: Value, _: list[Value]) -> list[Value]:
        body(i, columns)
        return []

    if span is not None:
        first, last = span
        code.loop(first, code.select(last < whole, last, whole), columns, one)
        if whole < size:
            code.when(last > whole, lambda: body(whole, size - whole))
        return
    if whole == columns:
        body(0, columns)
    elif whole:
        code.loop(0, whole, columns, one)
    if whole < size:
        body(whole, size - whole)


@dataclass(frozen=True, eq=False)
class Panels:
    """A copy of a factor in panels, as it is being made.

    Attributes:
        source: The factor.
        sizes: The length of each letter.
        n: The letter of its columns.
        lanes: Lanes of a vector.
        columns: Columns of a panel, one or more whole vectors.
        span: Where the columns that are copied begin and end, if not all are.
    """

    emitter: Emitter
    source: Factor
    sizes: dict[str, int]
    n: str
    lanes: int
    columns: int
    span: tuple[Value, Value] | None = None

    def copy(self, start: Value) -> Factor:
        """Write the copying to an address, and return the copy."""
        others = [x for x in self.source.strides if x != self.n]
        strides, step = {self.n: prod(self.sizes[x] for x in others)}, self.columns
        for x in reversed(others):
            strides[x] = step
            step *= self.sizes[x]
        copied = Factor(start, strides)

        def panel(n: Value | int, columns: int) -> None:
            self._rows(copied, others, {self.n: n}, columns)

        code, size = self.emitter.code, self.sizes[self.n]
        strips(code, size, self.columns, panel, self.span)
        return copied

    def _rows(self, copied: Factor, names: list[str], at: At, columns: int) -> None:
        if not names:
            self._row(copied, at, columns)
            return

        def round_(i: Value, _: list[Value]) -> list[Value]:
            self._rows(copied, names[1:], {**at, names[0]: i}, columns)
            return []

        # All rows that there may be: those beyond a shorter batch are never read.
        size, start = self.sizes[names[0]], 0
        if self._exchanges(names, columns):
            start = size - size % self.lanes

            def square(i: Value, _: list[Value]) -> list[Value]:
                self._square(copied, {**at, names[0]: i}, names[0], columns)
                return []

            self.emitter.code.loop(0, start, self.lanes, square)
        self.emitter.code.loop(start, size, 1, round_)

    def _exchanges(self, names: list[str], columns: int) -> bool:
        """Tell whether rows lie along memory, so that they can be copied in squares."""
        within = len(names) == 1 and self.source.strides[names[0]] == 1
        whole = columns % self.lanes == 0 and self.sizes[names[0]] >= self.lanes
        return within and whole and self.lanes > 1

    def _square(self, copied: Factor, at: At, name: str, columns: int) -> None:
        """Copy as many rows of a panel as a vector has lanes."""
        code, real, n = (
            self.emitter.code,
            self.emitter.real,
            self.source.strides[self.n],
        )
        vector = Type(real.scalar, self.lanes)
        for lane in range(0, columns, self.lanes):
            found = [
                code.load(self.source.at(at, real.size, (lane + c) * n), vector)
                for c in range(self.lanes)
            ]
            for row, value in enumerate(_transposed(found)):
                here = copied.at(at, real.size, lane + row * copied.strides[name])
                code.store(value, here)

    def _row(self, copied: Factor, at: At, columns: int) -> None:
        """Copy one row of a panel; in vectors, which may run over its end."""
        code, real = self.emitter.code, self.emitter.real
        along = self.source.strides[self.n] == 1
        lanes = self.lanes if along else 1
        for lane in range(0, columns, lanes):
            offset = lane * self.source.strides[self.n]
            value = code.load(
                self.source.at(at, real.size, offset), Type(real.scalar, lanes)
            )
            code.store(value, copied.at(at, real.size, lane))


def _transposed(rows: list[Value]) -> list[Value]:
    """Return the columns of a square: rows half a square apart are interleaved."""
    code, half = rows[0].code, len(rows) // 2
    whole = [n // 2 + (n % 2) * 2 * half for n in range(4 * half)]
    for _ in range(half.bit_length()):
        pairs = zip(rows[:half], rows[half:], strict=True)
        rows = [
            code.merge(*pair, order)
            for pair in pairs
            for order in (whole[: 2 * half], whole[2 * half :])
        ]
    return rows
