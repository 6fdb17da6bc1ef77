"""The loop around the training step, in LLVM IR: epochs, order, batches, the sum of E.

    train(arena, data, order, control, sums)

All state lies in `control` and `sums`, so that a call may end after any step and the
next one goes on from there. Each step is: order the samples if an epoch begins, copy
the rows of the batch into the arena, compute, add up E, count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backlit.compile.body import Code, function
from backlit.compile.denormals import flush
from backlit.compile.fields import FIELDS
from backlit.compile.gather import Batch, gathering
from backlit.compile.ir import F64, I64, PTR, Type, Value
from backlit.compile.loops import power_above
from backlit.compile.snapshots import copy, offsets, pairs
from backlit.graph import CONSTANT
from backlit.random import FIRST, GOLDEN, SECOND

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backlit.compile.module import Module
    from backlit.compile.target import Target
    from backlit.graph import Node

PARAMETERS = (
    ("arena", PTR), ("data", PTR), ("order", PTR), ("control", PTR), ("sums", PTR),
)  # fmt: skip


@dataclass(eq=False)
class Driver:
    """Writes the loop of a training program.

    Attributes:
        module: The program of one step.
        rows: The inputs that are rows of the data, in the order of the data pointers.
        outputs: E, the learning rate, and `health` if E alone does not tell whether all
            is finite.
        copies: Old values, and the new ones that could not be written over them.
        target: The processor.
        kept: The parameters that are copied to the ring, if there is one, at the end of
            each epoch.
    """

    module: Module
    rows: tuple[Node, ...]
    inputs: Mapping[str, Node]
    outputs: Mapping[str, Node]
    copies: Mapping[Node, Node]
    target: Target
    code: Code
    kept: tuple[Node, ...] = ()

    def text(self) -> str:
        """Return the function, and the one that brings a part of the rows."""
        code = self.code
        restore = flush(code, self.target.family)
        code.loop(0, self.field("budget"), 1, self._maybe)
        restore()
        train = function("train", PARAMETERS, code, public=True)
        if self.module.threads == 1:
            return train
        return train + gathering(self.module, self.target, self.rows)

    def field(self, name: str) -> Value:
        """Return a number of the control block."""
        return self.code.load(self._at_field(name), I64)

    def set(self, name: str, value: Value) -> None:
        """Change a number of the control block."""
        self.code.store(value, self._at_field(name))

    def _at_field(self, name: str) -> Value:
        control = self.code.parameter("control", PTR)
        return self.code.address(control, FIELDS.index(name), 8)

    def _maybe(self, _: Value, __: list[Value]) -> list[Value]:
        code = self.code
        whole = code.compare("eq", self.field("bad"), 0)
        unfinished = code.compare("lt", self.field("epoch"), self.field("epochs"))
        code.when(whole & unfinished, self._step)
        return []

    def _step(self) -> None:
        code = self.code
        code.when(code.compare("eq", self.field("batch"), 0), self._begin_epoch)
        start = self.field("batch") * self.field("size")
        rows = self._rows(start)
        Batch(code, self.module, self.target, self.rows, start).gather(rows)
        self._set_numbers(rows)
        arena = code.parameter("arena", PTR)
        code.do(f"call void @step(ptr {arena.name}, i64 {rows.name})")
        self._after(rows)

    def _rows(self, start: Value) -> Value:
        """Return how many rows the batch has; one, if the program has room for one."""
        code = self.code
        if all(node.shape[0] == 1 for node in self.rows):
            return code.integer(1)
        left = self.field("samples") - start
        return code.select(left < self.field("size"), left, self.field("size"))

    def _after(self, rows: Value) -> None:
        """Take note of E; go on to the next batch if it is finite."""
        code = self.code
        error = self._output("E")
        health = self._output("health") if "health" in self.outputs else error
        finite = code.call("fabs", health) < float("inf")
        code.when(finite ^ 1, lambda: self.set("bad", code.integer(1)))
        code.when(finite, lambda: self._count(error, rows))

    def _count(self, error: Value, rows: Value) -> None:
        code = self.code
        self.replace()
        sums = code.parameter("sums", PTR)
        share = error * code.convert("sitofp", rows, "double")
        code.store(code.load(sums, F64) + share, sums)
        self.set("seen", self.field("seen") + rows)
        self.set("steps", self.field("steps") + 1)
        self.set("batch", self.field("batch") + 1)
        done = self.field("batch") * self.field("size")
        code.when(done >= self.field("samples"), self._end_epoch)

    def _end_epoch(self) -> None:
        """Store the epoch's mean error and its learning rate, counted from `since`."""
        code = self.code
        sums, epoch = code.parameter("sums", PTR), self.field("epoch")
        seen = code.convert("sitofp", self.field("seen"), "double")
        mean = code.load(sums, F64) / seen
        place = (epoch - self.field("since")) * 2
        code.store(mean, code.address(sums, place + 1, 8))
        code.store(self._rate(), code.address(sums, place + 2, 8))
        code.store(code.number(0.0, F64), sums)
        self.set("seen", code.integer(0))
        self.set("batch", code.integer(0))
        self.set("epoch", epoch + 1)
        if self.kept:
            ringed = code.compare("ne", self.field("ring"), 0)
            code.when(ringed, self._keep)

    def _keep(self) -> None:
        """Copy the parameters into the next slot of the ring."""
        code, real = self.code, self.module.real
        _, width = offsets(node.size for node in self.kept)
        start = self.field("ring") + self.field("slot") * (width * real.size)
        slot = code.convert("inttoptr", start, "ptr")
        vector = Type(real.scalar, self.target.width // real.size)
        for here, there, count in pairs(code, slot, self.kept, self._at, real.size):
            copy(code, here, there, count, vector)
        self.set("slot", self.field("slot") + 1)

    def _rate(self) -> Value:
        node = self.outputs["learning_rate"]
        if node.op is CONSTANT:
            return self.code.number(float(node.attributes["value"]), F64)
        return self._output("learning_rate")

    def _begin_epoch(self) -> None:
        """Order the samples: from 0 on, then shuffled (Fisher and Yates)."""
        code, order = self.code, self.code.parameter("order", PTR)
        count = self.field("samples")

        def number(i: Value, _: list[Value]) -> list[Value]:
            code.store(i, code.address(order, i, 8))
            return []

        code.loop(0, count, 1, number)
        stream = self._mixed(self.field("key"), self.field("epoch"))
        shuffled = code.compare("ne", self.field("shuffle"), 0)
        code.when(shuffled, lambda: self._shuffle(stream, count))

    def _shuffle(self, stream: Value, count: Value) -> None:
        code, order = self.code, self.code.parameter("order", PTR)

        def swap(n: Value, _: list[Value]) -> list[Value]:
            last = (count - n) - 1
            high = self._mixed(stream, last) >> 32
            other = (high * (last + 1)) >> 32
            a, b = (code.address(order, i, 8) for i in (last, other))
            first, second = code.load(a, I64), code.load(b, I64)
            code.store(first, b)
            code.store(second, a)
            return []

        code.loop(0, count - 1, 1, swap)

    def _mixed(self, stream: Value, place: Value) -> Value:
        """Return the random bits at a place of a stream, as `random.bits` does."""
        z = stream + (place + 1) * _signed(GOLDEN)
        z = (z ^ (z >> 30)) * _signed(FIRST)
        z = (z ^ (z >> 27)) * _signed(SECOND)
        return z ^ (z >> 31)

    def replace(self) -> None:
        """Copy new values over the old ones, where they have their own places."""
        for old, new in self.copies.items():
            self._copy_whole(new, old)

    def _copy_whole(self, new: Node, old: Node) -> None:
        """Copy in vectors; the last may run over the end, where there is room."""
        code, real = self.code, self.module.real
        a, b = self._at(new), self._at(old)
        lanes = min(self.target.width // real.size, power_above(new.size))

        def one(i: Value, _: list[Value]) -> list[Value]:
            value = code.load(code.address(a, i, real.size), Type(real.scalar, lanes))
            code.store(value, code.address(b, i, real.size))
            return []

        code.loop(0, new.size, lanes, one)

    def _set_numbers(self, rows: Value) -> None:
        """Set the inputs that change from step to step."""
        code, real = self.code, self.module.real
        for name, value in (("count", rows), ("step", self.field("steps") + 1)):
            if name in self.inputs:
                number = code.convert("sitofp", value, real.scalar)
                code.store(number, self._at(self.inputs[name]))

    def _at(self, node: Node) -> Value:
        offset = self.module.memory.offsets[node]
        return self.code.address(self.code.parameter("arena", PTR), offset)

    def _output(self, name: str) -> Value:
        """Load an output that is a number, as float64."""
        return self._as_double(
            self.code.load(self._at(self.outputs[name]), self.module.real)
        )

    def _as_double(self, value: Value) -> Value:
        if value.type == F64:
            return value
        return self.code.convert("fpext", value, "double")


def _signed(bits: object) -> int:
    """Return a 64-bit pattern as LLVM writes it."""
    value: int = int(bits)  # type: ignore[call-overload]
    return value - 2**64 if value >= 2**63 else value
