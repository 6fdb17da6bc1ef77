"""Training on the processor: slices of many steps, each one native call.

A slice does not change the state; it tells what it did, to be taken over at once. A
slice that met a value that is not finite is run again up to the step before it; that
step is for the interpreter, which says what became of which quantity.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.compile.training import Training, compiled
from backlit.compile.workers import useful_threads
from backlit.train.samples import batches
from backlit.train.state import Stretch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backlit.graph.node import Array
    from backlit.network.architecture import Architecture
    from backlit.train.history import Row
    from backlit.train.plan import Plan
    from backlit.train.samples import Samples
    from backlit.train.state import TrainingState

SLICE = 0.05  # seconds of native work between two looks around


@dataclass(eq=False)
class Native:
    """A run of training on the processor.

    Attributes:
        state: Where training stands.
    """

    architecture: Architecture
    state: TrainingState
    data: Samples
    plan: Plan
    training: Training = field(init=False)
    _steps: int = 8  # of the next slice

    def __post_init__(self) -> None:
        plan, data = self.plan, self.data
        weighted = data.weight is not None
        size = min(plan.batch_size, len(data))
        program = compiled(
            self.architecture,
            plan.optimizer,
            size,
            weighted=weighted,
            dtype=plan.dtype,
            threads=useful_threads(plan.threads),
        )
        rows = data.take(np.arange(len(data)))
        self.training = Training(
            program,
            rows,
            size=size,
            shuffle=plan.shuffle,
            seed=plan.seed,
            epochs=plan.epochs,
        )
        self._put()

    def advance(self, *, to_epoch_end: bool) -> Stretch:
        """Run a slice, at most to the epoch's end if so wished."""
        first, before = self.training.get("epoch"), self.training.get("steps")
        steps = min(self._steps, self._left_in_epoch()) if to_epoch_end else self._steps
        started = perf_counter()
        bad = self._run(steps)
        done = self.training.get("steps") - before
        self._steps = self._next_length(done, perf_counter() - started)
        return Stretch(self._rows(first), self._changes(), bad)

    def _left_in_epoch(self) -> int:
        batches = -(-len(self.data) // self.training.get("size"))
        return batches - self.training.get("batch")

    def _next_length(self, done: int, seconds: float) -> int:
        wanted = int(done * SLICE / max(seconds, 1e-6))
        return max(1, min(wanted, 4 * self._steps))

    def _run(self, steps: int) -> bool:
        """Run steps; return whether they end before one that is not finite."""
        before = self.training.get("steps")
        self.training.run(steps)
        done = self.training.get("steps") - before
        bad = bool(self.training.get("bad"))
        if not bad and self._finite():
            return False
        self._rerun(self._finite_steps(done))
        return True

    def _finite_steps(self, steps: int) -> int:
        """Return how many steps leave all values finite; of a few all, none at worst.

        E may be finite in a step whose update is not, so that the values tell.
        """
        good, bad = 0, steps + 1
        steps_to_try = steps
        while bad - good > 1:
            self._rerun(steps_to_try)
            if self._finite():
                good = steps_to_try
            else:
                bad = steps_to_try
            steps_to_try = (good + bad) // 2
        return good

    def _rerun(self, steps: int) -> None:
        self._put()
        self.training.run(steps)

    def _finite(self) -> bool:
        inputs = self.training.program.module.graph.inputs
        names = (*self.state.parameters, *self.state.optimizer)
        views = (self.training.arena.view(inputs[n]) for n in names if n in inputs)
        return all(bool(np.isfinite(view).all()) for view in views)

    def _put(self) -> None:
        """Bring the state into the program's memory."""
        state = self.state
        self.training.put(state.parameters)
        self.training.put(state.optimizer)
        if state.batch:  # the program orders the samples only where an epoch begins
            self.training.put_order(np.concatenate(list(self._batches())))
        self.training.sums[0] = state.loss_sum
        self.training.set(
            epoch=state.epoch, batch=state.batch, seen=state.seen, steps=state.step
        )
        self.training.set(bad=0)

    def _rows(self, first: int) -> list[Row]:
        """Return the rows of the epochs that are finished, from one on."""
        last = self.training.get("epoch")
        losses = self.training.losses(first, last)
        pairs = zip(losses, self.training.rates(first, last), strict=True)
        return [
            {"epoch": n + 1.0, "loss": float(loss), "learning_rate": float(rate)}
            for n, (loss, rate) in enumerate(pairs, first)
        ]

    def _changes(self) -> dict[str, Any]:
        """Return what of the state is new, as the program's memory has it."""
        training = self.training
        return {
            "parameters": training.take(self.state.parameters),
            "optimizer": training.take(self.state.optimizer),
            "step": training.get("steps"),
            "epoch": training.get("epoch"),
            "batch": training.get("batch"),
            "loss_sum": float(training.sums[0]),
            "seen": training.get("seen"),
            "learning_rate": self._rate(),
        }

    def _batches(self) -> Iterator[Array]:
        plan, epoch = self.plan, self.state.epoch
        size, shuffle = plan.batch_size, plan.shuffle
        return batches(len(self.data), size, plan.seed, epoch, shuffle=shuffle)

    def _rate(self) -> float:
        node = self.training.program.outputs["learning_rate"]
        if "value" in node.attributes:
            return float(node.attributes["value"])
        view: Array = self.training.arena.view(node)
        return float(view)
