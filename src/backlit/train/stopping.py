"""Stopping early: when a score has not improved for a while, go back to the best."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any

from backlit.options import known, not_negative, settle, whole
from backlit.train.metrics import METRICS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from backlit.graph.node import Array
    from backlit.train.history import Row
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
        settle(
            self,
            patience=whole("patience", self.patience, 1),
            minimum=not_negative("minimum", self.minimum),
        )

    def column(self, columns: Sequence[str]) -> str:
        """Return the column to watch, of those that the history will have.

        Raises:
            OptionError: It will not have the one that is asked for.
        """
        usual = "validation_loss" if "validation_loss" in columns else "loss"
        return known("column to monitor", self.monitor or usual, columns)


def stopping(rule: EarlyStopping | int | None) -> EarlyStopping | None:
    """Return a rule itself, or that of a number of epochs to wait; True is the usual.

    Raises:
        OptionError: It is none of these, or the number is below 1.
    """
    if rule is None or rule is False:
        return None
    if rule is True:
        return EarlyStopping()
    return rule if isinstance(rule, EarlyStopping) else EarlyStopping(rule)


def judge(
    rule: EarlyStopping,
    state: TrainingState,
    row: Row,
    parameters: Mapping[str, Array],
) -> dict[str, Any]:
    """Return how an epoch changes the state: a new best, or longer waiting.

    Args:
        rule: When to stop.
        state: Where training stood before the epoch was closed.
        row: The epoch's row.
        parameters: Those at its end.
    """
    name = rule.column(list(row))
    score = -row[name] if _larger_is_better(name) else row[name]
    if isnan(score) or score >= state.best_score - rule.minimum:
        return {"waited": state.waited + 1}
    return {
        "best": dict(parameters),
        "best_score": score,
        "best_epoch": state.epoch + 1,
        "waited": 0,
    }


def _larger_is_better(column: str) -> bool:
    metric = METRICS.get(column.removeprefix("validation_"))
    return metric is not None and metric.larger_is_better
