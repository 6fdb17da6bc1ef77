"""Targets as a network takes them, and its outputs as predictions, there and back.

classes   two: one column of 0 and 1     more: one-hot rows     labels: as they are
numbers   (t - mean) / scale, undone in the last layer's weights

"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import issparse
from scipy.special import log_expit, log_softmax
from sklearn.preprocessing import LabelEncoder, StandardScaler
from sklearn.utils.class_weight import compute_class_weight, compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import column_or_1d

from backlit.errors import DataError
from backlit.train.classes import class_indices
from backlit.train.metrics import accuracy
from backlit.train.predictions import predicted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backlit.graph.node import Array
    from backlit.train.samples import Samples


@dataclass(frozen=True)
class Labels:
    """What can be predicted.

    Attributes:
        classes: The classes in order; for several labels at once their columns.
        several: Whether a sample can have several labels at once.
    """

    classes: Array
    several: bool = False

    @property
    def independent(self) -> bool:
        """Whether each output is the probability of one thing by itself."""
        return self.several or len(self.classes) == 2

    @property
    def loss(self) -> str:
        """The name of the error that suits."""
        if self.independent:
            return "binary_cross_entropy_with_logits"
        return "cross_entropy"

    @property
    def link(self) -> str:
        """The name of what makes probabilities of outputs, as in MLPClassifier."""
        return "logistic" if self.independent else "softmax"

    def encode(self, y: Any) -> Array:
        """Return targets `(samples, outputs)`; raises ValueError for other classes."""
        if self.several:
            return _indicators(y, len(self.classes))
        if type_of_target(y) == "multilabel-indicator":
            raise DataError(
                f"y has {y.shape[1]} columns; before, it had one of classes"
            )
        encoder = LabelEncoder()
        encoder.classes_ = self.classes
        numbers = encoder.transform(y)
        if self.independent:
            return np.asarray(numbers, np.float64)[:, None]
        one_hot: Array = np.eye(len(self.classes))[numbers]
        return one_hot

    def decode(self, prediction: Array) -> Array:
        """Return the classes `(samples,)`, or 0 and 1 `(samples, labels)`."""
        if self.several:
            return (prediction > 0.5).astype(np.int64)
        chosen: Array = self.classes[predicted(prediction)]
        return chosen

    def probabilities(self, prediction: Array) -> Array:
        """Return a column of probabilities for each class, or for each label."""
        if self.independent and not self.several:
            return np.hstack([1 - prediction, prediction])
        return prediction

    def log_probabilities(self, logits: Array) -> Array:
        """Return what `probabilities` does as logarithms, exact where they vanish."""
        if self.several:
            return np.asarray(log_expit(logits))
        if self.independent:
            return np.hstack([log_expit(-logits), log_expit(logits)])
        return np.asarray(log_softmax(logits, axis=1))

    def score(self, T: Array, prediction: Array, weight: Array | None = None) -> float:
        """Return the share of samples that are right, of several labels in all."""
        if self.several:
            right = ((prediction > 0.5) == (T > 0.5)).all(axis=1)
            return float(np.average(right, weights=weight))
        return accuracy(class_indices(T), prediction, weight)


def labels_of(
    y: Any,
    classes: Any | None = None,
    before: Labels | None = None,
    *,
    partial: bool = False,
) -> Labels:
    """Return the labels that can be predicted.

    Args:
        y: Classes `(samples,)`, or 0 and 1 `(samples, labels)`.
        classes: All classes there are, if that is said.
        before: The labels so far, to go on with.
        partial: Whether y may lack some of the classes.

    Raises:
        ValueError: y is of numbers or of several columns of classes, or has one class;
            or classes are missing, or not those of before.
    """
    if before is not None:
        known = before.classes.tolist()
        if classes is not None and np.unique(classes).tolist() != known:
            raise DataError(f"classes={classes!r}; before, they were {known}")
        return before
    check_classification_targets(y)
    kind = type_of_target(y)
    if kind == "multilabel-indicator":
        return Labels(np.arange(y.shape[1]), several=True)
    if kind.endswith("multioutput"):
        raise DataError(
            f"y has {y.shape[1]} columns of classes; give one column, or for several "
            "labels at once columns of 0 and 1"
        )
    if partial and classes is None:
        raise DataError(
            "the first partial_fit needs classes=, all classes there are, such as "
            "np.unique(y) of the whole data"
        )
    return _distinct(y if classes is None else classes)


def _distinct(y: Any) -> Labels:
    found = np.unique(column_or_1d(y))
    if len(found) < 2:
        raise DataError(
            f"y has one class only, {found[0]}; at least two classes are needed"
        )
    return Labels(found)


def _indicators(y: Any, labels: int) -> Array:
    table = np.asarray(y.toarray() if issparse(y) else y, np.float64)
    if table.ndim != 2 or table.shape[1] != labels or set(np.unique(table)) - {0, 1}:
        raise DataError(
            f"y has the shape {table.shape}; 0 and 1 in {labels} columns are needed, "
            "as before"
        )
    return table


def class_weights(
    class_weight: Any, labels: Labels, y: Any, sample_weight: Array
) -> Array:
    """Return the weight of each sample's class, `(samples,)`; 0 where its own is 0.

    "balanced" counts samples by their weights, so that a weight of 2 is as good as
    having the sample twice.

    Raises:
        ValueError: It is neither weights by class nor "balanced".
    """
    rows = sample_weight > 0
    found = np.zeros(len(sample_weight))
    if np.ndim(y) == 2:
        counted = y[rows].toarray() if issparse(y) else y[rows]
        found[rows] = compute_sample_weight(class_weight, counted)
        return found
    y, own = y[rows], sample_weight[rows]
    classes = np.unique(y) if class_weight == "balanced" else labels.classes
    chosen = class_weight if class_weight == "balanced" else dict(class_weight)
    of_class = compute_class_weight(chosen, classes=classes, y=y, sample_weight=own)
    found[rows] = of_class[np.searchsorted(classes, y)]
    return found


@dataclass(frozen=True)
class Scale:
    """How numbers are standardised, for each output: (t - mean) / scale."""

    mean: Array
    scale: Array

    def encode(self, y: Array) -> Array:
        """Return standardised targets `(samples, outputs)`."""
        if y.shape[1:] != self.mean.shape:
            raise DataError(
                f"y has {y.shape[1]} columns; before, it had {len(self.mean)}"
            )
        return (y - self.mean) / self.scale

    def unfolded(self, parameters: Mapping[str, Array], layer: str) -> dict[str, Array]:
        """Return parameters of which that layer gives numbers in their own units."""
        weight, bias = f"{layer}.weight", f"{layer}.bias"
        return {
            **parameters,
            weight: parameters[weight] * self.scale[:, None],
            bias: parameters[bias] * self.scale + self.mean,
        }


def scale_of(data: Samples, *, normalize: bool) -> Scale:
    """Return the scale of the targets of samples, as weighted.

    They then have mean 0 and deviation 1; if not normalised, they stay as they are.
    """
    outputs = data.T.shape[1]
    if not normalize:
        return Scale(np.zeros(outputs), np.ones(outputs))
    scaler = StandardScaler().fit(data.T, sample_weight=data.weight)
    return Scale(scaler.mean_, scaler.scale_)
