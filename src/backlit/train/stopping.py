"""Stopping early: when a score has not improved for a while, go back to the best."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

from backlit.options import known, not_negative, settle, whole
from backlit.train.metrics import METRICS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backlit.train.history import Row
    from backlit.train.state import TrainingState


class Standing(NamedTuple):
    """How things stand after an epoch; the fields are those of the state."""

    best_score: float
    best_epoch: int | None
    waited: int


class Rule(Protocol):
    """What says from the rows of the history when to stop, and which epoch was best."""

    @property
    def keeps(self) -> bool:
        """Whether the parameters of the best epoch are wanted."""

    def column(self, columns: Sequence[str]) -> str:
        """Return the column to watch, of those that the history will have."""

    def judge(self, before: Standing, row: Row, column: str) -> Standing:
        """Return how things stand after an epoch, from how they stood before it."""

    def over(self, standing: Standing | TrainingState) -> bool:
        """Tell whether to stop."""


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
    keeps: ClassVar[bool] = True

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

    def judge(self, before: Standing, row: Row, column: str) -> Standing:
        """Return how things stand after an epoch: a new best, or longer waiting."""
        score = -row[column] if _larger_is_better(column) else row[column]
        if isnan(score) or score >= before.best_score - self.minimum:
            return before._replace(waited=before.waited + 1)
        return Standing(score, int(row["epoch"]), 0)

    def over(self, standing: Standing | TrainingState) -> bool:
        """Tell whether to stop."""
        return standing.waited >= self.patience


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


@dataclass(frozen=True)
class Verdict:
    """What a rule says to some epochs.

    Attributes:
        epochs: How many of them count: up to the one after which to stop.
        over: Whether to stop there.
        changes: What becomes of the state.
        best: Which of them, from 0, has the best parameters so far, if one has.
    """

    epochs: int
    over: bool
    changes: dict[str, Any]
    best: int | None = None


def judged(
    rule: Rule, state: TrainingState, rows: Sequence[Row], column: str
) -> Verdict:
    """Ask a rule epoch by epoch, until it says to stop.

    Args:
        rule: When to stop.
        state: Where training stood before them.
        rows: The rows of the epochs.
        column: The column to watch.
    """
    now = Standing(state.best_score, state.best_epoch, state.waited)
    best, count = None, 0
    for count, row in enumerate(rows, 1):
        after = rule.judge(now, row, column)
        if after.best_epoch != now.best_epoch:
            best = count - 1
        now = after
        if rule.over(now):
            break
    return Verdict(count, rule.over(now), now._asdict(), best)


def _larger_is_better(column: str) -> bool:
    metric = METRICS.get(column.removeprefix("validation_"))
    return metric is not None and metric.larger_is_better
