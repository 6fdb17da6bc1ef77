"""What is to be predicted: which column, classes or numbers, and back again.

A target of classes becomes indices into the sorted classes, which keep their type; a
target of numbers becomes (t - mean) / deviation, and predictions are turned back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import polars as pl

from backlit.errors import DataError, OptionError
from backlit.train import cells, columns, values
from backlit.train.metrics import TASKS, Task
from backlit.train.predictions import predicted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from backlit.train.columns import Floats, Rows

Label = bool | int | float | str

NAMES = (
    *("target", "label", "class", "y", "species"),
    *("outcome", "output", "response", "t"),
)

_NAME_IT = "name another column as the target"


class Classes(msgspec.Struct, frozen=True, tag="classes", forbid_unknown_fields=True):
    """A target of classes.

    Attributes:
        name: the column.
        reason: why these are classes, as a sentence without its end.
        classes: the labels in order, as they were in the column.
        counts: how many training rows each has.
    """

    name: str
    reason: str
    classes: tuple[Label, ...]
    counts: tuple[int, ...]

    @property
    def task(self) -> Task:
        """The kind of learning: classification."""
        return "classification"

    def encode(self, column: pl.Series) -> Rows:
        """Return the index of each row's class (rows,), int64.

        Raises:
            RowError: a missing value, or a class that was not learnt.
        """
        column = _complete(self._as_learnt(column))
        labels = pl.Series(self.classes).cast(column.dtype, strict=False)
        places = column.replace_strict(
            labels, range(len(labels)), default=None, return_dtype=pl.Int64
        )
        if places.null_count():
            row = places.is_null().arg_max() or 0
            raise values.RowError(
                f"target {self.name!r} has the class {column[row]!r}",
                row,
                f"the training rows had only {listed(self.classes)}",
            )
        return places.to_numpy()

    def _as_learnt(self, column: pl.Series) -> pl.Series:
        """Return the column in the type of the classes."""
        match self.classes[0]:
            case str():
                return values.as_text(column)
            case bool():
                return values.as_truths(column)
            case _ if column.dtype.is_integer():
                return column.cast(pl.Int64, strict=False)  # exact beyond 2^53
            case _:
                return values.as_numbers(column)

    def decode(self, outputs: NDArray[Any]) -> NDArray[Any]:
        """Return the label for each row of outputs.

        Args:
            outputs: scores (rows, classes), the largest wins; or for two classes the
                probability of the second, (rows,) or (rows, 1), above 0.5.
        """
        return np.asarray(np.asarray(self.classes)[predicted(outputs)])


class Numbers(msgspec.Struct, frozen=True, tag="numbers", forbid_unknown_fields=True):
    """A target of numbers.

    Attributes:
        name: the column.
        reason: why these are numbers, as a sentence without its end.
        mean: of the training rows.
        deviation: their standard deviation.
    """

    name: str
    reason: str
    mean: float
    deviation: float

    @property
    def task(self) -> Task:
        """The kind of learning: regression."""
        return "regression"

    def encode(self, column: pl.Series) -> Floats:
        """Return the standardised targets (rows,), float64.

        Raises:
            RowError: a missing value, or one that is no finite number.
        """
        column = _complete(values.as_numbers(column))
        return np.asarray((column.to_numpy() - self.mean) / self.deviation)

    def decode(self, outputs: NDArray[Any]) -> NDArray[Any]:
        """Return outputs (rows,) or (rows, 1) in the units of the column, (rows,)."""
        flat = np.asarray(outputs, dtype=np.float64).reshape(len(outputs))
        return flat * self.deviation + self.mean


Target = Classes | Numbers


def find_target(frame: pl.DataFrame, target: str | None) -> tuple[str, str]:
    """Return the name of the target column and a sentence on how it was found.

    Without a name given it is the first of `NAMES` (in any case) that a column has,
    and otherwise the last column.

    Raises:
        DataError: there is no such column, or only one column in all.
    """
    if target is not None:
        require(frame, [target])
        name, how = target, "as asked"
    else:
        lower = {column.lower(): column for column in reversed(frame.columns)}
        named = [lower[name] for name in NAMES if name in lower]
        name = named[0] if named else frame.columns[-1]
        how = "chosen by its name" if named else "the last column"
    if frame.width == 1:
        raise DataError(
            f"the table has only the column {name!r}; a target and at least one column "
            "to learn it from are needed"
        )
    return name, f"The target is {name!r}, {how}."


def require(frame: pl.DataFrame, names: Sequence[str]) -> None:
    """Check that the frame has columns of these names.

    Raises:
        DataError: one is missing; it is named, with the columns there are.
    """
    absent = [name for name in names if name not in frame.columns]
    if absent:
        kind = "column" if len(absent) == 1 else "columns"
        raise DataError(
            f"the table has no {kind} {listed(absent)}; it has {listed(frame.columns)}"
        )


def listed(names: Sequence[object], most: int = 8) -> str:
    """Return names for a sentence, the first ones if there are many.

    >>> listed(["a", "b"]), listed(["a", "b", "c"], most=2)
    ("'a', 'b'", "'a', 'b' and 1 more")
    """
    shown = ", ".join(map(repr, names[:most]))
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def learn(column: pl.Series, rows: Rows, task: str | None = None) -> Target:
    """Return how the target becomes numbers.

    Text and truth values are classes, and so are whole numbers of which few
    (`cells.CATEGORIES`) differ, each twice on average or more. Other numbers are
    numbers.

    Args:
        column: the whole column.
        rows: the training rows.
        task: classification or regression, if it is not to be recognised.

    Raises:
        RowError: a bad value or a missing one.
        DataError: one class only, a class in nearly every row, or a type that is
            neither.
        OptionError: a task that does not exist.
    """
    if task is not None and task not in TASKS:
        raise OptionError(f"the task {task!r} is not one of {', '.join(TASKS)}")
    column = _complete(values.plain(column))
    if column.dtype == pl.String:
        values.refuse_strays(column)
    if column.dtype.is_numeric():
        values.as_numbers(column)
    recognised, content = _recognise(column)
    reason = f"It holds {content}, so this is {recognised}"
    if task is not None and task != recognised:
        recognised, reason = task, f"This is {task}, as asked"
    if recognised == "classification":
        return _learn_classes(column, column[rows], reason)
    return _learn_numbers(values.as_numbers(column)[rows], reason)


def _complete(column: pl.Series) -> pl.Series:
    """Return the column if no value is missing."""
    missing = column.null_count()
    if missing == len(column) > 0:
        raise DataError(f"target {column.name!r} has no values; {_NAME_IT}")
    if missing:
        raise values.RowError(
            f"target {column.name!r} is missing in {missing} of {len(column)} rows, "
            "first",
            column.is_null().arg_max() or 0,
            "remove these rows, or fill them in",
        )
    return column


def _recognise(column: pl.Series) -> tuple[str, str]:
    """Return the task that suits the target, and what it holds that says so."""
    if column.dtype == pl.String:
        return "classification", "text"
    if column.dtype == pl.Boolean:
        return "classification", "true and false"
    if not column.dtype.is_numeric():
        raise DataError(
            f"target {column.name!r} is of type {column.dtype}; numbers or classes "
            f"are needed: {_NAME_IT}"
        )
    different = column.n_unique()
    if not (column == column.cast(pl.Float64).floor()).all():
        return "regression", "numbers that are not whole"
    content = f"{different} different whole numbers"
    if different <= min(cells.CATEGORIES, len(column) / 2):
        return "classification", f"only {content}"
    return "regression", content


def _learn_classes(whole: pl.Series, column: pl.Series, reason: str) -> Classes:
    counts = column.alias("label").value_counts(name="times").sort("label")
    labels = counts["label"].to_list()
    if len(labels) == 1:
        among = "training rows" if whole.n_unique() > 1 else "rows"
        raise DataError(
            f"target {column.name!r} has one class only: {labels[0]!r} in all "
            f"{len(column)} {among}; there is nothing to tell apart: {_NAME_IT}"
        )
    if len(labels) > 2 and len(labels) >= columns.IDENTIFIER * len(column):
        fix = "ask for regression, or " if column.dtype.is_numeric() else ""
        raise DataError(
            f"target {column.name!r} has {len(labels)} classes in {len(column)} rows, "
            f"too many to learn from: {fix}{_NAME_IT}"
        )
    return Classes(column.name, reason, tuple(labels), tuple(counts["times"]))


def _learn_numbers(column: pl.Series, reason: str) -> Numbers:
    numbers = column.to_numpy()
    deviation = float(numbers.std())
    if numbers.min() == numbers.max() or deviation == 0:
        raise DataError(
            f"target {column.name!r} is {numbers[0]:g} in all {len(numbers)} training "
            f"rows; there is nothing to learn: {_NAME_IT}"
        )
    return Numbers(column.name, reason, float(numbers.mean()), deviation)
