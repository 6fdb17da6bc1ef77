"""Training on the processor: slices of many steps, each one native call.

A slice does not change the state; it tells what it did, to be taken over at once. A
slice that met a value that is not finite is run again up to the step before it; that
step is for the interpreter, which says what became of which quantity. A slice that
went on after training should have stopped is likewise run again up to there.

Where epochs are looked at, each leaves its parameters in a ring; a slice ends where
that is full.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.compile import evaluation
from backlit.compile.evaluation import Evaluation
from backlit.compile.pace import useful_threads
from backlit.compile.snapshots import Ring
from backlit.compile.training import Training, compiled, prepared
from backlit.train.interpreted import closed
from backlit.train.samples import batches
from backlit.train.state import Stretch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from backlit.compile.evaluation import Evaluated
    from backlit.graph.node import Array
    from backlit.network.architecture import Architecture
    from backlit.train.history import Row
    from backlit.train.measures import Measure
    from backlit.train.plan import Plan
    from backlit.train.samples import Samples
    from backlit.train.state import TrainingState

SLICE = 0.05  # seconds between two looks around
LARGEST = 32 * 2**20  # bytes of a ring, if it has more than one slot
SLOTS = 4096  # of a ring, at most


@dataclass(eq=False)
class Native:
    """A run of training on the processor.

    Attributes:
        state: Where training stands.
        wanted: What is computed of each epoch's parameters.
        ring: These parameters, if anything is computed of them, or the best are kept.
    """

    architecture: Architecture
    state: TrainingState
    data: Samples
    plan: Plan
    wanted: Sequence[Measure] = ()
    training: Training = field(init=False)
    ring: Ring | None = field(init=False)
    _evaluations: dict[Measure, Evaluation] = field(default_factory=dict)
    _steps: int = 8  # of the next slice
    _began: float = 0.0  # the last slice
    _before: int = 0  # the steps before it
    _put_in: bool = False  # whether the program's memory holds the state

    def __post_init__(self) -> None:
        plan, data = self.plan, self.data
        size = min(plan.batch_size, len(data))
        program = compiled(
            self.architecture,
            plan.optimizer,
            size,
            weighted=data.weight is not None,
            dtype=plan.dtype,
            threads=useful_threads(plan.threads),
        )
        self.training = Training(
            program,
            data.take(np.arange(len(data))),
            size=size,
            shuffle=plan.shuffle,
            seed=plan.seed,
            epochs=plan.epochs,
        )
        self.ring = self._made_ring()

    def _made_ring(self) -> Ring | None:
        """Return a ring if one is needed: of one slot if each epoch is waited for."""
        plan = self.plan
        if not self.wanted and not (plan.early_stopping and plan.early_stopping.keeps):
            return None
        size = sum(p.nbytes for p in self.state.parameters.values())
        most = 1 if plan.callbacks else min(SLOTS, LARGEST // size, plan.epochs)
        layout = self.training.program.layout
        ring = Ring(layout, self.architecture.shapes, max(1, most))
        self.training.set(ring=ring.address)
        return ring

    def advance(self) -> Stretch:
        """Run a slice."""
        if self.state.batch * self.plan.batch_size >= len(self.data):
            return self._closed()
        if not self._put_in or (self.plan.callbacks and not self.state.batch):
            self._put()  # callbacks may have changed the state
        self._put_in = True
        self._pace()
        self.training.set(slot=0)
        first = self.training.get("epoch")
        bad = self._run(min(self._steps, self._most()))
        return Stretch(self._rows(first), self._changes(), bad)

    def _pace(self) -> None:
        """Find the next slice's steps from what the last one took in all."""
        now, steps = perf_counter(), self.training.get("steps")
        if self._began:
            self._steps = self._next_length(steps - self._before, now - self._began)
        self._began, self._before = now, steps

    def _closed(self) -> Stretch:
        """Close an epoch whose batches the interpreter has done."""
        if self.ring:
            self.ring.put(0, self.state.parameters)
        return closed(self.state)

    def _most(self) -> int:
        """Return the steps until Python must look, whatever the time."""
        if self.plan.callbacks:
            epochs = 1
        elif self.ring:
            epochs = self.ring.slots
        else:
            return self._steps
        return epochs * self._batches - self.state.batch

    @property
    def _batches(self) -> int:
        """The batches of an epoch."""
        return -(-len(self.data) // self.training.get("size"))

    def _next_length(self, done: int, seconds: float) -> int:
        wanted = int(done * SLICE / max(seconds, 1e-6))
        return max(1, min(wanted, 4 * self._steps))

    def evaluated(self, measure: Measure, epochs: int) -> Iterator[Evaluated]:
        """Yield predictions and errors of the last slice's epochs, some at a time."""
        assert self.ring  # noqa: S101 - there is one, as there are measures
        if measure not in self._evaluations:
            self._evaluations[measure] = self._evaluation(measure)
        return self._evaluations[measure](self.ring, epochs)

    def _evaluation(self, measure: Measure) -> Evaluation:
        dtype, data = self.plan.dtype, measure.data
        program = evaluation.compiled(measure.architecture, dtype=dtype)
        layouts = program.layout, self.training.program.layout
        for name in self.architecture.shapes:  # a slot is of the same for both
            assert layouts[0][name]["strides"] == layouts[1][name]["strides"]  # noqa: S101 - else wrong numbers
        if data is self.data:
            table = dict(self.training.data)
        else:
            table = prepared(data.take(np.arange(len(data))), dtype)
        if data.weight is None:
            table |= prepared({"sample_weight": np.ones(len(data))}, dtype)
        return Evaluation(program, table, len(data))

    def parameters(self, epoch: int) -> dict[str, Array]:
        """Return the parameters at the end of an epoch of the last slice."""
        assert self.ring  # noqa: S101 - there is one, as the best are to be kept
        return self.ring.take(epoch)

    def back(self, epochs: int) -> dict[str, Any]:
        """Return the changes of the last slice up to the end of some epochs."""
        self._rerun(epochs * self._batches - self.state.batch)
        return self._changes()

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
        names = (*self.state.parameters, *self.state.optimizer)
        layout = self.training.program.layout
        views = (self.training.view(name) for name in names if name in layout)
        return all(bool(np.isfinite(view).all()) for view in views)

    def _put(self) -> None:
        """Bring the state into the program's memory."""
        state = self.state
        self.training.put(state.parameters)
        self.training.put(state.optimizer)
        if state.batch:  # the program orders the samples only where an epoch begins
            self.training.put_order(np.concatenate(list(self._order())))
        self.training.sums[0] = state.loss_sum
        self.training.set(
            epoch=state.epoch, batch=state.batch, seen=state.seen, steps=state.step
        )
        self.training.set(bad=0, slot=0)

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
            "learning_rate": training.learning_rate,
        }

    def _order(self) -> Iterator[Array]:
        plan, epoch = self.plan, self.state.epoch
        size, shuffle = plan.batch_size, plan.shuffle
        return batches(len(self.data), size, plan.seed, epoch, shuffle=shuffle)
