"""Training in NumPy, an epoch at a time: the oracle's way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.train.evaluate import evaluated
from backlit.train.samples import batches
from backlit.train.state import Stretch
from backlit.train.step import step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backlit.graph.node import Array
    from backlit.network.architecture import Architecture
    from backlit.train.measures import Measure
    from backlit.train.plan import Plan
    from backlit.train.samples import Samples
    from backlit.train.state import TrainingState


@dataclass(eq=False)
class Interpreted:
    """A run of training in NumPy, which changes the state after each step."""

    architecture: Architecture
    state: TrainingState
    data: Samples
    plan: Plan

    def advance(self) -> Stretch:
        """Run what is left of an epoch."""
        for rows in remaining(self.data, self.plan, self.state):
            step(self.architecture, self.state, self.data, self.plan, rows)
        return closed(self.state)

    def evaluated(self, measure: Measure, _: int) -> Iterator[tuple[Array, Array]]:
        """Yield predictions and error for the epoch that was advanced to."""
        y, error = evaluated(
            measure.architecture, self.state.parameters, measure.data, self.plan.dtype
        )
        yield y[None], np.array([error])

    def parameters(self, _: int) -> dict[str, Array]:
        """Return the parameters at the end of the epoch."""
        return dict(self.state.parameters)

    def back(self, _: int) -> dict[str, Any]:
        """Return the changes up to the end of the epoch: all of them."""
        return closed(self.state).changes


def remaining(data: Samples, plan: Plan, state: TrainingState) -> Iterator[Array]:
    """Yield the rows of each batch that is left of the epoch that has begun."""
    return batches(
        len(data),
        plan.batch_size,
        plan.seed,
        state.epoch,
        shuffle=plan.shuffle,
        skip=state.batch,
    )


def closed(state: TrainingState) -> Stretch:
    """Return the end of an epoch whose batches are done."""
    row = {
        "epoch": state.epoch + 1.0,
        "loss": state.loss_sum / state.seen,
        "learning_rate": state.learning_rate,
    }
    changes = {"epoch": state.epoch + 1, "batch": 0, "loss_sum": 0.0, "seen": 0}
    return Stretch([row], changes)
