"""Reading and writing values of the graph inside a kernel.

A kernel is a function of the arena and of the batch's length. The `Emitter` knows
where each value lies, turns an index into an address, and computes elementwise nodes
from what is at hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from backlit.compile.body import Code
from backlit.compile.functions import FUNCTIONS
from backlit.compile.ir import I64, PTR, Type, Value, plus
from backlit.compile.layout import Layout, broadcast_strides
from backlit.graph import CONSTANT, Node

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from backlit.graph.node import Shape

Cut = Literal["rows", "columns", "elements", ""]  # of a kernel's work; "" for none
GRAIN = 16  # rows that stay together: a vector that runs over stays in its part


@dataclass(frozen=True)
class Place:
    """A point of a kernel's space, or a row of points along one axis.

    Attributes:
        index: The index on each axis of the space.
        axis: The axis along which the lanes lie.
        lanes: How many there are.
        used: How many of them are points, the first ones; the others are beyond the
            end, and nothing of them is kept.
    """

    index: tuple[Value | int, ...]
    axis: int
    lanes: int
    used: int


def shared_out(code: Code, total: Value, grain: int) -> tuple[Value, Value]:
    """Return where a thread's part of so many begins and ends, by whole grains.

    The function has the parameters `part`, the thread's number, and `parts`.
    """
    part, parts = (code.parameter(name, I64) for name in ("part", "parts"))

    def ratio(a: Value, b: str) -> Value:
        return code.emit(I64, f"sdiv i64 {a.name}, {b}")

    grains = ratio(total + (grain - 1), str(grain))
    ends = (ratio(grains * n, parts.name) * grain for n in (part, part + 1))
    first, last = (code.select(end < total, end, total) for end in ends)
    return first, last


@dataclass(eq=False)
class Emitter:
    """Writes the body of one kernel.

    Attributes:
        layout: The strides of stored values.
        offsets: Bytes from the start of the arena to each stored value.
        real: The type of floats.
        cut: How the kernel's work is cut, if several threads share it.
    """

    layout: Layout
    offsets: Mapping[Node, int]
    real: Type
    cut: Cut = ""
    code: Code = field(default_factory=Code)
    arena: Value = field(init=False)
    rows: Value = field(init=False)  # the batch's length
    batch: tuple[Value | int, Value] = field(init=False)  # its rows that are computed

    def __post_init__(self) -> None:
        self.arena = self.code.parameter("arena", PTR)
        self.rows = self.code.parameter("rows", I64)
        whole = (0, self.rows)
        self.batch = (
            shared_out(self.code, self.rows, GRAIN) if self.cut == "rows" else whole
        )

    @property
    def part(self) -> Value:
        """The number of the thread, from 0 on."""
        return self.code.parameter("part", I64)

    def share(self, total: int, grain: int) -> tuple[Value, Value]:
        """Return where a thread's part of so many begins and ends, by whole grains."""
        return shared_out(self.code, self.code.integer(total), grain)

    def alone(self, body: Callable[[], None]) -> None:
        """Write code that only the first thread runs."""
        self.code.when(self.code.compare("eq", self.part, 0), body)

    def stored(self, node: Node) -> Type:
        """Return the scalar type in which a node lies in memory."""
        kinds = {"float": self.real, "int": I64, "bool": Type("i8")}
        return kinds[node.dtype]

    def read(self, node: Node, space: Shape, place: Place) -> Value:
        """Return a stored node's value at a place of a space that it broadcasts to."""
        access = self.layout.access(node)
        if access.base.op is CONSTANT and not access.base.shape:
            return self._constant(access.base, place.lanes)
        strides = broadcast_strides(access, node, space)
        at = self._address(access.base, access.offset, strides, place.index)
        step = strides[place.axis] if strides else 0
        kind = self.stored(access.base)
        value = self._lanes(at, kind, step, place)
        if node.dtype == "bool":
            return self.code.compare("ne", value, 0)
        return value

    def write(self, node: Node, value: Value, place: Place) -> None:
        """Store the lanes of a node's value that are points."""
        if node.dtype == "bool":
            value = self.code.convert("zext", value, "i8")
        strides = self.layout.strides(node)
        step = strides[place.axis] if strides else 1
        start = 0
        while start < place.used:  # in pieces of a power of two
            piece = 1 << (place.used - start).bit_length() - 1
            if step != 1 and piece > 1:
                piece = 1
            part = self.code.part(value, start, piece)
            index = [*place.index]
            if start:
                index[place.axis] = plus(index[place.axis], start)
            at = self._address(node, 0, strides, tuple(index))
            self.code.store(part, at)
            start += piece

    def compute(
        self, node: Node, known: Mapping[Node, Value], space: Shape, place: Place
    ) -> Value:
        """Return an elementwise node's value from known and stored inputs."""
        inputs = [
            known[x] if x in known else self.read(x, space, place) for x in node.inputs
        ]
        if node.op.name == "to_float":
            return FUNCTIONS["to_float"](
                *inputs, to=inputs[0].type.of(self.real.scalar)
            )
        return FUNCTIONS[node.op.name](*inputs, **node.attributes)

    def chain(
        self,
        nodes: Sequence[Node],
        known: dict[Node, Value],
        space: Shape,
        place: Place,
    ) -> dict[Node, Value]:
        """Compute nodes in order; returns all that is known then."""
        for node in nodes:
            known[node] = self.compute(node, known, space, place)
        return known

    def _constant(self, node: Node, lanes: int) -> Value:
        value = node.attributes["value"]
        if node.dtype == "bool":
            return self.code.number(int(value), Type("i1", lanes))
        if node.dtype == "int":
            return self.code.number(int(value), Type("i64", lanes))
        return self.code.number(float(value), Type(self.real.scalar, lanes))

    def _lanes(self, at: Value, kind: Type, step: int, place: Place) -> Value:
        """Load a vector; only of elements side by side more than those used."""
        code, shape = self.code, Type(kind.scalar, place.lanes)
        if step == 1 or place.lanes == 1:
            return code.load(at, shape)
        if step == 0:
            return code.splat(code.load(at, kind), place.lanes)
        whole = code.number(0.0, shape)
        for n in range(place.used):
            one = code.load(code.address(at, n * step, kind.size), kind)
            whole = code.emit(
                shape,
                f"insertelement {shape} {whole.name}, {kind} {one.name}, i64 {n}",
            )
        return whole

    def _address(
        self,
        base: Node,
        offset: int,
        strides: Sequence[int],
        index: Sequence[Value | int],
    ) -> Value:
        size = self.stored(base).size
        fixed = self.offsets[base] // size + offset  # values start at whole elements
        steps = zip(index, strides, strict=True)
        return self.code.element(self.arena, fixed, steps, size)
