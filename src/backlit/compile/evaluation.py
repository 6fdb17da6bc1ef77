"""Predictions and errors for the parameters of many epochs, computed natively.

A call is about a twentieth of a second of native work, so that Python can look around.
The sum of errors goes over the same blocks of rows in the same order however the work
is cut into calls, so that the result does not depend on it.
"""

from __future__ import annotations

import ctypes
from functools import lru_cache
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from backlit.compile.block import Block
from backlit.compile.compiled import Compiled, requested
from backlit.compile.library import load
from backlit.compile.snapshots import BLOCK
from backlit.update.step import BATCHED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from backlit.compile.snapshots import Ring
    from backlit.graph.node import Array
    from backlit.network.architecture import Architecture

SECONDS = 0.05  # of native work in a call
SLACK = 16  # elements behind a slot's predictions, for a vector that runs over
LARGEST = 16 * 2**20  # bytes of the predictions of several epochs
Evaluated = tuple["Array", "Array"]


@lru_cache(maxsize=16)
def compiled(architecture: Architecture, *, dtype: str) -> Compiled:
    """Return the program that evaluates a network on weighted samples."""

    def make() -> Compiled:
        from backlit.compile.forward import evaluation  # noqa: PLC0415 - slow to import

        return evaluation(architecture, dtype=dtype)

    return requested(make, "evaluation", architecture, dtype)


class Evaluation:
    """What evaluates a network on one table.

    Args:
        program: The code.
        data: x, t and sample_weight for all samples, as `prepared` gives them.
        samples: How many these are.
    """

    def __init__(
        self, program: Compiled, data: Mapping[str, Array], samples: int
    ) -> None:
        self.program = program
        self.samples = samples
        self._data = [data[name] for name in BATCHED]
        self._columns = [
            int(np.prod(program.layout[name]["shape"][1:])) for name in BATCHED
        ]
        self._outputs: int = program.layout["prediction"]["shape"][1]
        self._room = samples * self._outputs + SLACK
        self._arena = Block(program.size, program.constants)
        self._library = load(program.machine)
        kinds = [ctypes.c_void_p] * 3 + [ctypes.c_int64] * 3 + [ctypes.c_void_p] * 2
        self._evaluate = self._library.function("evaluate", *kinds)
        self._budget = 4 * BLOCK  # rows of the next call

    def __call__(self, ring: Ring, slots: int) -> Iterator[Evaluated]:
        """Yield predictions and errors of the ring's first slots, some at a time.

        Yields:
            Predictions `(slots, samples, outputs)` and the error E, penalties
            included, `(slots,)`.
        """
        first = 0
        while first < slots:
            count = max(1, min(slots - first, self._most()))
            yield self._some(ring, first, count)
            first += count

    def _most(self) -> int:
        """Return how many epochs there is time and room for."""
        bytes_of_one: int = self._data[0].itemsize * self._room
        return min(self._budget // self.samples, LARGEST // bytes_of_one)

    def _some(self, ring: Ring, first: int, count: int) -> Evaluated:
        predictions = np.empty((count, self._room), self._data[0].dtype)
        errors = np.zeros(count)
        start = 0
        while start < self.samples:
            rows = self.samples - start
            if count == 1:
                rows = min(rows, self._budget)
            began = perf_counter()
            self._call(ring, first, (start, rows), predictions, errors)
            self._learn(count * rows, perf_counter() - began)
            start += rows
        whole = predictions[:, : self.samples * self._outputs]
        return whole.reshape(count, self.samples, -1), errors / self.samples

    def _learn(self, rows: int, seconds: float) -> None:
        """Find out how many rows a call has time for: whole blocks, at least one."""
        wanted = int(rows * SECONDS / max(seconds, 1e-6))
        blocks = min(wanted, 4 * self._budget) // BLOCK
        self._budget = BLOCK * max(1, blocks)

    def _call(
        self,
        ring: Ring,
        first: int,
        part: tuple[int, int],
        predictions: Array,
        errors: Array,
    ) -> None:
        start, rows = part
        pairs = zip(self._data, self._columns, strict=True)
        addresses = [d.ctypes.data + start * n * d.itemsize for d, n in pairs]
        data = np.array(addresses, np.int64)
        size = predictions.itemsize
        self._evaluate(
            self._arena.address,
            ring.address + first * ring.width * size,
            data.ctypes.data,
            rows,
            len(predictions),
            self._room,
            predictions.ctypes.data + start * self._outputs * size,
            errors.ctypes.data,
        )
