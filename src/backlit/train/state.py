"""Where training stands: all that is needed to go on as if it had never stopped."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from backlit.train.history import History

if TYPE_CHECKING:
    from backlit.graph.node import Array
    from backlit.train.history import Row


@dataclass
class TrainingState:
    """Parameters and everything that changes with them.

    Randomness needs no place here: it follows from the seed, epoch and batch.

    Attributes:
        parameters: Every parameter by name.
        optimizer: Every array of optimizer state by name, filled at the first step.
        step: Updates done so far.
        epoch: Epochs finished.
        batch: Batches done in the epoch that has begun.
        loss_sum: The sum of errors over samples in the epoch that has begun.
        seen: The samples in it.
        learning_rate: That of the last update.
        best: The parameters with the best score so far, if early stopping is on.
        best_score: That score; smaller is better.
        best_epoch: The epoch that they are of.
        waited: Epochs since then.
        history: One row for each finished epoch.
    """

    parameters: dict[str, Array]
    optimizer: dict[str, Array] = field(default_factory=dict)
    step: int = 0
    epoch: int = 0
    batch: int = 0
    loss_sum: float = 0.0
    seen: int = 0
    learning_rate: float = float("nan")
    best: dict[str, Array] = field(default_factory=dict)
    best_score: float = float("inf")
    best_epoch: int | None = None
    waited: int = 0
    history: History = field(default_factory=History)

    @property
    def kept(self) -> dict[str, Array]:
        """The parameters to use: the best if early stopping chose, else the last."""
        return self.best or self.parameters


@dataclass(frozen=True)
class Stretch:
    """What a stretch of training did, not yet part of the state.

    Attributes:
        rows: A row for each epoch that it finished.
        changes: The new values of fields of the state.
        bad: Whether the step after it meets a value that is not finite.
    """

    rows: list[Row]
    changes: dict[str, Any]
    bad: bool = False
