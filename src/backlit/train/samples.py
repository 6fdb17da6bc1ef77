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
from backlit.options import fraction
from backlit.random import key, permutation
from backlit.train.classes import class_indices, one_hot, weight_by_class

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from backlit.graph.node import Array
    from backlit.network.architecture import Architecture

OTHER = "cmMV"  # kinds of values that NumPy would make numbers of by leaving parts out


@dataclass(frozen=True)
class Samples:
    """Samples to train on or to validate on.

    Attributes:
        X: Inputs, `(samples, inputs)`.
        T: Targets, `(samples, outputs)`.
        weight: How much each counts, `(samples,)`, if they do not count the same.
        origin: The row of each in the table that they are a part of, if of one.
    """

    X: Array
    T: Array
    weight: Array | None = None
    origin: Array | None = None

    def __len__(self) -> int:
        return len(self.X)

    def take(self, rows: Array) -> dict[str, Array]:
        """Return the inputs of a training step for a batch."""
        batch = {"x": self.X[rows], "t": self.T[rows]}
        if self.weight is not None:
            batch["sample_weight"] = self.weight[rows]
        return batch

    def numbers(self, rows: Array) -> Array:
        """Return the numbers of rows as they were given, before any split."""
        return rows if self.origin is None else self.origin[rows]

    def part(self, rows: Array) -> Samples:
        """Return some of the samples, which keep their numbers."""
        weight = None if self.weight is None else self.weight[rows]
        return Samples(self.X[rows], self.T[rows], weight, self.numbers(rows))


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
            cross-entropy whole numbers `(samples,)`, the indices of classes. Shares
            of classes must sum to 1, probabilities be from 0 to 1; hinge takes -1
            and 1.
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
    _check_range(architecture.loss, targets)
    return Samples(table, targets, _weights(weight, len(table)))


def _targets(architecture: Architecture, T: Any) -> Any:
    """Bring targets into (samples, outputs), indices of classes as one-hot rows."""
    try:
        array = np.asarray(T)
    except ValueError:
        return T  # rows of different lengths: an error where it is made a table
    if array.dtype.kind not in "iufb" or array.ndim not in (1, 2):
        return array
    if array.ndim == 1 and architecture.outputs == 1:
        return array[:, None]
    if architecture.loss in LINKS and (array.ndim == 1 or array.shape[1] == 1):
        return one_hot(array.reshape(-1), architecture.outputs)
    return array


def _check_range(loss: str, T: Array) -> None:
    """Check that targets are what a loss is defined for."""
    if loss == "cross_entropy":
        fits, needed = (T >= 0).all(1) & np.isclose(T.sum(1), 1), "shares that sum to 1"
    elif loss.startswith("binary_cross_entropy"):
        fits, needed = ((T >= 0) & (T <= 1)).all(1), "probabilities from 0 to 1"
    elif loss == "hinge":
        fits, needed = (np.abs(T) == 1).all(1), "-1 or 1"
    else:
        return
    if not fits.all():
        row = np.argmin(fits)
        shown = ", ".join(f"{t:g}" for t in T[row])
        raise DataError(f"T is {shown} at row {row}; for {loss} it must be {needed}")


def as_numbers(name: str, given: Any) -> Array:
    """Return an array, or what can become one, as float64; raises DataError."""
    if np.ma.is_masked(given):
        raise DataError(f"{name} has masked cells; fill them, or leave out the rows")
    try:
        found = np.asarray(given)
        if found.dtype.kind not in OTHER:
            array: Array = np.asarray(found, np.float64)
            return array
    except (TypeError, ValueError):
        raise DataError(
            f"{name} must be a table of numbers; encode text and fill gaps first"
        ) from None
    raise DataError(f"{name} holds values of {found.dtype}; real numbers are needed")


def refuse_beyond(data: Samples, dtype: str) -> None:
    """Refuse numbers that a precision has no room for.

    Raises:
        DataError: There are some; the message names the first.
    """
    most = np.finfo(dtype).max
    for name, table in (("X", data.X), ("T", data.T)):
        beyond = np.argwhere(np.abs(table) > most)
        if len(beyond):
            row, column = beyond[0]
            raise DataError(
                f"{name} is {table[row, column]:g} at row {row}, column {column}, "
                f"beyond {dtype}; standardise it, or train with dtype='float64'"
            )


def _table(name: str, given: Any, width: int, meaning: str) -> Array:
    array = as_numbers(name, given)
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
    try:
        array = np.asarray(weight, np.float64)
    except (TypeError, ValueError):
        raise DataError("sample_weight must be numbers, one for each sample") from None
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


def divide(
    architecture: Architecture, data: Samples, validation: Any, seed: int
) -> tuple[Samples, Samples | None]:
    """Return the samples to train on and those to validate on, if any.

    Args:
        architecture: The network that they are for.
        data: The samples.
        validation: A share of them to hold out, other samples (X, T), or None.
        seed: Of the choice.

    Raises:
        DataError: The other samples do not fit, or nothing is left on one side.
        OptionError: It is none of these.
    """
    if validation is None:
        return data, None
    if isinstance(validation, tuple | list):
        if len(validation) not in (2, 3):
            raise OptionError(
                "validation must be a share such as 0.2, or a pair (X, T)"
            )
        return data, samples(architecture, *validation)
    if isinstance(validation, np.ndarray):
        raise OptionError("validation is an array; a share, or a pair (X, T) is needed")
    share = fraction("validation", validation)
    return hold_out(data, share, seed) if share else (data, None)


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
    return data.part(rows[held:]), data.part(rows[:held])


def class_weighted(
    data: Samples, class_weight: Mapping[int, float] | str | None
) -> Samples:
    """Return the samples with weights of their classes on top of their own.

    Args:
        data: The samples, targets one-hot or one column of 0 and 1.
        class_weight: Weights by class index, 1 where none is given; or "balanced":
            samples / (classes · samples of the class).

    Raises:
        DataError: The targets are no classes.
        OptionError: Another word than "balanced", or weights of what is no class.
    """
    if class_weight is None:
        return data
    classes = class_indices(data.T)
    factors = weight_by_class(class_weight, classes, max(2, data.T.shape[1]))[classes]
    weight = factors if data.weight is None else data.weight * factors
    return replace(data, weight=_weights(weight, len(data)))
