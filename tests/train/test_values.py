import pickle
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from backlit.errors import DataError
from backlit.train import values


def series(items, dtype=None):
    return pl.Series("a", items, dtype=dtype)


@pytest.mark.parametrize(
    "column",
    [
        series([1, 2, None]),
        series([1.0, 2.0, float("nan")]),
        series([Decimal(1), Decimal(2), None]),
        series([1, 2, None], pl.UInt8),
        series([1, 2, None], pl.Float32),
        series(["1", " 2.0 ", "NA"]),
        series(["01", "02", "-"]),
    ],
    ids=lambda column: str(column.dtype),
)
def test_numbers_are_read_from_every_type_that_holds_them(column):
    assert values.as_numbers(column).to_list() == [1.0, 2.0, None]


def test_days_count_from_1970_in_utc():
    zone = timezone(timedelta(hours=2))
    assert values.as_days(series([date(1970, 1, 3), None])).to_list() == [2.0, None]
    assert values.as_days(series([datetime(1969, 12, 31, 6)])).to_list() == [-0.75]  # noqa: DTZ001 - naive on purpose
    aware = series([datetime(1970, 1, 1, 2, tzinfo=zone)])
    assert values.as_days(aware).to_list() == [0.0]
    assert values.as_days(series(["2.1.1970 06:00"])).to_list() == [1.25]


@pytest.mark.parametrize(
    "column",
    [
        series([True, False, None]),
        series(["TRUE", "false", ""]),
        series([1, 0, None]),
        series([1.0, 0.0, float("nan")]),
    ],
    ids=lambda column: str(column.dtype),
)
def test_truth_values_are_read_from_every_type_that_holds_them(column):
    assert values.as_truths(column).to_list() == [True, False, None]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (series(["x", " NA"]), ["x", None]),
        (series(["x", None], pl.Categorical), ["x", None]),
        (series(["x", None], pl.Enum(["x"])), ["x", None]),
        (series([12, None]), ["12", None]),
        (series([1.5, float("nan")]), ["1.5", None]),
        (series([True, None]), ["true", None]),
    ],
    ids=lambda value: str(getattr(value, "dtype", "")),
)
def test_text_is_read_from_every_type_that_can_be_written(column, expected):
    assert values.as_text(column).to_list() == expected


@pytest.mark.parametrize(
    "read", [values.as_numbers, values.as_days, values.as_truths, values.as_text]
)
def test_column_of_no_values_is_read_as_any_type(read):
    for column in (series([None, None]), series([None, "NA"], pl.String)):
        assert read(column).to_list() == [None, None]


@pytest.mark.parametrize(
    ("read", "column", "message"),
    [
        (values.as_numbers, series(["1", "x"]), "needs a number, not the text 'x'"),
        (values.as_numbers, series([1.0, np.inf]), "holds inf"),
        (values.as_numbers, series([1.0, -1e151]), "holds -1e[+]?151"),
        (values.as_days, series(["2024-01-01", "x"]), "needs a date, not the text 'x'"),
        (values.as_truths, series(["true", "x"]), "needs a truth value"),
        (values.as_truths, series([0, 2]), "not the text '2'"),
    ],
)
def test_unfit_value_is_refused_with_its_row(read, column, message):
    with pytest.raises(
        values.RowError, match=f"column 'a' .*{message}.* in row 2; "
    ) as e:
        read(column)
    assert e.value.row == 1


@pytest.mark.parametrize(
    ("read", "column"),
    [
        (values.as_numbers, series([True])),
        (values.as_numbers, series([date(2024, 1, 1)])),
        (values.as_days, series([1.5])),
        (values.as_truths, series([date(2024, 1, 1)])),
        (values.as_text, series([[1, 2]])),
        (values.as_text, series([b"x"])),
    ],
)
def test_column_of_an_unfit_type_is_refused(read, column):
    with pytest.raises(DataError, match=r"column 'a' holds values of type .* needed"):
        read(column)


def test_decimal_commas_are_refused_rather_than_taken_for_text():
    with pytest.raises(values.RowError, match="decimal comma, '3,14', in row"):
        values.refuse_strays(series(["3,14", "2,5", None]))


def test_row_error_survives_pickling():
    error = values.RowError("problem", 3, "fix")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - pickled above
    assert (str(again), again.row) == ("problem in row 4; fix", 3)
