"""The loops around a step that is called from Python, shared by the peers that have it.

Steps go through the samples in order, again and again; a fit takes them in a new order
each epoch, and its last batch holds what is left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workloads import Array, Job


def orders(samples: int, epochs: int, *, shuffle: bool) -> Iterator[Array]:
    """Yield an order of the samples for each epoch."""
    draw = np.random.default_rng(0)
    for _ in range(epochs):
        yield draw.permutation(samples) if shuffle else np.arange(samples)


@dataclass(eq=False)
class Stepper:
    """A peer that is called for each step.

    Attributes:
        job: What is trained.
        restart: Goes back to the first parameters.
        step: Does a step on a batch (x, t).
        read: Returns the parameters by backlit's names and shapes.
        array: Makes an array the peer's own; rows of it are taken by `array[rows]`.
        rows: Makes numbers of rows the peer's own.
        wait: Returns when all that was begun is done.
    """

    job: Job
    restart: Callable[[], object]
    step: Callable[[Any, Any], object]
    read: Callable[[], dict[str, Array]]
    array: Callable[[Array], Any] = np.asarray
    rows: Callable[[Array], Any] = np.asarray
    wait: Callable[[], object] = lambda: None
    _at: int = 0
    _data: tuple[Any, Any] = field(init=False)
    _batches: list[tuple[Any, Any]] = field(init=False)

    def __post_init__(self) -> None:
        job, size = self.job, self.job.workload.batch
        X, T = self._data = self.array(job.X), self.array(job.T)
        starts = range(0, len(job.X) - size + 1, size)
        self._batches = [(X[n : n + size], T[n : n + size]) for n in starts]
        self.reset()

    def reset(self) -> None:
        """Go back to the start."""
        self._at = 0
        self.restart()

    def train(self, steps: int) -> None:
        """Go on for some steps."""
        batches, step, at = self._batches, self.step, self._at
        count = len(batches)
        for n in range(at, at + steps):
            step(*batches[n % count])
        self._at = at + steps
        self.wait()

    def fit(self, epochs: int, *, shuffle: bool) -> None:
        """Train from the first parameters on."""
        self.reset()
        X, T = self._data
        size, count = self.job.workload.batch, len(self.job.X)
        for order in orders(count, epochs, shuffle=shuffle):
            places = self.rows(order)
            for start in range(0, count, size):
                rows = places[start : start + size]
                self.step(X[rows], T[rows])
        self.wait()

    def parameters(self) -> dict[str, Array]:
        """Return the parameters by backlit's names and shapes."""
        return self.read()


def turned(first: dict[str, Array], dtype: Any = np.float32) -> list[list[Array]]:
    """Return the parameters layer by layer, weights `(inputs, outputs)`, as copies."""
    layers = range(1, len(first) // 2 + 1)
    return [
        [
            np.array(first[f"dense{n}.weight"].T, dtype, order="C"),
            np.array(first[f"dense{n}.bias"], dtype),
        ]
        for n in layers
    ]


def named(layers: Any) -> dict[str, Array]:
    """Return parameters by backlit's names and shapes, from layers as of `turned`."""
    found = {}
    for n, (weight, bias) in enumerate(layers, 1):
        found[f"dense{n}.weight"] = np.asarray(weight).T
        found[f"dense{n}.bias"] = np.asarray(bias)
    return found
