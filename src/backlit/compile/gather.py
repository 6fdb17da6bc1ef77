"""The rows of a batch, brought from the data into the arena, in LLVM IR.

    arena[r] = data[order[start + r]]       for the inputs that are rows of the data

Where several threads share the work each brings some of the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backlit.compile.body import Code, function
from backlit.compile.crew import KERNEL, call_shared, field
from backlit.compile.emitter import GRAIN, shared_out
from backlit.compile.ir import I64, PTR, Type, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backlit.compile.module import Module
    from backlit.compile.target import Target
    from backlit.graph import Node


@dataclass(frozen=True, eq=False)
class Batch:
    """What is copied, in a function with `arena`, and `data` and `order` at hand.

    Attributes:
        code: Where to write.
        module: The program.
        target: The processor.
        nodes: The inputs that are rows of the data, in the order of its pointers.
        start: The place in the order of the batch's first row.
    """

    code: Code
    module: Module
    target: Target
    nodes: Sequence[Node]
    start: Value

    def gather(self, rows: Value) -> None:
        """Write the copying of so many rows, or a call of what shares it."""
        code, module = self.code, self.module
        if module.threads == 1:
            self.copy((0, rows))
            return
        crew = code.address(code.parameter("arena", PTR), module.crew)
        for name in ("data", "order"):
            code.store(code.parameter(name, PTR), field(crew, name))
        code.store(self.start, field(crew, "start"))
        call_shared(code, "gather", rows)

    def copy(self, span: tuple[Value | int, Value]) -> None:
        """Write the copying of a span of rows."""
        for n in range(len(self.nodes)):
            self._copy_input(n, span)

    def _copy_input(self, n: int, span: tuple[Value | int, Value]) -> None:
        """Write the copying of one input's rows, in vectors."""
        code, real, node = self.code, self.module.real, self.nodes[n]
        columns = node.size // node.shape[0]
        data = code.load(code.address(code.parameter("data", PTR), n, 8), PTR)
        order, arena = (code.parameter(name, PTR) for name in ("order", "arena"))
        most = self.target.width // real.size
        lanes = _lanes(columns, most, exact=self.module.threads > 1)
        to = code.address(arena, self.module.memory.offsets[node])

        def row(r: Value, _: list[Value]) -> list[Value]:
            source = code.load(code.address(order, self.start + r, 8), I64)
            a = code.address(data, source * columns, real.size)
            b = code.address(to, r * columns, real.size)

            def piece(i: Value, _: list[Value]) -> list[Value]:
                at = code.address(a, i, real.size)
                value = code.load(at, Type(real.scalar, lanes))
                code.store(value, code.address(b, i, real.size))
                return []

            code.loop(0, columns, lanes, piece)
            return []

        code.loop(*span, 1, row)


def gathering(module: Module, target: Target, nodes: Sequence[Node]) -> str:
    """Return the function that copies a thread's part of the rows."""
    code = Code()
    crew = code.address(code.parameter("arena", PTR), module.crew)
    for name in ("data", "order"):
        code.do(f"%{name} = load ptr, ptr {field(crew, name).name}")
    start = code.load(field(crew, "start"), I64)
    span = shared_out(code, code.parameter("rows", I64), GRAIN)
    Batch(code, module, target, nodes, start).copy(span)
    return function("gather", KERNEL, code)


def _lanes(columns: int, most: int, *, exact: bool) -> int:
    """Return the lanes of the vectors in which a row is copied.

    They may run over its end, into the next row, which is written after it: but not
    where that is another thread's, written at the same time.
    """
    if exact:
        return min(most, columns & -columns)
    return min(most, 1 << max(columns - 1, 0).bit_length())
