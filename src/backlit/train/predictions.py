"""Predictions beside their targets: what outputs say, and whether the shapes fit.

Outputs for classes are scores (rows, classes), of which the largest is the
prediction, or for two classes the probability of the second, (rows,) or (rows, 1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.errors import ShapeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
    Floats = NDArray[np.float64]
    Indices = NDArray[np.int64]


def predicted(output: Array) -> Indices:
    """Return the index of the class that each row of outputs speaks for, (rows,).

    Of equal scores the first wins; a probability must be above 0.5 for the second.

    >>> predicted(np.array([[0.1, 0.7, 0.2]])), predicted(np.array([0.5, 0.6]))
    (array([1]), array([0, 1]))
    """
    output = np.asarray(output)
    if output.ndim == 2 and output.shape[1] > 1:
        return np.asarray(output.argmax(axis=1), dtype=np.int64)
    return np.asarray(output.reshape(len(output)) > 0.5, dtype=np.int64)


def checked_classes(
    target: Array, output: Array, weights: Array | None
) -> tuple[Indices, Array, Floats]:
    """Return target (rows,), output (rows, classes or 1) and weights (rows,)."""
    target, output = np.asarray(target), np.asarray(output)
    rows = len(output) if output.ndim else 0
    if output.ndim not in (1, 2) or target.shape != (rows,):
        raise ShapeError(
            f"targets {target.shape} and outputs {output.shape} do not fit; class "
            "indices (rows,) and scores (rows, classes) are needed"
        )
    output = output.reshape(rows, -1) if rows else np.zeros((0, 2))
    k = max(output.shape[1], 2)
    if rows and not 0 <= target.min() <= target.max() < k:
        raise ShapeError(
            f"targets go from {target.min()} to {target.max()}, but outputs "
            f"{output.shape} are for classes 0 to {k - 1}"
        )
    return target.astype(np.int64), output, _checked_weights(weights, rows)


def checked_numbers(
    target: Array, output: Array, weights: Array | None
) -> tuple[Floats, Floats, Floats]:
    """Return target and output (rows, outputs) and weights (rows,), float64."""
    target, output = np.asarray(target, np.float64), np.asarray(output, np.float64)
    rows = len(output) if output.ndim else 0
    shapes = {(*array.shape, 1)[:2] for array in (target, output)}
    if len(shapes) > 1 or not 1 <= target.ndim <= 2 or not 1 <= output.ndim <= 2:
        raise ShapeError(
            f"targets {target.shape} and outputs {output.shape} do not fit; both "
            "(rows,) or both (rows, outputs) are needed"
        )
    shape = shapes.pop()
    return (
        target.reshape(shape),
        output.reshape(shape),
        _checked_weights(weights, rows),
    )


def confusions(target: Array, outputs: Array, weights: Array | None = None) -> Floats:
    """Return the weight of rows by class and predicted class, for many epochs.

    Args:
        target: class indices (rows,).
        outputs: scores (epochs, rows, classes), or (epochs, rows, 1) for two classes.
        weights: of the rows (rows,).

    Returns:
        A matrix for each epoch (epochs, classes, classes).

    Raises:
        ShapeError: targets, outputs or weights that do not fit together.

    Example:
        >>> confusions(np.array([0, 1]), np.array([[[0.2], [0.4]], [[0.2], [0.9]]]))
        array([[[1., 0.],
                [1., 0.]],
        <BLANKLINE>
               [[1., 0.],
                [0., 1.]]])
    """
    epochs, rows, columns = outputs.shape
    target, _, w = checked_classes(target, outputs[0], weights)
    k = max(columns, 2)
    found = predicted(outputs.reshape(epochs * rows, columns)).reshape(epochs, rows)
    places = np.arange(epochs)[:, None] * (k * k) + target * k + found
    summed = np.bincount(places.ravel(), np.tile(w, epochs), epochs * k * k)
    return summed.reshape(epochs, k, k).astype(float)


def _checked_weights(weights: Array | None, rows: int) -> Floats:
    if weights is None:
        return np.ones(rows)
    w = np.asarray(weights, np.float64)
    if w.shape != (rows,) or not (w >= 0).all():
        raise ShapeError(
            f"weights {w.shape} do not fit; one, not negative, is needed for each of "
            f"{rows} rows"
        )
    return w
