"""The program that evaluates a network for the parameters of many epochs at once.

    evaluate(arena, ring, data, rows, slots, room, predictions, errors)

For each block of rows and each slot of the ring: copy the parameters into the arena,
compute, keep the predictions, and add up E, each row counting alike. A slot's
predictions begin `room` elements behind those of the slot before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backlit.compile.body import Code, function
from backlit.compile.compiled import Compiled, finished
from backlit.compile.denormals import flush
from backlit.compile.ir import F64, I64, PTR, Type, Value
from backlit.compile.layout import by_columns
from backlit.compile.module import Module, build
from backlit.compile.snapshots import BLOCK, copy, offsets, pairs
from backlit.compile.target import host
from backlit.graph import Graph, Node
from backlit.simplify import simplify
from backlit.update.step import BATCHED, whole_pass

if TYPE_CHECKING:
    from backlit.network.architecture import Architecture

PARAMETERS = (
    ("arena", PTR), ("ring", PTR), ("data", PTR), ("rows", I64), ("slots", I64),
    ("room", I64), ("predictions", PTR), ("errors", PTR),
)  # fmt: skip


def evaluation(architecture: Architecture, *, dtype: str) -> Compiled:
    """Return the program that evaluates a network on weighted samples."""
    one_pass = whole_pass(architecture, (BLOCK,), weighted=True, counted=True)
    outputs = {name: one_pass.quantities[name] for name in ("prediction", "E")}
    graph = simplify(Graph(one_pass.inputs, outputs))
    module = build(
        graph,
        host(),
        dtype,
        batched=BATCHED,
        exchanged=by_columns(graph.inputs),
    )
    kept = tuple(graph.inputs[name] for name in architecture.shapes)
    loop = _Loop(module, kept, Code())
    return finished(module, loop.text(), loop.code.needs, "evaluate")


@dataclass(eq=False)
class _Loop:
    """Writes the function around the forward pass."""

    module: Module
    kept: tuple[Node, ...]
    code: Code

    def text(self) -> str:
        """Return the function."""
        restore = flush(self.code, host().family)
        self.code.loop(0, self._given("rows"), BLOCK, self._block)
        restore()
        return function("evaluate", PARAMETERS, self.code, public=True)

    def _block(self, start: Value, _: list[Value]) -> list[Value]:
        code, inputs = self.code, self.module.graph.inputs
        left = self._given("rows") - start
        rows = code.select(left < BLOCK, left, code.integer(BLOCK))
        for n, name in enumerate(BATCHED):
            self._read_rows(n, inputs[name], start, rows)
        count = code.convert("sitofp", rows, self.module.real.scalar)
        code.store(count, self._at(inputs["count"]))
        code.loop(0, self._given("slots"), 1, lambda s, _: self._slot(s, start, rows))
        return []

    def _read_rows(self, n: int, node: Node, start: Value, rows: Value) -> None:
        code, size = self.code, self.module.real.size
        columns = node.size // node.shape[0]
        data = code.load(code.address(code.parameter("data", PTR), n, 8), PTR)
        here = code.address(data, start * columns, size)
        copy(code, here, self._at(node), rows * columns, self._vector)

    def _slot(self, slot: Value, start: Value, rows: Value) -> list[Value]:
        code, size = self.code, self.module.real.size
        _, width = offsets(node.size for node in self.kept)
        at = code.address(code.parameter("ring", PTR), slot, width * size)
        for there, here, count in pairs(code, at, self.kept, self._at, size):
            copy(code, here, there, count, self._vector)
        arena = code.parameter("arena", PTR)
        code.do(f"call void @step(ptr {arena.name}, i64 {rows.name})")
        self._add_error(slot, rows)
        self._write_predictions(slot, start, rows)
        return []

    def _add_error(self, slot: Value, rows: Value) -> None:
        code = self.code
        error = code.load(self._at(self.module.graph.outputs["E"]), self.module.real)
        if error.type != F64:
            error = code.convert("fpext", error, "double")
        at = code.address(code.parameter("errors", PTR), slot, 8)
        share = error * code.convert("sitofp", rows, "double")
        code.store(code.load(at, F64) + share, at)

    def _write_predictions(self, slot: Value, start: Value, rows: Value) -> None:
        code, node = self.code, self.module.graph.outputs["prediction"]
        columns = node.shape[1]
        first = slot * self._given("room") + start * columns
        out = code.parameter("predictions", PTR)
        there = code.address(out, first, self.module.real.size)
        copy(code, self._at(node), there, rows * columns, self._vector)

    @property
    def _vector(self) -> Type:
        real = self.module.real
        return Type(real.scalar, host().width // real.size)

    def _given(self, name: str) -> Value:
        return self.code.parameter(name, I64)

    def _at(self, node: Node) -> Value:
        offset = self.module.memory.offsets[node]
        return self.code.address(self.code.parameter("arena", PTR), offset)
