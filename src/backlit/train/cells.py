"""What the text in a column's cells means: missing, number, truth value or date.

A column is read as a whole: it becomes numbers (or truth values, or dates) only if
every value in it reads as one, so no value is ever lost. A column that mostly is
numbers or dates keeps its text, and `stray` finds the value that stands in the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable

MISSING = ("", "NA", "N/A", "NaN", "null", "?", "-")
DATE_FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d")
TIME_FORMATS = ("", " %H:%M", " %H:%M:%S%.f")

CATEGORIES = 20  # a column with at most so many values may be one of categories
FEW_STRAYS = 0.1  # different strays per value, above which a column is plain text
CARELESS = 0.05  # share of strays below which several are slips, not categories

_THOUSANDS = r"^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$"
_DECIMAL_COMMA = r"^[+-]?\d*,\d+$"
_INTEGER = r"^(0|-?[1-9]\d*)$"
_DATE = r"^\d{1,4}[-./]\d{1,2}[-./]\d{1,4}"


class Stray(NamedTuple):
    """A text among values of another kind: the kind, the row from 0, the text."""

    kind: str
    row: int
    text: str


def without_markers(text: pl.Series) -> pl.Series:
    """Return the text without surrounding blanks, and null for a `MISSING` marker.

    Upper and lower case are the same in a marker.

    >>> without_markers(pl.Series([" 1.5", "n/a", "?", "oak"])).to_list()
    ['1.5', None, None, 'oak']
    """
    stripped = text.str.strip_chars()
    marked = stripped.str.to_lowercase().is_in([marker.lower() for marker in MISSING])
    return stripped.set(marked, None)


def with_decimal_commas(text: pl.Series) -> pl.Series:
    """Tell, value by value, numbers that are written with a decimal comma.

    >>> with_decimal_commas(pl.Series(["3,14", "3.14", "1,2,3"])).to_list()
    [True, False, False]
    """
    return text.str.contains(_DECIMAL_COMMA).fill_null(value=False)


def numbers(text: pl.Series) -> pl.Series:
    """Return the numbers that the text spells, and null where it spells none.

    `1,234.5` is read as 1234.5. The numbers are whole (Int64) if all of them are
    written so, and floats otherwise.

    >>> numbers(pl.Series(["1", "2"])).dtype, numbers(pl.Series(["1e3", "x"])).to_list()
    (Int64, [1000.0, None])
    """
    plain, floats = text, text.cast(pl.Float64, strict=False).fill_nan(None)
    if floats.null_count() > text.null_count():
        grouped = text.str.contains(_THOUSANDS).fill_null(value=False)
        plain = text.zip_with(~grouped, text.str.replace_all(",", ""))
        floats = plain.cast(pl.Float64, strict=False).fill_nan(None)
    if not plain.str.contains(_INTEGER).all():
        return floats
    integers = plain.cast(pl.Int64, strict=False)
    return integers if integers.null_count() == floats.null_count() else floats


def are_codes(text: pl.Series) -> bool:
    """Tell digits of one length with leading zeros: postal codes, months.

    Their leading zeros would be lost in numbers, so they are text.

    >>> are_codes(pl.Series(["01069", "10115"])), are_codes(pl.Series(["0", "1"]))
    (True, False)
    """
    return bool(
        text.str.contains(r"^0\d+$").any()
        and text.str.contains(r"^\d+$").all()
        and text.str.len_chars().drop_nulls().n_unique() == 1
    )


def truths(text: pl.Series) -> pl.Series:
    """Return True and False where the text says so in any case, otherwise null.

    >>> truths(pl.Series(["TRUE", "false", "yes"])).to_list()
    [True, False, None]
    """
    lower = text.str.to_lowercase()
    said = lower.is_in(["true", "false"])
    return (lower == "true").set(~said, None)


def dates(text: pl.Series) -> pl.Series:
    """Return dates or times where the text spells them, otherwise null.

    The form that fits most values is taken: a date as in 2024-03-01, 2024/03/01 or
    1.3.2024, alone or followed by a time. Day and month with slashes between are
    ambiguous and stay text.

    >>> dates(pl.Series(["1.3.2024", "?"])).to_list()
    [datetime.date(2024, 3, 1), None]
    """
    nothing = pl.Series(text.name, [None] * len(text), dtype=pl.Date)
    if not text.str.contains(_DATE).any():
        return nothing
    plain = text.str.replace("T", " ").str.strip_suffix("Z")
    read = [
        _dates_as(plain, day, time) for day in DATE_FORMATS for time in TIME_FORMATS
    ]
    return min([nothing, *read], key=lambda series: series.null_count())


def _dates_as(text: pl.Series, day: str, time: str) -> pl.Series:
    if time:
        return text.str.to_datetime(day + time, strict=False, time_unit="us")
    return text.str.to_date(day, strict=False)


READERS: tuple[tuple[str, Callable[[pl.Series], pl.Series]], ...] = (
    ("numbers", numbers),
    ("dates", dates),
    ("truth values", truths),
)


def typed(text: pl.Series) -> pl.Series:
    """Return the column as the first of `READERS` that reads all its values.

    Codes (`are_codes`) stay text.

    Args:
        text: values without missing markers; null is missing.

    Returns:
        A column of the same length, the text itself if no reader fits.
    """
    if text.null_count() < len(text) and not are_codes(text):
        for _, read in READERS:
            column = read(text)
            if column.null_count() == text.null_count():
                return column
    return text


def stray(text: pl.Series) -> Stray | None:
    """Return the first value that keeps a column of numbers or dates from being one.

    The column counts as numbers with strays if at least half of its values are
    numbers and the different other texts are few (`FEW_STRAYS`). But several texts
    beside few numbers (`CATEGORIES`) are categories, as in the sizes 38, 40, S and M,
    unless they are very rare (`CARELESS`).

    >>> stray(pl.Series(["1", "2", "3", "4", "abc"]))
    Stray(kind='numbers', row=4, text='abc')
    """
    for kind, read in READERS[:2]:
        values = read(text)
        lost = values.is_null() & text.is_not_null()
        if lost.any() and _are_few(text.filter(lost), values.drop_nulls()):
            row = lost.arg_max() or 0
            return Stray(kind, row, text[row])
    return None


def _are_few(strays: pl.Series, values: pl.Series) -> bool:
    count, different = len(strays) + len(values), strays.n_unique()
    categories = different > 1 and values.n_unique() <= CATEGORIES
    return (
        len(strays) <= count / 2
        and different <= max(1, FEW_STRAYS * count)
        and not (categories and len(strays) > CARELESS * count)
    )
