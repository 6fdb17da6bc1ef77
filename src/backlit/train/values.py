"""A column's values as numbers, days, truth values or text, whatever type they came in.

Each function takes a column of a frame, null being a missing value, and returns a
column of one type and the same length; NaN is missing too. What does not fit raises
`RowError` with the row, and nothing is guessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from backlit.errors import DataError
from backlit.train import cells

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST = 1e150  # the square of a larger number is no longer a float64

_SECONDS_A_DAY = 86_400


class RowError(DataError):
    """A table that cannot be used because of one row.

    Attributes:
        problem: what is wrong, without the place.
        row: the row of data, from 0.
        fix: what to do about it.
    """

    def __init__(self, problem: str, row: int, fix: str) -> None:
        self.problem, self.row, self.fix = problem, row, fix
        super().__init__(self.placed(f"row {row + 1}"))

    def __reduce__(self) -> tuple[type[RowError], tuple[str, int, str]]:
        return type(self), (self.problem, self.row, self.fix)

    def placed(self, place: str) -> str:
        """Return the message with the place as the caller knows it."""
        return f"{self.problem} in {place}; {self.fix}"


def plain(column: pl.Series) -> pl.Series:
    """Return the column in the type that its values have.

    Text is read as `cells.typed` reads it, NaN becomes null, decimals and small
    floats become Float64, and an Enum or Categorical becomes text.

    >>> plain(pl.Series(["3", "NA", "5"])).to_list()
    [3, None, 5]
    """
    dtype = column.dtype
    if dtype == pl.String:
        return cells.typed(cells.without_markers(column))
    if isinstance(dtype, pl.Categorical | pl.Enum):
        return cells.without_markers(column.cast(pl.String))
    if dtype.is_float() or isinstance(dtype, pl.Decimal):
        return _floats(column)
    return column


def as_numbers(column: pl.Series) -> pl.Series:
    """Return the column as Float64.

    Raises:
        RowError: text that is no number, an infinite value or one beyond `LARGEST`.
        DataError: a column of another type.
    """
    column = _read(column, cells.numbers, "number")
    if not (column.dtype.is_numeric() or column.dtype == pl.Null):
        raise _wrong_type(column, "numbers")
    floats = _floats(column)
    beyond = np.abs(floats.to_numpy()) > LARGEST  # what is missing is NaN there
    if beyond.any():
        row = int(beyond.argmax())
        raise RowError(
            f"column {column.name!r} holds {floats[row]}",
            row,
            "numbers must be finite and not beyond 1e150: correct it, or leave it "
            "empty if it is missing",
        )
    return floats


def _floats(column: pl.Series) -> pl.Series:
    """Return the column as Float64, NaN as null.

    NumPy looks whether there is any: an operation of polars takes 0.1 ms to set out.
    """
    floats = column.cast(pl.Float64)
    missing = np.count_nonzero(np.isnan(floats.to_numpy()))
    return floats.fill_nan(None) if missing > floats.null_count() else floats


def as_days(column: pl.Series) -> pl.Series:
    """Return dates and times as Float64 days since 1970-01-01.

    Raises:
        RowError: text that is no date.
        DataError: a column of another type.

    >>> as_days(pl.Series(["1970-01-02 12:00"])).to_list()
    [1.5]
    """
    column = _read(column, cells.dates, "date")
    if not (isinstance(column.dtype, pl.Date | pl.Datetime) or column.dtype == pl.Null):
        raise _wrong_type(column, "dates")
    microseconds = column.cast(pl.Datetime("us")).cast(pl.Int64).cast(pl.Float64)
    return microseconds / (1e6 * _SECONDS_A_DAY)


def as_truths(column: pl.Series) -> pl.Series:
    """Return the column as Boolean; 0 and 1 are taken for False and True.

    Raises:
        RowError: text or a number that is no truth value.
        DataError: a column of another type.
    """
    if column.dtype.is_numeric():
        column = column.cast(pl.String).str.strip_suffix(".0")
        column = column.replace({"0": "false", "1": "true", "NaN": None})
    column = _read(column, cells.truths, "truth value (true or false)")
    if column.dtype not in (pl.Boolean, pl.Null):
        raise _wrong_type(column, "truth values")
    return column.cast(pl.Boolean)


def as_text(column: pl.Series) -> pl.Series:
    """Return the column as text: categories, or the names of classes.

    Raises:
        DataError: a column of lists or other compound values.
    """
    if column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Object):
        raise _wrong_type(column, "text")
    if column.dtype.is_float():
        column = column.fill_nan(None)
    return cells.without_markers(column.cast(pl.String))


def refuse_strays(column: pl.Series) -> None:
    """Refuse a column of text that is numbers or dates but for a few values.

    Raises:
        RowError: there is such a value, or most are numbers with decimal commas.
    """
    commas = cells.with_decimal_commas(column)
    if commas.sum() > (len(column) - column.null_count()) / 2:
        row = commas.arg_max() or 0
        raise RowError(
            f"column {column.name!r} has a decimal comma, {column[row]!r},",
            row,
            "write decimal points, or separate the fields by semicolons",
        )
    found = cells.stray(column)
    if found:
        raise RowError(
            f"column {column.name!r} has {found.text!r} among its {found.kind}",
            found.row,
            "correct it, leave it empty if it is missing, or remove the column",
        )


def _read(
    column: pl.Series, reader: Callable[[pl.Series], pl.Series], needed: str
) -> pl.Series:
    """Read a column of text, every value of it; leave another column as it is."""
    if column.dtype != pl.String:
        return column
    text = cells.without_markers(column)
    values = reader(text)
    lost = values.is_null() & text.is_not_null()
    if lost.any():
        row = lost.arg_max() or 0
        raise RowError(
            f"column {column.name!r} needs a {needed}, not the text {text[row]!r},",
            row,
            "correct it, or leave it empty if it is missing",
        )
    return values


def _wrong_type(column: pl.Series, needed: str) -> DataError:
    return DataError(
        f"column {column.name!r} holds values of type {column.dtype}; {needed} are "
        "needed"
    )
