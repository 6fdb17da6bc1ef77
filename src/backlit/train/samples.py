"""Samples for training: checked arrays, and the order in which batches take them.

The order depends on the seed and the epoch alone, so that a run can be taken up again
anywhere; the last batch of an epoch holds what is left.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.errors import DataError, OptionError
from backlit.network.architecture import LINKS
from backlit.random import key, permutation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from backlit.graph.node import Array
    from backlit.network.architecture import Architecture


@dataclass(frozen=True)
class Samples:
    """Inputs (samples, inputs), targets (samples, outputs), weights (samples,)."""

    X: Array
    T: Array
    weight: Array | None = None

    def __len__(self) -> int:
        return len(self.X)

    def take(self, rows: Array) -> dict[str, Array]:
        """Return the inputs of a training step for a batch."""
        batch = {"x": self.X[rows], "t": self.T[rows]}
        if self.weight is not None:
            batch["sample_weight"] = self.weight[rows]
        return batch


def inputs(architecture: Architecture, X: Any) -> Array:
    """Return inputs as float64 (samples, inputs).

    Raises:
        DataError: They are not numbers, have another width, or are not all finite.
    """
    return _table("X", X, architecture.inputs, "inputs")


def samples(
    architecture: Architecture, X: Any, T: Any, weight: Any | None = None
) -> Samples:
    """Check inputs, targets and weights.

    Args:
        architecture: The network that they are for.
        X: `(samples, inputs)`.
        T: `(samples, outputs)`; for one output `(samples,)` will do, and for
            cross-entropy whole numbers `(samples,)`, the indices of classes.
        weight: `(samples,)`, not negative; scaled so that their mean is 1.

    Raises:
        DataError: Something does not fit; the message names row and column.
    """
    table = inputs(architecture, X)
    if len(table) == 0:
        raise DataError("X has no rows; at least one sample is needed")
    targets = _table("T", _targets(architecture, T), architecture.outputs, "outputs")
    if len(targets) != len(table):
        raise DataError(f"X has {len(table)} rows, T has {len(targets)}; one each")
    return Samples(table, targets, _weights(weight, len(table)))


def _targets(architecture: Architecture, T: Any) -> Array:
    """Bring targets into (samples, outputs), indices of classes as one-hot rows."""
    array = np.asarray(T)
    several = architecture.outputs
    if array.ndim != 1 or array.dtype.kind not in "iufb":
        return array
    if several == 1:
        return array[:, None]
    indices = architecture.loss in LINKS and array.dtype.kind in "iu"
    if indices and array.size and array.min() >= 0 and array.max() < several:
        one_hot: Array = np.eye(several)[array]
        return one_hot
    if indices:
        raise DataError(
            f"T has class indices from {array.min(initial=0)} to "
            f"{array.max(initial=0)}; the network has outputs 0 to {several - 1}"
        )
    return array


def _table(name: str, given: Any, width: int, meaning: str) -> Array:
    try:
        array = np.asarray(given, np.float64)
    except (TypeError, ValueError):
        raise DataError(
            f"{name} must be a table of numbers; encode text and fill gaps first"
        ) from None
    if array.ndim != 2 or array.shape[1] != width:
        raise DataError(
            f"{name} has the shape {array.shape}; the network has {width} {meaning}, "
            f"so (samples, {width}) is needed"
        )
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        row, column = bad[0]
        raise DataError(
            f"{name} is {array[row, column]} at row {row}, column {column} "
            f"({len(bad)} such in all); fill in or leave out the rows"
        )
    return array


def _weights(weight: Any | None, count: int) -> Array | None:
    if weight is None:
        return None
    array = np.asarray(weight, np.float64)
    if array.shape != (count,):
        raise DataError(
            f"sample_weight has the shape {array.shape}; ({count},) is needed"
        )
    if not np.isfinite(array).all() or (array < 0).any() or not array.sum():
        raise DataError("sample_weight must be finite, not negative, not all zero")
    scaled: Array = array * (count / array.sum())
    return scaled


def batches(
    count: int, size: int, seed: int, epoch: int, *, shuffle: bool, skip: int = 0
) -> Iterator[Array]:
    """Yield the row numbers of each batch of an epoch, leaving out the first `skip`."""
    rows = (
        permutation(key(seed, "batches", epoch), count) if shuffle else np.arange(count)
    )
    for start in range(skip * size, count, size):
        yield rows[start : start + size]


def hold_out(data: Samples, share: float, seed: int) -> tuple[Samples, Samples]:
    """Split samples at random into those to train on and a share to validate on.

    Raises:
        DataError: The share leaves nothing on one side.
    """
    held = round(len(data) * share)
    if not 0 < held < len(data):
        raise DataError(
            f"validation={share} of {len(data)} samples holds {held}; "
            "both sides need at least one"
        )
    rows = permutation(key(seed, "validation"), len(data))
    return _part(data, rows[held:]), _part(data, rows[:held])


def _part(data: Samples, rows: Array) -> Samples:
    weight = None if data.weight is None else data.weight[rows]
    return Samples(data.X[rows], data.T[rows], weight)


def class_weighted(
    data: Samples, class_weight: Mapping[int, float] | str | None
) -> Samples:
    """Return the samples with weights of their classes on top of their own.

    Args:
        data: The samples, targets one-hot or one column of 0 and 1.
        class_weight: Weights by class index, 1 where none is given; or "balanced":
            samples / (classes · samples of the class).

    Raises:
        OptionError: Another word than "balanced".
    """
    if class_weight is None:
        return data
    classes = class_indices(data.T)
    if class_weight == "balanced":
        counts = np.bincount(classes)
        factors = len(classes) / (np.count_nonzero(counts) * counts[classes])
    elif isinstance(class_weight, str):
        raise OptionError(
            f"class_weight={class_weight!r}; it must be 'balanced' or weights by class"
        )
    else:
        factors = np.array([class_weight.get(int(c), 1.0) for c in classes])
    weight = factors if data.weight is None else data.weight * factors
    return replace(data, weight=_weights(weight, len(data)))


def class_indices(T: Array) -> Array:
    """Return class indices from one-hot rows, or from one column of 0 and 1."""
    if T.shape[1] == 1:
        return (T[:, 0] > 0.5).astype(np.int64)
    found: Array = np.argmax(T, axis=1)
    return found
