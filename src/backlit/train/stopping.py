"""Stopping early: when a score has not improved for a while, go back to the best."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from backlit.errors import OptionError
from backlit.train.metrics import METRICS

if TYPE_CHECKING:
    from backlit.train.state import TrainingState


@dataclass(frozen=True)
class EarlyStopping:
    """Stop when a score has not improved for some epochs; keep the best parameters.

    Args:
        patience: Epochs without improvement before training stops.
        minimum: The least change that counts as improvement.
        monitor: The column of the history to watch; by default `validation_loss`,
            or `loss` where nothing is held out.

    Raises:
        OptionError: A negative number.
    """

    patience: int = 10
    minimum: float = 0.0
    monitor: str = ""

    def __post_init__(self) -> None:
        if self.patience < 1 or self.minimum < 0:
            raise OptionError(
                f"patience={self.patience}, minimum={self.minimum}; "
                "patience must be at least 1, minimum at least 0"
            )


def judge(rule: EarlyStopping, state: TrainingState) -> bool:
    """Take note of the last epoch's score; return whether to stop.

    Raises:
        OptionError: The history has no such column.
    """
    row = state.history[-1]
    name = rule.monitor or ("validation_loss" if "validation_loss" in row else "loss")
    if name not in row:
        raise OptionError(
            f"monitor={name!r}; the history has the columns {', '.join(row)}"
        )
    score = -row[name] if _larger_is_better(name) else row[name]
    if not isnan(score) and score < state.best_score - rule.minimum:
        state.best_score, state.waited = score, 0
        state.best = dict(state.parameters)
        state.history.best_epoch = state.epoch
        return False
    state.waited += 1
    return state.waited >= rule.patience


def _larger_is_better(column: str) -> bool:
    metric = METRICS.get(column.removeprefix("validation_"))
    return metric is not None and metric.larger_is_better
