"""Classes as targets: indices to one-hot rows and back, and how much each counts.

Two classes may also be one column, of 0 and 1 or of -1 and 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from backlit.errors import DataError, OptionError
from backlit.options import known, not_negative

if TYPE_CHECKING:
    from backlit.graph.node import Array
    from backlit.network.architecture import Architecture


def one_hot(indices: Array, classes: int) -> Array:
    """Return rows `(samples, classes)` of class indices; one class stays a column.

    >>> one_hot(np.array([2, 0]), 3)
    array([[0., 0., 1.],
           [1., 0., 0.]])

    Raises:
        DataError: Something is no index of a class; the message names the row.
    """
    if classes == 1:
        return indices[:, None]
    fits = np.isin(indices, np.arange(classes))
    if not fits.all():
        row = np.argmin(fits)
        raise DataError(
            f"T is {indices[row]} at row {row}; the index of a class is needed, a "
            f"whole number from 0 to {classes - 1}, or a row with a share for each"
        )
    rows: Array = np.eye(classes)[indices.astype(np.int64)]
    return rows


def encoded(architecture: Architecture, targets: Array) -> Array:
    """Return targets `(rows,)` as a network's loss needs them, `(rows, outputs)`."""
    if architecture.loss == "hinge":
        return 2.0 * targets[:, None] - 1.0
    return one_hot(targets, architecture.outputs)


def class_indices(T: Array) -> Array:
    """Return class indices from one-hot rows, or from one column of 0 (or -1) and 1.

    Raises:
        DataError: One column holds other numbers.
    """
    if T.shape[1] > 1:
        found: Array = np.argmax(T, axis=1)
        return found
    if np.abs(T).max(initial=0) > 1:
        raise DataError(
            f"T goes from {T.min():g} to {T.max():g}, which are no classes; 0 and 1 "
            "are needed, or -1 and 1"
        )
    return (T[:, 0] > (0 if signed(T) else 0.5)).astype(np.int64)


def signed(T: Array) -> bool:
    """Tell whether targets are one column of two classes written as -1 and 1."""
    return T.shape[1] == 1 and bool(T.min(initial=0) < 0)


def weight_by_class(
    class_weight: Mapping[int, float] | str, indices: Array, classes: int
) -> Array:
    """Return how much each class counts, `(classes,)`.

    Args:
        class_weight: Weights by class index, 1 where none is given; or "balanced":
            samples / (classes that occur · samples of the class).
        indices: The class of each sample, `(samples,)`.
        classes: The number of classes.

    Raises:
        OptionError: Another word than "balanced", or weights of what is no class.
    """
    if isinstance(class_weight, str):
        known("class_weight", class_weight, ["balanced"])
        counts = np.bincount(indices, minlength=classes)
        return len(indices) / (np.count_nonzero(counts) * np.maximum(counts, 1))
    if not isinstance(class_weight, Mapping):
        raise OptionError(
            f"class_weight={class_weight!r}; weights by class are needed, such as "
            "{0: 1, 1: 5}, or 'balanced'"
        )
    weights = np.ones(classes)
    for c, weight in class_weight.items():
        if c not in range(classes):
            raise OptionError(
                f"class_weight has the class {c!r}; classes are 0 to {classes - 1}"
            )
        weights[int(c)] = not_negative(f"class_weight[{c}]", weight)
    return weights
