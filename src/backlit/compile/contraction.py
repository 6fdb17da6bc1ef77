"""Kernels for contractions: sums of products in tiles of registers.

    y[m, n] = sum over k of  a[m, k] · b[k, n]

A tile holds some rows m and some vectors along n; each round of k loads the vectors of
b once for all rows and each a once for all vectors. n must lie along memory in b and
in the result; b is copied into that order first where it does not. Results of one
column (n < 4) are sums along k instead, in vectors of products.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from backlit.compile.emitter import Emitter, Place
from backlit.compile.ir import Type, Value
from backlit.compile.loops import power_above
from backlit.ops.linear import letters

if TYPE_CHECKING:
    from collections.abc import Callable

    from backlit.compile.layout import Access
    from backlit.compile.schedule import Kernel
    from backlit.graph import Node

At = dict[str, "Value | int"]  # the index of each letter
ROWS = 12  # of a tile at most; more gain nothing, and cost code
UNROLLED = 32  # multiplications that are written out without a loop over k


@dataclass(frozen=True, eq=False)
class Operand:
    """A factor: where it lies, and its stride for each letter."""

    access: Access
    strides: dict[str, int]

    def has(self, letter: str) -> bool:
        """Tell whether the factor has an axis of that letter."""
        return letter in self.strides


@dataclass(frozen=True, eq=False)
class Contraction:
    """A contraction as its loops see it.

    Attributes:
        a: The factor of which single elements are read.
        b: The factor of which vectors are read.
        output: The letters of the result.
        sizes: The length of each letter.
        batch: The letter whose length is known at run time, if any.
        n: The letter along which vectors lie.
        lanes: Lanes of a vector.
    """

    emitter: Emitter
    kernel: Kernel
    a: Operand
    b: Operand
    output: str
    sizes: dict[str, int]
    batch: str | None
    n: str
    lanes: int
    registers: int

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

    def extent(self, letter: str) -> Value | int:
        """Return the length of a letter."""
        return self.emitter.rows if letter == self.batch else self.sizes[letter]


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
    first, second = (_operand(emitter, root, n) for n in (0, 1))
    output = letters(root.attributes["spec"])[2]
    sizes = letter_sizes(root)
    strides = dict(zip(output, emitter.layout.strides(root), strict=True))
    n = _vector_letter(strides, sizes, batch, first, second)
    b, a = (first, second) if n and first.has(n) else (second, first)
    if not n and any(second.has(x) and not first.has(x) for x in output):
        a, b = second, first
    c = Contraction(emitter, kernel, a, b, output, sizes, batch, n, lanes, registers)
    if n and b.strides[n] != 1 and sizes[n] > 1:
        c = _packed(c, scratch)
    outer = [x for x in output if x not in {c.n, c.m}]
    _nest(c, outer, {}, lambda at: _columns(c, at))


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


def _operand(emitter: Emitter, root: Node, n: int) -> Operand:
    access = emitter.layout.access(root.inputs[n])
    side = letters(root.attributes["spec"])[n]
    return Operand(access, dict(zip(side, access.strides, strict=True)))


def _vector_letter(
    strides: dict[str, int],
    sizes: dict[str, int],
    batch: str | None,
    *factors: Operand,
) -> str:
    """Choose the letter along which vectors lie: along memory in the result."""

    def quality(letter: str) -> tuple[bool, bool, int]:
        inside = [f for f in factors if f.has(letter)]
        along = strides[letter] == 1 and letter != batch
        return along and len(inside) == 1, inside[0].strides[letter] == 1, sizes[letter]

    best = max(strides, key=quality, default="")
    return best if best and best != batch and quality(best)[0] else ""


def _packed(c: Contraction, scratch: int) -> Contraction:
    """Copy b so that n lies along memory, and read the copy."""
    emitter, code = c.emitter, c.emitter.code
    order = [x for x in c.b.strides if x != c.n] + [c.n]
    size = emitter.real.size
    row = power_above(c.sizes[c.n])
    steps, step = {}, row
    for x in reversed(order[:-1]):
        steps[x] = step
        step *= c.sizes[x]
    steps[c.n] = 1
    copy = Operand(c.b.access, steps)
    base = code.address(emitter.arena, scratch)

    def one(at: At) -> None:
        value = code.load(_at(c, c.b, at), emitter.real)
        code.store(value, code.address(base, _offset(steps, at), size))

    _nest(c, order, {}, one)
    return Contraction(
        emitter, c.kernel, c.a, _Copied(copy.access, steps, base), c.output, c.sizes,
        c.batch, c.n, c.lanes, c.registers,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Copied(Operand):
    """A factor that was copied to a place of its own."""

    at: Value


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
        c.emitter.code.loop(0, c.extent(names[0]), 1, round_)


def _columns(c: Contraction, at: At) -> None:
    """Cut n into tiles: as many whole ones as fit, then what is left."""
    if not c.n:
        _rows(c, at, 0, [1])
        return
    size = c.sizes[c.n]
    width = min(c.lanes, power_above(size))
    vectors = -(-size // width)
    wide = 2 if vectors > 1 else 1
    whole = size // (wide * width)
    if whole > 1:

        def tile(i: Value, _: list[Value]) -> list[Value]:
            _rows(c, at, i, [width] * wide)
            return []

        c.emitter.code.loop(0, whole * wide * width, wide * width, tile)
    elif whole:
        _rows(c, at, 0, [width] * wide)
    left = size - whole * wide * width
    if left:
        full, rest = divmod(left, width)
        _rows(c, at, size - left, [width] * full + ([rest] if rest else []))


def _rows(c: Contraction, at: At, n: Value | int, used: list[int]) -> None:
    """Cut m into tiles for some vectors along n, of which `used` lanes are kept."""
    code, m = c.emitter.code, c.m
    if m is None:
        _tile(c, {**at, c.n: n}, 1, used)
        return
    size = c.sizes[m]
    most = max(1, min(ROWS, (c.registers - len(used) - 2) // len(used)))
    high = next((r for r in range(most, 3, -1) if size % r == 0), min(most, size))

    def tiles(start: Value | int, stop: Value | int, rows: int) -> None:
        def one(i: Value, _: list[Value]) -> list[Value]:
            _tile(c, {**at, m: i, c.n: n}, rows, used)
            return []

        code.loop(start, stop, rows, one)

    if m == c.batch:
        whole = c.emitter.rows
        if high > 1:
            whole = code.emit(whole.type, f"sdiv i64 {whole.name}, {high}")
            whole = whole * float(high)
            tiles(0, whole, high)
            tiles(whole, c.emitter.rows, 1)
        else:
            tiles(0, whole, 1)
        return
    main = size - size % high
    if main == high:
        _tile(c, {**at, m: 0, c.n: n}, high, used)
    else:
        tiles(0, main, high)
    if size % high:
        _tile(c, {**at, m: main, c.n: n}, size % high, used)


def _tile(c: Contraction, at: At, rows: int, used: list[int]) -> None:
    """Compute one tile, what follows from it, and store it."""
    code, real = c.emitter.code, c.emitter.real
    widths = [power_above(n) for n in used]
    zero = [code.number(0.0, Type(real.scalar, w)) for w in widths] * rows
    sums = _sum(c, c.summed, at, zero, widths)
    for r in range(rows):
        start = 0
        for v, width in enumerate(widths):
            here = dict(at)
            if c.m is not None:
                here[c.m] = _plus(at[c.m], r)
            if c.n:
                here[c.n] = _plus(at.get(c.n, 0), start)
            _finish(c, here, sums[r * len(widths) + v], width, used[v])
            start += used[v]


def _sum(
    c: Contraction,
    names: list[str],
    at: At,
    sums: list[Value],
    widths: list[int],
) -> list[Value]:
    """Add the products over the letters that are summed."""
    if not names:
        return _products(c, at, sums, widths)
    name, size = names[0], c.sizes[names[0]]
    if name != c.batch and size * len(sums) <= UNROLLED:
        for k in range(size):
            sums = _sum(c, names[1:], {**at, name: k}, sums, widths)
        return sums
    return c.emitter.code.loop(
        0,
        c.extent(name),
        1,
        lambda k, s: _sum(c, names[1:], {**at, name: k}, s, widths),
        sums,
    )


def _products(
    c: Contraction, at: At, sums: list[Value], widths: list[int]
) -> list[Value]:
    """Add one product to each sum of the tile."""
    code, real = c.emitter.code, c.emitter.real
    vectors, start = [], 0
    for width in widths:
        here = {**at, c.n: _plus(at.get(c.n, 0), start)} if c.n else at
        vectors.append(code.load(_at(c, c.b, here), Type(real.scalar, width)))
        start += width
    found = []
    for r in range(len(sums) // len(widths)):
        here = {**at, c.m: _plus(at[c.m], r)} if c.m is not None else at
        one = code.load(_at(c, c.a, here), real)
        for v, vector in enumerate(vectors):
            wide = code.splat(one, vector.type.lanes)
            found.append(code.fma(wide, vector, sums[r * len(vectors) + v]))
    return found


def _finish(c: Contraction, at: At, value: Value, width: int, used: int) -> None:
    root = c.kernel.root
    assert root is not None  # noqa: S101 - a contraction has one
    axis = c.output.index(c.n) if c.n else 0
    place = Place(tuple(at[x] for x in c.output), axis, width)
    known = c.emitter.chain(c.kernel.nodes, {root: value}, c.kernel.space, place)
    for node in c.kernel.stores:
        c.emitter.write(node, known[node], place, used)


def _at(c: Contraction, factor: Operand, at: At) -> Value:
    """Return the address of an element of a factor."""
    code, emitter = c.emitter.code, c.emitter
    size = emitter.real.size
    fixed, moving = 0, None
    for letter, stride in factor.strides.items():
        i = at.get(letter, 0)
        if isinstance(i, int):
            fixed += i * stride
        elif stride:
            term = i if stride == 1 else i * float(stride)
            moving = term if moving is None else moving + term
    if isinstance(factor, _Copied):
        start = factor.at
    else:
        offset = emitter.offsets[factor.access.base] + factor.access.offset * size
        start = code.address(emitter.arena, offset)
    at_fixed = code.address(start, fixed, size) if fixed else start
    return code.address(at_fixed, moving, size) if moving is not None else at_fixed


def _offset(strides: dict[str, int], at: At) -> Value | int:
    """Return the offset of an element, in elements."""
    total: Value | int = 0
    for letter, stride in strides.items():
        i = at[letter]
        if isinstance(i, Value):
            term: Value | int = i if stride == 1 else i * float(stride)
        else:
            term = i * stride
        if isinstance(total, int) and isinstance(term, int):
            total += term
        elif isinstance(total, int):
            total = term + float(total) if isinstance(term, Value) and total else term
        elif isinstance(term, Value):
            total = total + term
        elif term:
            total = total + float(term)
    return total


def _plus(i: Value | int, n: int) -> Value | int:
    if isinstance(i, int):
        return i + n
    return i + float(n) if n else i


def scratch_size(root: Node) -> int:
    """Return the elements that a copy of either factor may take."""
    sizes = letter_sizes(root)
    left, right, _ = letters(root.attributes["spec"])
    return max(prod(power_above(sizes[x]) for x in side) for side in (left, right))
