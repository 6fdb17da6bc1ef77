"""Whole training runs on the processor, in slices of many steps.

Parameters, optimizer state and data are copied into memory of the program's own; a
slice is one native call, between which Python looks around: progress, Ctrl-C, a value
that is not finite.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.compile.body import Code
from backlit.compile.cache import object_code
from backlit.compile.driver import FIELDS, Driver
from backlit.compile.module import Module, build
from backlit.compile.native import Arena, link
from backlit.compile.shares import several_pay
from backlit.compile.target import host
from backlit.compile.workers import crew
from backlit.graph import Graph, Node
from backlit.ops.reduce import sum as total
from backlit.random import key
from backlit.simplify import simplified
from backlit.update.step import BATCHED, training_step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from backlit.graph.node import Array
    from backlit.network.architecture import Architecture
    from backlit.update.optimizers import Optimizer


@dataclass(frozen=True, eq=False)
class Compiled:
    """The code of a training program, without its memory."""

    module: Module
    driver: Driver
    code: bytes
    outputs: dict[str, Node]


@lru_cache(maxsize=16)
def compiled(
    architecture: Architecture,
    optimizer: Optimizer,
    size: int,
    *,
    weighted: bool,
    dtype: str,
    threads: int = 1,
) -> Compiled:
    """Return the program that trains a network with batches of up to a size.

    Up to so many threads share a step, if it is long enough; the results are the same.
    """
    graph = training_step(
        architecture, optimizer, size, weighted=weighted, counted=True
    )
    new = simplified(graph.outputs.values())
    outputs = {name: new[node] for name, node in graph.outputs.items()}
    kept = _kept(outputs, architecture, optimizer)
    inner = [
        node
        for name, node in outputs.items()
        if name.startswith("grad.dense") and name.endswith((".sum", ".output"))
    ]
    moved = {
        graph.inputs[name.removeprefix("new.")]: node
        for name, node in kept.items()
        if name.startswith("new.")
    }
    batched = [name for name in BATCHED if name in graph.inputs]
    varying = batched if size > 1 else []  # one row is one row
    step = Graph(graph.inputs, kept)
    module = build(
        step,
        host(),
        dtype,
        batched=varying,
        exchanged=_exchanged(architecture, graph.inputs),
        over={node: old for old, node in moved.items()},
        first=[kept["E"], *inner],
        threads=threads if several_pay(step) else 1,
    )
    offsets = module.memory.offsets
    copies = {old: x for old, x in moved.items() if offsets.get(x) != offsets[old]}
    rows = tuple(graph.inputs[name] for name in batched)
    driver = Driver(module, rows, graph.inputs, kept, copies, host(), Code())
    text = driver.text()
    needs = "\n".join(sorted(driver.code.needs - set(module.text.splitlines())))
    code = object_code(f"{needs}\n{module.text}\n{text}", host())
    return Compiled(module, driver, code, outputs)


def _kept(
    outputs: Mapping[str, Node], architecture: Architecture, optimizer: Optimizer
) -> dict[str, Node]:
    """Return what training needs of a step."""
    kept = {name: outputs[name] for name in ("E", "learning_rate")}
    kept |= {name: x for name, x in outputs.items() if name.startswith("new.")}
    if optimizer.clip_value:
        kept["health"] = _health(outputs, architecture.trainable)
    return kept


def _health(outputs: Mapping[str, Node], names: Iterable[str]) -> Node:
    """Return E, but not finite if a gradient is not: clipping would hide that."""
    found = outputs["E"]
    for name in names:
        found = found + total(outputs[f"grad.{name}"] * 0.0)
    return found


def _exchanged(architecture: Architecture, inputs: Mapping[str, Node]) -> list[str]:
    """Return the weights to store by columns: where that makes the longer vectors.

    The first layer has no gradient to its input, so its weights are only read along
    the outputs; others are also read along the inputs.
    """
    found = set()
    for n, name in enumerate(architecture.names):
        out, width = architecture.shapes[f"{name}.weight"]
        if out > width or (n == 0 and out >= 4):
            found.add(f"{name}.weight")
    return [
        name
        for name in inputs
        if name in found or (name[:6] == "state." and name.split(".", 2)[2] in found)
    ]


class Training:
    """A training run in memory of its own.

    Args:
        program: The code.
        data: For each batched input, its rows for all samples.
        size: Samples per step.
        shuffle: Whether each epoch has an order of its own.
        seed: Of that order.
        epochs: Epochs in all.
    """

    def __init__(
        self,
        program: Compiled,
        data: Mapping[str, Array],
        *,
        size: int,
        shuffle: bool,
        seed: int,
        epochs: int,
    ) -> None:
        self.program = program
        self.arena = Arena(program.module)
        samples = len(data["x"])
        self.control = np.zeros(len(FIELDS), np.int64)
        self.sums = np.zeros(1 + 2 * epochs)
        self._order = np.zeros(samples, np.int64)
        self._data = [_with_slack(rows, self.arena.real) for rows in data.values()]
        self._pointers = np.array([d.ctypes.data for d in self._data], np.int64)
        names = ("train", "work")[: 1 + (program.module.threads > 1)]
        self._library = link(program.code, *names)
        self._crew = crew(self.arena, self._library)
        self._train = self._library.function("train", *[ctypes.c_void_p] * 5)
        stream = np.uint64(key(seed, "batches")).astype(np.int64)
        self.set(samples=samples, size=size, epochs=epochs, key=stream)
        self.set(shuffle=int(shuffle))
        for node in program.module.schedule.constants:
            self.arena.view(node)[...] = node.attributes["value"]

    def set(self, **fields: Any) -> None:
        """Set numbers of the control block."""
        for name, value in fields.items():
            self.control[FIELDS.index(name)] = value

    def get(self, field: str) -> int:
        """Return a number of the control block."""
        return int(self.control[FIELDS.index(field)])

    def put(self, values: Mapping[str, Array]) -> None:
        """Set parameters and optimizer state by name."""
        for name, value in values.items():
            self.arena.view(self.program.module.graph.inputs[name])[...] = value

    def put_order(self, order: Array) -> None:
        """Set the order of the samples in the epoch that has begun."""
        self._order[:] = order

    def take(self, names: Any) -> dict[str, Array]:
        """Return parameters or optimizer state by name, as copies."""
        inputs = self.program.module.graph.inputs
        return {name: self.arena.view(inputs[name]).copy() for name in names}

    def losses(self, first: int, last: int) -> Array:
        """Return the mean error of each epoch of a range."""
        return self.sums[1 + first : 1 + last]

    def rates(self, first: int, last: int) -> Array:
        """Return the learning rate at the end of each epoch of a range."""
        epochs = self.get("epochs")
        return self.sums[1 + epochs + first : 1 + epochs + last]

    def run(self, steps: int) -> None:
        """Do up to so many steps; fewer at the last epoch's end or where E is bad."""
        if self._crew is None:
            self._call(steps)
        else:
            self._crew.run(steps, self._call)

    def _call(self, steps: int) -> int:
        before = self.get("steps")
        self.set(budget=steps)
        self._train(
            self.arena.address,
            self._pointers.ctypes.data,
            self._order.ctypes.data,
            self.control.ctypes.data,
            self.sums.ctypes.data,
        )
        return self.get("steps") - before


def _with_slack(rows: Array, dtype: Any) -> Array:
    """Return a copy of rows with room behind the last, for a vector that runs over."""
    flat = np.zeros(rows.size + 64, dtype)
    flat[: rows.size] = rows.ravel()
    return flat
