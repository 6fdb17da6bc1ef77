"""Whole training runs on the processor, in slices of many steps.

Parameters, optimizer state and data are copied into memory of the program's own; a
slice is one native call, between which Python looks around: progress, Ctrl-C, a value
that is not finite.
"""

from __future__ import annotations

import ctypes
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.compile.block import Block
from backlit.compile.compiled import Compiled, requested
from backlit.compile.fields import FIELDS
from backlit.compile.library import load
from backlit.random import key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backlit.compile.workers import Crew
    from backlit.graph.node import Array
    from backlit.network.architecture import Architecture
    from backlit.update.optimizers import Optimizer


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

    def make() -> Compiled:
        from backlit.compile.step import training  # noqa: PLC0415 - slow to import

        return training(
            architecture,
            optimizer,
            size,
            weighted=weighted,
            dtype=dtype,
            threads=threads,
        )

    about = (architecture, optimizer, size, weighted, dtype, threads)
    return requested(make, "training", *about)


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
        self.arena = Block(program.size, program.constants)
        samples = len(data["x"])
        self.control = np.zeros(len(FIELDS), np.int64)
        self.sums = np.zeros(1 + 2 * epochs)
        self._order = np.zeros(samples, np.int64)
        self._views: dict[str, Array] = {}
        self.data = prepared(data, program.layout["x"]["dtype"])
        addresses = [self.data[name].ctypes.data for name in data]
        self._pointers = np.array(addresses, np.int64)
        self._library = load(program.machine)
        self._crew = self._hired()
        self._train = self._library.function("train", *[ctypes.c_void_p] * 5)
        stream = np.uint64(key(seed, "batches")).astype(np.int64)
        self.set(samples=samples, size=size, epochs=epochs, key=stream)
        self.set(shuffle=int(shuffle))

    def _hired(self) -> Crew | None:
        """Return the threads that share a step, if some may."""
        if self.program.threads == 1:
            return None
        from backlit.compile.workers import crew  # noqa: PLC0415 - needed by few

        return crew(self.program, self.arena, self._library)

    def set(self, **fields: Any) -> None:
        """Set numbers of the control block."""
        for name, value in fields.items():
            self.control[FIELDS.index(name)] = value

    def get(self, field: str) -> int:
        """Return a number of the control block."""
        return int(self.control[FIELDS.index(field)])

    def view(self, name: str) -> Array:
        """Return a quantity's memory as an array."""
        if name not in self._views:
            self._views[name] = self.arena.array(self.program.layout[name])
        return self._views[name]

    def put(self, values: Mapping[str, Array]) -> None:
        """Set parameters and optimizer state by name."""
        for name, value in values.items():
            self.view(name)[...] = value

    def put_order(self, order: Array) -> None:
        """Set the order of the samples in the epoch that has begun."""
        self._order[:] = order

    def take(self, names: Any) -> dict[str, Array]:
        """Return parameters or optimizer state by name, as copies."""
        return {name: self.view(name).copy() for name in names}

    @property
    def learning_rate(self) -> float:
        """That of the last step."""
        place = self.program.layout["learning_rate"]
        return float(place["value"] if "value" in place else self.view("learning_rate"))

    def losses(self, first: int, last: int) -> Array:
        """Return the mean error of each epoch of a range."""
        return self.sums[1 + 2 * first : 1 + 2 * last : 2]

    def rates(self, first: int, last: int) -> Array:
        """Return the learning rate at the end of each epoch of a range."""
        return self.sums[2 + 2 * first : 2 + 2 * last : 2]

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


def prepared(data: Mapping[str, Array], dtype: Any) -> dict[str, Array]:
    """Return copies of rows with room behind the last, for a vector that runs over."""
    found = {}
    for name, rows in data.items():
        found[name] = np.zeros(rows.size + 64, dtype)
        found[name][: rows.size] = rows.ravel()
    return found
