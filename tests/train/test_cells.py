from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backlit.train import cells


def text(*values):
    return pl.Series("a", values, dtype=pl.String)


@pytest.mark.parametrize(
    "marker", ["", " ", "NA", "na", "N/A", "NaN", "nan", "null", "NULL", "?", "-"]
)
def test_marker_is_missing_in_any_case(marker):
    assert cells.without_markers(text(marker, "x")).to_list() == [None, "x"]


@pytest.mark.parametrize("word", ["none", "nah", "--", "0", "n.a"])
def test_text_that_resembles_a_marker_is_kept(word):
    assert cells.without_markers(text(word)).to_list() == [word]


@pytest.mark.parametrize(
    ("written", "expected", "dtype"),
    [
        (("1", "-2", "0"), [1, -2, 0], pl.Int64),
        (("1.5", ".5", "1e3", "+2"), [1.5, 0.5, 1000.0, 2.0], pl.Float64),
        (("1,234", "1,234,567.5"), [1234.0, 1234567.5], pl.Float64),
        (("99999999999999999999", "1"), [1e20, 1.0], pl.Float64),
        (("3", None), [3, None], pl.Int64),
        (("TRUE", "false", None), [True, False, None], pl.Boolean),
        (("2024-03-01",), [date(2024, 3, 1)], pl.Date),
        (("1.3.2024", "31.12.1999"), None, pl.Date),
        (("2024/03/01", "2024/3/2"), None, pl.Date),
        (("2024-03-01T10:30:00Z", "2024-03-01 10:30:00.5"), None, pl.Datetime("us")),
        (("2024-03-01 10:30",), None, pl.Datetime("us")),
        (("yes", "no"), ["yes", "no"], pl.String),
        (("03/04/2024", "05/06/2024"), ["03/04/2024", "05/06/2024"], pl.String),
        (("01069", "10115"), ["01069", "10115"], pl.String),
        (("01", "2", "013"), [1.0, 2.0, 13.0], pl.Float64),
        (("1", "x"), ["1", "x"], pl.String),
        ((None, None), [None, None], pl.String),
    ],
)
def test_column_gets_the_type_that_fits_all_its_values(written, expected, dtype):
    column = cells.typed(text(*written))
    assert column.dtype == dtype
    assert column.null_count() == written.count(None)
    if expected is not None:
        assert column.to_list() == expected


@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=False), min_size=1))
def test_every_float_is_read_back_exactly(numbers):
    assert cells.numbers(text(*map(repr, numbers))).to_list() == numbers


@settings(deadline=None)
@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1))
def test_every_integer_is_read_back_exactly(numbers):
    assert cells.numbers(text(*map(str, numbers))).to_list() == numbers


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.text()), min_size=1))
def test_typing_never_loses_a_value(values):
    column = cells.without_markers(pl.Series("a", values, dtype=pl.String))
    assert cells.typed(column).null_count() == column.null_count()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1", "2", "3", "abc"], cells.Stray("numbers", 3, "abc")),
        (["1", None, "oops", "3"], cells.Stray("numbers", 2, "oops")),
        ([*map(str, range(60)), *["unknown"] * 40], ("numbers", 60, "unknown")),
        (["2024-03-01", "2024-03-02", "soon"], cells.Stray("dates", 2, "soon")),
        (["x", "y", "z", "4"], None),
        (["38", "40", "S", "M"] * 10, None),
        (["38", "40"] * 50 + ["x", "y"], ("numbers", 100, "x")),
        (["11", "12", "A/5", "PC 1", "C 3", "B 9"], None),
        (["1", "2"], None),
        ([None, None], None),
    ],
)
def test_stray_is_the_first_text_among_mostly_numbers_or_dates(values, expected):
    assert cells.stray(text(*values)) == expected
