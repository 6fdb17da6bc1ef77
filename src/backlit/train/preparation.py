"""How a table becomes the numbers that a network learns from, and back.

`learn` looks at the training rows once and returns a `Preparation`: plain data that is
stored with the model and applied unchanged to any other rows, so that a prediction
sees its inputs just as training did.

    frame -> features (rows, inputs) float64
          -> targets (rows,) class indices or standardised numbers
    outputs of the network -> labels or numbers in the units of the table
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from backlit.errors import DataError, OptionError
from backlit.train import columns, report, targets

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from backlit.train.columns import Floats, Rows
    from backlit.train.metrics import Task
    from backlit.train.targets import Label


TEST = 0.2  # share of the rows that are for testing if none is asked for
SPLIT_FROM = 20  # rows; a smaller table, such as a truth table, is for training alone

# msgspec reads these; in the class, `columns` and `targets` mean other things.
Columns = tuple[columns.Column, ...]
LeftOutColumns = tuple[columns.LeftOut, ...]
Target = targets.Target


class Preparation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was learnt about a table: columns, target, and what was left out.

    Attributes:
        columns: how each column that is used becomes inputs, in the order of inputs.
        left_out: the columns that are not used, with reasons.
        target: how the target becomes numbers, and back.
        chosen: a sentence on how the target was found.
        rows: how many training rows were learnt from.
    """

    columns: Columns
    left_out: LeftOutColumns
    target: Target
    chosen: str
    rows: int

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs, in the order of the columns of `features`."""
        return tuple(name for column in self.columns for name in column.inputs)

    @property
    def task(self) -> Task:
        """Classification or regression."""
        return self.target.task

    @property
    def classes(self) -> tuple[Label, ...]:
        """The labels of the classes in order, none for regression."""
        return self.target.classes if isinstance(self.target, targets.Classes) else ()

    @property
    def text_columns(self) -> tuple[str, ...]:
        """Columns that were text, to be read as text again: `table.read(as_text=)`."""
        names = [c.name for c in self.columns if isinstance(c, columns.Category)]
        if self.classes and isinstance(self.classes[0], str):
            names.append(self.target.name)
        return tuple(names)

    def features(self, frame: pl.DataFrame) -> Floats:
        """Return the inputs of each row, (rows, inputs) float64, all finite.

        Args:
            frame: a table with the columns that were learnt; their order and other
                columns do not matter, and the target is not needed.

        Raises:
            DataError: a column is missing, or of another type.
            RowError: a value that is not of the column's kind.
        """
        targets.require(frame, [column.name for column in self.columns])
        return np.hstack([column.encode(frame[column.name]) for column in self.columns])

    def targets(self, frame: pl.DataFrame) -> Rows | Floats:
        """Return class indices (rows,) int64, or standardised numbers (rows,) float64.

        Raises:
            DataError: there is no target column, or of another type.
            RowError: a missing target, or a class that was not learnt.
        """
        targets.require(frame, [self.target.name])
        return self.target.encode(frame[self.target.name])

    def decode(self, outputs: NDArray[Any]) -> NDArray[Any]:
        """Return the labels or numbers that the network's outputs stand for, (rows,).

        Args:
            outputs: class scores (rows, classes); or the probability of the second of
                two classes, or a standardised number, (rows,) or (rows, 1).
        """
        return self.target.decode(outputs)

    def report(self) -> list[str]:
        """Return plain sentences that say what was done to the table."""
        return report.sentences(self)

    def to_json(self) -> str:
        """Return the preparation as JSON; `from_json` gives back an equal one."""
        return msgspec.json.encode(self).decode()

    @staticmethod
    def from_json(text: str | bytes) -> Preparation:
        """Return the preparation that `to_json` wrote, every float bit for bit.

        Raises:
            DataError: the text is no such preparation; the place is named.
        """
        try:
            return msgspec.json.decode(text, type=Preparation)
        except msgspec.DecodeError as error:
            raise DataError(f"not a stored preparation of a table: {error}") from None


@dataclass(frozen=True)
class Prepared:
    """A preparation and the rows of the table that are for training and for testing."""

    preparation: Preparation
    train_rows: Rows
    test_rows: Rows


def prepare(
    frame: pl.DataFrame,
    target: str | None = None,
    task: str | None = None,
    *,
    test: float | None = None,
    seed: int = 0,
) -> Prepared:
    """Split a table into rows for training and testing, and learn from the former.

    Args:
        frame: the whole table.
        target: see `learn`.
        task: see `learn`.
        test: share of the rows that are for testing, from 0 to below 1. If not given,
            `TEST`, or none in a table of fewer than `SPLIT_FROM` rows.
        seed: of the split.

    Raises:
        DataError: see `learn`.
        OptionError: see `learn` and `split`.
    """
    _refuse_few(frame.height)
    if test is None:
        test = TEST if frame.height >= SPLIT_FROM else 0.0
    name, _ = targets.find_target(frame, target)
    everywhere = targets.learn(frame[name], np.arange(frame.height), task)
    train_rows, test_rows = split(everywhere.encode(frame[name]), test, seed)
    preparation = learn(frame, target, task, rows=train_rows)
    return Prepared(preparation, train_rows, test_rows)


def learn(
    frame: pl.DataFrame,
    target: str | None = None,
    task: str | None = None,
    *,
    rows: NDArray[np.integer[Any]] | None = None,
) -> Preparation:
    """Return how a table becomes numbers.

    Args:
        frame: the whole table; all its rows are searched for bad values.
        target: the column to predict. Without it, the first of `targets.NAMES` that
            a column has, else the last column.
        task: classification or regression; without it, recognised from the target.
        rows: the training rows, from which medians, means, deviations and categories
            come; all if not given.

    Raises:
        DataError: no rows, no such column, one class only, or no column to learn from.
        RowError: a bad value, or a missing target.
        OptionError: a task that does not exist.

    Example:
        >>> import polars as pl
        >>> table = pl.DataFrame({"size": [1.0, 2.0, 6.0], "kind": ["a", "a", "b"]})
        >>> preparation = learn(table)
        >>> preparation.classes, preparation.targets(table).tolist()
        (('a', 'b'), [0, 0, 1])
    """
    used = np.arange(frame.height) if rows is None else np.asarray(rows, np.int64)
    _refuse_few(len(used))
    name, chosen = targets.find_target(frame, target)
    goal = targets.learn(frame[name], used, task)
    learnt = [columns.learn(frame[c], used) for c in frame.columns if c != name]
    left_out = tuple(c for c in learnt if isinstance(c, columns.LeftOut))
    kept = tuple(c for c in learnt if not isinstance(c, columns.LeftOut))
    if not kept:
        reasons = "; ".join(f"{c.name!r}: {c.reason}" for c in left_out)
        raise DataError(f"no column is left to learn {name!r} from ({reasons})")
    return Preparation(kept, left_out, goal, chosen, len(used))


def _refuse_few(rows: int) -> None:
    if rows < 2:
        found = "no rows" if rows == 0 else "only one row"
        raise DataError(f"the table has {found} to learn from; at least 2 are needed")


def split(targets: int | NDArray[Any], test: float, seed: int = 0) -> tuple[Rows, Rows]:
    """Return which rows are for training and which for testing.

    Class indices (whole numbers) or labels are split so that both parts have the
    classes in the same shares, to within one row, and every class has at least one row
    for training.

    Args:
        targets: the number of rows, or the target of each row (rows,).
        test: share of the rows for testing, from 0 to below 1; the number of rows is
            rounded to the nearest that leaves each class a training row.
        seed: the same seed gives the same split.

    Returns:
        Two arrays of row numbers from 0, each in rising order, int64.

    Raises:
        OptionError: a share outside its range.

    Example:
        >>> split(np.array([0, 0, 0, 0, 1, 1, 1, 1]), test=0.25, seed=1)
        (array([0, 1, 3, 4, 5, 7]), array([2, 6]))
    """
    if not 0 <= test < 1:
        raise OptionError(f"test is {test}; a share from 0 to below 1 is needed")
    labels = _labels(targets)
    # Rows in random order, grouped by class; the first of each class is set apart.
    shuffled = np.random.default_rng(seed).permutation(len(labels))
    grouped = shuffled[np.argsort(labels[shuffled], kind="stable")]
    starts = np.unique(labels[grouped], return_index=True)[1]
    free = np.delete(grouped, starts)
    count = min(round(test * len(labels)), len(free))
    # Evenly spaced places among the grouped rows take from each class its share.
    places = ((np.arange(count) + 0.5) * len(free) / max(count, 1)).astype(np.int64)
    test_rows = np.sort(free[places])
    return np.setdiff1d(np.arange(len(labels)), test_rows), test_rows


def _labels(targets: int | NDArray[Any]) -> NDArray[Any]:
    """Return one label per row, the same for all where there are no classes."""
    if isinstance(targets, int):
        return np.zeros(targets, dtype=np.int64)
    targets = np.asarray(targets)
    return np.zeros(len(targets)) if targets.dtype.kind == "f" else targets
