"""How good predictions are: one number for a whole table, comparable between models.

Each metric is a function of targets, outputs and the weights of the rows, in NumPy
alone, quick enough for every epoch. It never warns: where a metric is not defined it
is NaN, and its docstring says when that is.

Outputs for classes are scores (rows, classes), of which the largest is the
prediction, or for two classes the probability of the second, (rows,) or (rows, 1).
Outputs for numbers are (rows,) or (rows, outputs). Targets are class indices (rows,),
or numbers in the shape of the outputs. In the formulas w are the weights of the rows
(1 if not given), t the targets and y the predictions.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from backlit.errors import OptionError
from backlit.train.predictions import checked_classes, checked_numbers, confusions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Array = NDArray[Any]
    Floats = NDArray[np.float64]
    Indices = NDArray[np.int64]

Task = Literal["classification", "regression"]

TASKS: tuple[Task, ...] = ("classification", "regression")


@dataclass(frozen=True)
class Metric:
    """A measure of predictions.

    Attributes:
        name: as it is asked for.
        task: the kind of learning that it fits.
        larger_is_better: whether a larger value means better predictions.
        measure: the function (target, output, weights) -> value.
        of_confusion: the same from confusion matrices (..., classes, classes), if it
            depends on no more.
    """

    name: str
    task: Task
    larger_is_better: bool
    measure: Callable[[Array, Array, Array | None], float]
    of_confusion: Callable[[Floats], Floats] | None = None


def accuracy(target: Array, output: Array, weights: Array | None = None) -> float:
    """Return the share of rows whose class is predicted: Σ w [y = t] / Σ w.

    Returns:
        A value from 0 to 1, 1 being best; NaN without rows.

    Example:
        >>> accuracy(np.array([0, 1, 1]), np.array([0.2, 0.9, 0.4]))
        0.6666666666666666
    """
    return float(_accuracy(_confusion(target, output, weights)))


def _accuracy(confusion: Floats) -> Floats:
    right = np.trace(confusion, axis1=-2, axis2=-1)
    return _ratio(right, confusion.sum(axis=-1).sum(axis=-1))


def balanced_accuracy(
    target: Array, output: Array, weights: Array | None = None
) -> float:
    """Return the mean recall: the mean over classes c of Σ w [y = t = c] / Σ w [t = c].

    The mean is over the classes that the targets have; a class that none of them has
    does not count.

    Returns:
        A value from 0 to 1, 1 being best; NaN without rows.

    Example:
        >>> balanced_accuracy(np.array([0, 0, 0, 1]), np.array([0.1, 0.2, 0.9, 0.8]))
        0.8333333333333333
    """
    return float(_balanced_accuracy(_confusion(target, output, weights)))


def _balanced_accuracy(confusion: Floats) -> Floats:
    right = np.diagonal(confusion, axis1=-2, axis2=-1)
    return _mean_defined(_ratio(right, confusion.sum(axis=-1)))


def macro_f1(target: Array, output: Array, weights: Array | None = None) -> float:
    """Return the mean over classes of F1, the harmonic mean of precision and recall.

    For class c it is 2 Σ w [y = t = c] / Σ w ([y = c] + [t = c]). The mean is
    over the classes that the targets or the predictions have; others do not count.

    Returns:
        A value from 0 to 1, 1 being best; NaN without rows.

    Example:
        >>> macro_f1(np.array([0, 0, 1]), np.array([0.1, 0.9, 0.8]))
        0.6666666666666666
    """
    return float(_macro_f1(_confusion(target, output, weights)))


def _macro_f1(confusion: Floats) -> Floats:
    right = np.diagonal(confusion, axis1=-2, axis2=-1)
    either = confusion.sum(axis=-2) + confusion.sum(axis=-1)
    return _mean_defined(_ratio(2 * right, either))


def roc_auc(target: Array, output: Array, weights: Array | None = None) -> float:
    """Return the area under the curve of true against false positive rate.

    For two classes it is the probability that a row of the second class has a larger
    score than one of the first, a tie counting half:
    Σ wᵢ wⱼ ([yᵢ > yⱼ] + [yᵢ = yⱼ] / 2) / Σ wᵢ wⱼ over tᵢ = 1, tⱼ = 0, where y is the
    last column of the scores. For more classes it is the mean of this for each class
    against all others, on the class's column. Columns are compared between rows: use
    probabilities rather than logits.

    Returns:
        A value from 0 to 1; 1 is best and 0.5 is chance. A class that no row has is
        left out of the mean; NaN if all rows are of one class.

    Example:
        >>> roc_auc(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8]))
        0.75
    """
    target, output, w = checked_classes(target, output, weights)
    if output.shape[1] <= 2:
        return _area(target == 1, output[:, -1], w)
    areas = [_area(target == c, scores, w) for c, scores in enumerate(output.T)]
    return float(_mean_defined(np.array(areas)))


def r2(target: Array, output: Array, weights: Array | None = None) -> float:
    """Return the share of variance explained: 1 - Σ w (t - y)² / Σ w (t - t̄)².

    t̄ is the weighted mean of the targets. For several outputs it is the mean of theirs.

    Returns:
        A value up to 1, which is best; 0 is as good as predicting the mean. For
        targets that are all equal it is 1 if they are predicted exactly, else 0. NaN
        without rows.

    Example:
        >>> r2(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0]))
        0.5
    """
    target, output, w = checked_numbers(target, output, weights)
    if w.sum() == 0:
        return np.nan
    unexplained = w @ (target - output) ** 2
    variance = w @ (target - np.average(target, axis=0, weights=w)) ** 2
    constant = np.ptp(target[w > 0], axis=0) == 0
    explained = 1 - _ratio(unexplained, np.where(constant, 0, variance))
    return float(np.where(constant, unexplained == 0, explained).mean())


def mae(target: Array, output: Array, weights: Array | None = None) -> float:
    """Return the mean absolute error, Σ w |t - y| / Σ w, averaged over outputs.

    Returns:
        A value from 0, which is best, in the units of the targets; NaN without rows.

    Example:
        >>> mae(np.array([1.0, 2.0]), np.array([1.5, 2.0]))
        0.25
    """
    target, output, w = checked_numbers(target, output, weights)
    return float(_ratio(w @ np.abs(target - output).mean(axis=1), w.sum()))


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("accuracy", "classification", True, accuracy, _accuracy),
        Metric(
            *("balanced_accuracy", "classification", True, balanced_accuracy),
            _balanced_accuracy,
        ),
        Metric("macro_f1", "classification", True, macro_f1, _macro_f1),
        Metric("roc_auc", "classification", True, roc_auc),
        Metric("r2", "regression", True, r2),
        Metric("mae", "regression", False, mae),
    )
}


def find_metric(name: str, task: str) -> Metric:
    """Return the metric of this name.

    Raises:
        OptionError: there is none, or it is for another task; those there are, are
            named.
    """
    fitting = [metric.name for metric in METRICS.values() if metric.task == task]
    if name not in METRICS:
        close = get_close_matches(name, fitting, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise OptionError(f"no metric {name!r}, only {', '.join(fitting)}{hint}")
    if name not in fitting:
        raise OptionError(
            f"metric {name!r} is for {METRICS[name].task}, not for {task}; for that "
            f"there are {', '.join(fitting)}"
        )
    return METRICS[name]


def score(
    names: Sequence[str],
    task: str,
    target: Array,
    output: Array,
    weights: Array | None = None,
) -> dict[str, float]:
    """Return the values of several metrics by name.

    Args:
        names: keys of `METRICS`.
        task: classification or regression.
        target: class indices (rows,), or numbers (rows,) or (rows, outputs).
        output: what the network said, see the head of this module.
        weights: of the rows (rows,), not negative; 1 if not given.

    Raises:
        OptionError: a metric that does not exist, or not for this task.
        ShapeError: targets, outputs or weights that do not fit together.

    Example:
        >>> score(["r2", "mae"], "regression", np.array([1, 3]), np.array([1, 2]))
        {'r2': 0.5, 'mae': 0.5}
    """
    found = [find_metric(name, task) for name in names]
    return {m.name: m.measure(target, output, weights) for m in found}


def _confusion(target: Array, output: Array, weights: Array | None) -> Floats:
    _, scores, _ = checked_classes(target, output, weights)
    matrix: Floats = confusions(target, scores[None], weights)[0]
    return matrix


def _area(positive: Array, scores: Array, w: Floats) -> float:
    """Return the weighted share of pairs, one positive and one not, in right order."""
    all_positive, all_negative = w[positive].sum(), w[~positive].sum()
    if not all_positive * all_negative:
        return np.nan
    order = np.argsort(scores)
    ordered, w_ordered, is_positive = scores[order], w[order], positive[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])  # groups of ties
    positives = np.add.reduceat(w_ordered * is_positive, starts)
    negatives = np.add.reduceat(w_ordered * ~is_positive, starts)
    below = np.cumsum(negatives) - negatives / 2
    return float(positives @ below / (all_positive * all_negative))


def _ratio(part: Array | float, whole: Array | float) -> Floats:
    """Return part / whole, NaN where whole is 0."""
    part, whole = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole != 0)


def _mean_defined(values: Floats) -> Floats:
    """Return the mean along the last axis of what is not NaN, NaN if all are."""
    defined = ~np.isnan(values)
    return _ratio(np.where(defined, values, 0).sum(axis=-1), defined.sum(axis=-1))
