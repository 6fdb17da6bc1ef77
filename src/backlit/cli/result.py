"""What came out of training: figures on each part of the rows, beside a baseline.

    always the most frequent class    or    always the mean

is what anyone could say without a network; a model is worth what it says beyond that.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.cli.problem import data_error, measured, scores

if TYPE_CHECKING:
    from backlit.cli.problem import Problem
    from backlit.cli.session import Session
    from backlit.graph.node import Array

Figures = dict[str, float]
NAMES = {"r2": "R²", "mae": "mean absolute error", "roc_auc": "ROC AUC"}
SHARES = ("accuracy", "balanced_accuracy", "macro_f1")  # written in per cent


@dataclass(frozen=True)
class Result:
    """Figures by part of the rows (training, validation, test), as many as there are.

    Attributes:
        parts: The metrics of each part, and its error without penalties as `loss`.
        baseline: The metrics of what is said without a network.
        saying: What that is.
    """

    parts: dict[str, Figures]
    baseline: Figures
    saying: str


def result(session: Session) -> Result:
    """Return the figures of a session that was run."""
    problem = session.problem
    rows = {"training": session.learn, "validation": session.held, "test": problem.test}
    parts = {part: _figures(session, rows[part]) for part in rows if len(rows[part])}
    compared = problem.test if len(problem.test) else session.learn
    saying, output = _without_network(problem, session.learn, len(compared))
    targets = problem.targets[compared]
    baseline = measured(problem.preparation, session.metrics, targets, output)
    return Result(parts, baseline, saying)


def _figures(session: Session, rows: Array) -> Figures:
    problem, net = session.problem, session.net
    X, T = session.samples(rows)
    output = scores(net.architecture.loss, net.predict(X))
    targets = problem.targets[rows]
    figures = measured(problem.preparation, session.metrics, targets, output)
    return {**figures, "loss": data_error(net, X, T)}


def _without_network(problem: Problem, learn: Array, rows: int) -> tuple[str, Array]:
    """Return what is always said, and this as the output for each row."""
    if not problem.classes:
        return "the mean", np.full((rows, 1), problem.targets[learn].mean())
    shares = np.bincount(problem.targets[learn], minlength=problem.classes)
    most = int(shares.argmax())
    output = np.tile(np.eye(problem.classes)[most], (rows, 1))
    return repr(problem.preparation.classes[most]), output


def as_object(
    session: Session, found: Result, model: str, seconds: float
) -> dict[str, Any]:
    """Return the result as `--json` prints it; what is not defined is None."""
    state, net = session.state, session.net
    head = "accuracy" if session.problem.classes else "r2"
    test = found.parts.get("test", {})
    return _without_nan(
        {
            "model": model,
            "task": session.problem.preparation.task,
            "epochs": state.epoch,
            "loss": found.parts["training"]["loss"],
            f"train_{head}": found.parts["training"][head],
            f"test_{head}": test.get(head),
            "seconds": seconds,
            "stopped": state.history.stopped,
            "best_epoch": state.best_epoch,
            "data": session.run.data,
            "target": session.problem.preparation.target.name,
            "rows": {
                "training": len(session.learn),
                "validation": len(session.held),
                "test": len(session.problem.test),
            },
            "parts": found.parts,
            "baseline": found.baseline,
            "l1": net.architecture.l1,
            "l2": net.architecture.l2,
            "seed": session.run.seed,
        }
    )


def _without_nan(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _or_none(value) for name, value in values.items()}


def _or_none(value: Any) -> Any:
    if isinstance(value, dict):
        return _without_nan(value)
    return None if isinstance(value, float) and isnan(value) else value


def label(name: str) -> str:
    """Return the name of a metric as it is printed."""
    return NAMES.get(name, name.replace("_", " "))


def written(name: str, value: float | None) -> str:
    """Return a figure as it is printed.

    >>> written("accuracy", 0.975), written("r2", 0.5), written("mae", 21917.3)
    ('97.5 %', '0.500', '21920')
    """
    if value is None or isnan(value):
        return "–"
    if name in SHARES:
        return f"{100 * value:.1f} %"
    if name not in {"mae", "loss"}:
        return f"{value:.3f}"
    if 1e4 <= value < 1e12:  # rather zeros than an exponent
        return f"{float(f'{value:.4g}'):.0f}"
    return f"{value:.4g}"
