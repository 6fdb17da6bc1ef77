"""A table made ready to learn from: inputs, targets, and which rows are for what.

    table -> Preparation -> X (rows, inputs), targets (rows,), rows to learn and to test

Outputs of a network are read here too: as scores of classes or as numbers in the units
of the table, so that training and prediction measure in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from backlit.cli.tables import Table, about
from backlit.train import metrics
from backlit.train.evaluate import error_of
from backlit.train.preparation import Preparation, prepare
from backlit.train.samples import samples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backlit.graph.node import Array
    from backlit.model import Network

USUAL_METRICS = {"classification": ("accuracy",), "regression": ("r2", "mae")}


@dataclass(frozen=True)
class Problem:
    """What is to be learnt.

    Attributes:
        table: The table.
        preparation: How its rows become numbers.
        X: Inputs, `(rows, inputs)`.
        targets: Indices of classes or standardised numbers, `(rows,)`.
        learn: The rows to learn from.
        test: The rows to test on.
    """

    table: Table
    preparation: Preparation
    X: Array
    targets: Array
    learn: Array
    test: Array

    @property
    def classes(self) -> int:
        """The number of classes; 0 if the target is numbers."""
        return len(self.preparation.classes)

    @property
    def labels(self) -> Array:
        """What rows are split by, so that every part has all classes, `(rows,)`."""
        return self.targets if self.classes else np.zeros(len(self.targets), np.int64)


def posed(
    table: Table,
    target: str | None,
    task: str | None,
    *,
    test: float | None,
    seed: int,
    preparation: Preparation | None = None,
) -> Problem:
    """Return what a table asks to be learnt.

    Args:
        table: The table.
        target: The column to predict, if it is not to be found.
        task: Classification or regression, likewise.
        test: The share of rows to test on, if not the usual.
        seed: Of the split.
        preparation: How rows become numbers, if that was learnt before.

    Raises:
        DataError: The table cannot be learnt from.
        OptionError: An option out of range.
    """
    with about(table.source):
        split = prepare(table.frame, target, task, test=test, seed=seed)
        preparation = preparation or split.preparation
        return Problem(
            table,
            preparation,
            preparation.features(table.frame),
            preparation.targets(table.frame),
            split.train_rows,
            split.test_rows,
        )


def scores(loss: str, prediction: Array) -> Array:
    """Return predictions so that 0.5 parts two classes, `(rows, outputs)`."""
    return (prediction + 1) / 2 if loss == "hinge" else prediction


def data_error(net: Network, X: Array, T: Array) -> float:
    """Return a network's error without penalties, comparable between networks."""
    plain = replace(net.architecture, l1=0.0, l2=0.0)
    return error_of(plain, dict(net.parameters), samples(plain, X, T))


def measured(
    preparation: Preparation, names: Sequence[str], targets: Array, output: Array
) -> dict[str, float]:
    """Return metrics by name, in the units of the table.

    Args:
        preparation: How the table became numbers.
        names: Of the metrics.
        targets: Indices of classes or standardised numbers, `(rows,)`.
        output: Scores of classes `(rows, outputs)` or standardised numbers.
    """
    if preparation.task == "regression":
        targets, output = preparation.decode(targets), preparation.decode(output)
    return metrics.score(names, preparation.task, targets, output)


def metric_names(task: str, wanted: Sequence[str]) -> tuple[str, ...]:
    """Return the usual metrics of a task and those that are wanted, each once.

    Raises:
        OptionError: One does not exist, or is for another task.
    """
    for name in wanted:
        metrics.find_metric(name, task)
    return tuple(dict.fromkeys((*USUAL_METRICS[task], *wanted)))
