"""How one column of a table becomes inputs of a network: learnt once, then applied.

`learn` looks at the training rows of a column and returns a record of one of the
kinds below, or `LeftOut` with the reason. The record holds all that is needed to
encode any other rows in the same way, as plain data that goes into the model file.

    Number    standardised; missing values filled with the median
    Date      the same, on days
    Truth     false −1, true +1, missing 0
    Category  one input per value, 0 or 1
    Presence  whether there is a value: present +1, missing −1

A Number, Date or Truth has a second input, 1 where the value is missing, if values were
missing in the training rows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import polars as pl

from backlit.train import cells, values

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Rows = NDArray[np.int64]

RARE = 0.01  # share of the rows below which a value of a long list is pooled
IDENTIFIER = 0.9  # share of different texts from which a column names its rows

_ROW_NAME = re.compile(
    r"(?i:^(id|idx|index|row|rownames|row[ _-]?(number|no|id)|unnamed.*|column 1)$"
    r"|[ _-]id$)|[a-z]I[dD]$"
)


class Number(msgspec.Struct, frozen=True, tag="number", forbid_unknown_fields=True):
    """A column of numbers x, encoded as (x - mean) / deviation.

    Attributes:
        name: the column.
        median: of the training values that are there; stands in for missing ones.
        mean: of the training values once filled.
        deviation: their standard deviation, the root of the mean squared difference.
        missing: how many training values were missing.
    """

    name: str
    median: float
    mean: float
    deviation: float
    missing: int

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs that the column becomes."""
        return _with_indicator(self.name, self.missing)

    def encode(self, column: pl.Series) -> Floats:
        """Return the inputs (rows, 1 or 2)."""
        return _standardised(self, values.as_numbers(column))


class Date(msgspec.Struct, frozen=True, tag="date", forbid_unknown_fields=True):
    """A column of dates or times, encoded as a `Number` of days since 1970-01-01."""

    name: str
    median: float
    mean: float
    deviation: float
    missing: int

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs that the column becomes."""
        return _with_indicator(self.name, self.missing)

    def encode(self, column: pl.Series) -> Floats:
        """Return the inputs (rows, 1 or 2)."""
        return _standardised(self, values.as_days(column))


class Truth(msgspec.Struct, frozen=True, tag="truth", forbid_unknown_fields=True):
    """A column of truth values: false is −1, true is +1, missing is 0."""

    name: str
    missing: int

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs that the column becomes."""
        return _with_indicator(self.name, self.missing)

    def encode(self, column: pl.Series) -> Floats:
        """Return the inputs (rows, 1 or 2)."""
        signs = values.as_truths(column).cast(pl.Float64) * 2 - 1
        return _filled(signs.to_numpy(), 0.0, self.missing)


class Category(msgspec.Struct, frozen=True, tag="category", forbid_unknown_fields=True):
    """A column of categories: one input for each, 1 where it is the row's, else 0.

    A value that the training rows did not have counts as one of the pooled values if
    there are any, and otherwise leaves all inputs 0.

    Attributes:
        name: the column.
        values: the categories with an input of their own.
        pooled: how many rare categories share the input `NAME other`.
        missing: how many training values were missing; if any, missing is a category.
    """

    name: str
    values: tuple[str, ...]
    pooled: int
    missing: int

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs that the column becomes."""
        named = [f"{self.name} = {value}" for value in self.values]
        other = [f"{self.name} other"] if self.pooled else []
        return (*named, *other, *_with_indicator(self.name, self.missing)[1:])

    def encode(self, column: pl.Series) -> Floats:
        """Return the inputs (rows, categories)."""
        text = values.as_text(column)
        # Places with no input of their own fall into columns that are cut off.
        unknown = len(self.values) if self.pooled else len(self.inputs)
        absent = len(self.inputs) - 1 if self.missing else len(self.inputs)
        place = text.replace_strict(
            self.values,
            range(len(self.values)),
            default=unknown,
            return_dtype=pl.Int64,
        )
        place = place.set(text.is_null(), absent)
        return np.eye(len(self.inputs) + 1)[place.to_numpy(), :-1]


class Presence(msgspec.Struct, frozen=True, tag="presence", forbid_unknown_fields=True):
    """A column of which only counts whether it has a value: +1 if so, −1 if not.

    Attributes:
        name: the column.
        reason: why its values do not count.
    """

    name: str
    reason: str

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs that the column becomes."""
        return (f"{self.name} given",)

    def encode(self, column: pl.Series) -> Floats:
        """Return the input (rows, 1)."""
        given = values.plain(column).is_not_null()
        return np.where(given.to_numpy(), 1.0, -1.0)[:, None]


class LeftOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A column that is not used, and why."""

    name: str
    reason: str


Column = Number | Date | Truth | Category | Presence


def learn(column: pl.Series, rows: Rows) -> Column | LeftOut:
    """Return how a column becomes inputs.

    Args:
        column: the whole column; its type is found, and bad values are looked for, in
            all rows.
        rows: the training rows, from which the numbers in the record come.

    Raises:
        RowError: text among numbers or dates, or an infinite value.

    Example:
        >>> learn(pl.Series("age", [2.0, None, 4.0, 6.0]), np.arange(3))
        Number(name='age', median=3.0, mean=3.0, deviation=0.816496580927726, missing=1)
    """
    column = values.plain(column)
    if column.dtype == pl.String:
        values.refuse_strays(column)
        return _learn_category(column[rows])
    if _names_rows(column):
        return LeftOut(column.name, "numbers the rows")
    if column.dtype == pl.Boolean:
        return _learn_truth(column[rows])
    if isinstance(column.dtype, pl.Date | pl.Datetime):
        return _learn_number(Date, values.as_days(column), rows)
    if column.dtype.is_numeric():
        return _learn_number(Number, values.as_numbers(column), rows)
    if column.dtype == pl.Null:
        return _unvarying(column)
    return LeftOut(column.name, f"values of type {column.dtype}")


def _names_rows(column: pl.Series) -> bool:
    """Tell a column of whole numbers, all different, whose name says that it counts."""
    return (
        column.dtype.is_integer()
        and bool(_ROW_NAME.search(column.name))
        and column.n_unique() == len(column)
    )


def _learn_number(
    kind: type[Number | Date], column: pl.Series, rows: Rows
) -> Column | LeftOut:
    numbers = column.to_numpy()[rows]
    present = numbers[~np.isnan(numbers)]
    if len(present) == 0 or present.min() == present.max():
        return _unvarying(column[rows])
    median = float(np.median(present))
    filled = np.where(np.isnan(numbers), median, numbers)
    deviation = float(filled.std())
    if deviation == 0:  # differences whose squares are 0 in float64
        return _unvarying(column[rows])
    mean = float(filled.mean())
    return kind(column.name, median, mean, deviation, len(numbers) - len(present))


def _learn_truth(column: pl.Series) -> Column | LeftOut:
    if column.drop_nulls().n_unique() < 2:
        return _unvarying(column)
    return Truth(column.name, column.null_count())


def _learn_category(column: pl.Series) -> Column | LeftOut:
    counts = column.drop_nulls().alias("text").value_counts(name="times")
    texts, times = counts["text"].to_list(), counts["times"].to_list()
    if len(texts) < 2:
        return _unvarying(column)
    if len(texts) >= IDENTIFIER * sum(times):
        every = "every row" if len(texts) == sum(times) else "nearly every row"
        return _without_values(column, f"a different text in {every}")
    least = max(2, RARE * len(column)) if len(texts) > cells.CATEGORIES else 1
    kept = tuple(sorted(t for t, n in zip(texts, times, strict=True) if n >= least))
    if not kept:
        return _without_values(column, f"none of its {len(texts)} texts is common")
    return Category(column.name, kept, len(texts) - len(kept), column.null_count())


def _unvarying(column: pl.Series) -> Presence | LeftOut:
    """Return what is left of a column with one value, or none."""
    if column.null_count() == len(column):
        return LeftOut(column.name, "no values")
    reason = "one value in every row"
    if column.null_count():
        reason = "one value or none"
    return _without_values(column, reason)


def _without_values(column: pl.Series, reason: str) -> Presence | LeftOut:
    """Return a record that uses no value, only whether there is one, if that varies."""
    if 0 < column.null_count() < len(column):
        return Presence(column.name, reason)
    return LeftOut(column.name, reason)


def _with_indicator(name: str, missing: int) -> tuple[str, ...]:
    return (name, f"{name} missing") if missing else (name,)


def _standardised(record: Number | Date, column: pl.Series) -> Floats:
    standard = (column.to_numpy() - record.mean) / record.deviation
    return _filled(
        standard, (record.median - record.mean) / record.deviation, record.missing
    )


def _filled(numbers: Floats, fill: float, missing: int) -> Floats:
    """Return numbers with NaN filled, and an indicator of it if need be."""
    absent = np.isnan(numbers)[:, None]
    filled = np.where(absent, fill, numbers[:, None])
    return np.hstack([filled, absent.astype(np.float64)]) if missing else filled
