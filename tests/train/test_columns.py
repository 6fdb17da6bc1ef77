from datetime import date, datetime

import msgspec
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from backlit.errors import DataError
from backlit.train import columns
from backlit.train.columns import Category, Date, LeftOut, Number, Presence, Truth


def learn(items, rows=None, name="a", dtype=None):
    column = pl.Series(name, items, dtype=dtype)
    return columns.learn(column, np.arange(len(column)) if rows is None else rows)


def encode(record, items, dtype=None):
    return record.encode(pl.Series(record.name, items, dtype=dtype)).tolist()


def test_numbers_are_imputed_and_standardised_as_by_scikit_learn():
    random = np.random.default_rng(0)
    x = random.lognormal(size=100)
    x[::7] = np.nan
    imputer = SimpleImputer(strategy="median", add_indicator=True)
    filled = imputer.fit_transform(x[:, None])
    expected = StandardScaler().fit_transform(filled[:, :1])[:, 0]
    found = learn(x).encode(pl.Series("a", x))
    assert np.allclose(found[:, 0], expected)
    assert np.array_equal(found[:, 1], filled[:, 1])


def test_categories_are_one_hot_as_by_scikit_learn():
    items = ["b", "a", "c", "a", "b", "a"]
    array = np.array(items)[:, None]
    expected = OneHotEncoder(sparse_output=False).fit_transform(array)
    record = learn(items)
    assert record.inputs == ("a = a", "a = b", "a = c")
    assert encode(record, items) == expected.tolist()


def test_numbers_come_from_the_training_rows_alone():
    rows = np.array([0, 1])
    assert learn([1.0, 3.0, 100.0, None], rows) == Number("a", 2.0, 2.0, 1.0, 0)
    assert learn(["x", "y", "x", "z"] * 9, np.arange(3)).values == ("x", "y")


def test_number_fills_missing_values_that_training_did_not_have():
    record = learn([1.0, 2.0, 6.0])
    assert encode(record, [None, 2.0]) == [encode(record, [2.0])[0]] * 2


def test_number_marks_missing_values_that_training_had():
    record = learn([1.0, None, 3.0])
    assert record.inputs == ("a", "a missing")
    assert encode(record, [None, 2.0]) == [[0.0, 1.0], [0.0, 0.0]]


def test_dates_are_numbers_of_days():
    record = learn([date(2024, 1, 1), date(2024, 1, 3)])
    assert isinstance(record, Date)
    assert encode(record, ["2024-01-02", "2024-01-05"]) == [[0.0], [3.0]]
    assert encode(record, [datetime(2024, 1, 2, 12)]) == [[0.5]]  # noqa: DTZ001 - naive


@pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum(["x", "y"])])
def test_columns_of_declared_categories_are_categories(dtype):
    record = learn(["x", "y", "x", "y"], dtype=dtype)
    assert record == Category("a", ("x", "y"), 0, 0)
    assert encode(record, ["y"], dtype=dtype) == [[0.0, 1.0]]


def test_truth_values_are_signs():
    assert learn([True, False]) == Truth("a", 0)
    record = learn([True, False, None])
    assert encode(record, [True, False, None]) == [[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]]
    assert encode(record, ["true", "", "FALSE"])[2] == [-1.0, 0.0]


def test_unknown_category_leaves_all_inputs_zero():
    assert encode(learn(["x", "y", "x", "y"]), ["z", None, "x"]) == [
        [0, 0],
        [0, 0],
        [1, 0],
    ]


def test_missing_is_a_category_if_training_had_it():
    record = learn(["x", "y", None, "x", "y"])
    assert record.inputs == ("a = x", "a = y", "a missing")
    assert encode(record, ["z", None, "y"]) == [[0, 0, 0], [0, 0, 1], [0, 1, 0]]


def test_rare_categories_of_a_long_list_share_an_input():
    common = [f"c{i % 4}" for i in range(200)]
    record = learn([*common, *[f"rare{i % 17}" for i in range(34)], None])
    assert record == Category("a", ("c0", "c1", "c2", "c3"), 17, 1)
    assert record.inputs[-2:] == ("a other", "a missing")
    found = encode(record, ["c1", "rare3", "new", None])
    assert [row.index(1) for row in found] == [1, 4, 4, 5]


def test_few_categories_are_kept_however_rare():
    assert learn(["x"] * 500 + ["y"]) == Category("a", ("x", "y"), 0, 0)


@pytest.mark.parametrize("name", ["count", "a", ""])
def test_categories_are_counted_whatever_the_column_is_called(name):
    assert learn(["x", "y", "x", "y"], name=name).values == ("x", "y")


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        ([5, 5, 5], "one value in every row"),
        ([0.1, 0.1, 0.1], "one value in every row"),
        (["x", "x"], "one value in every row"),
        ([True, True], "one value in every row"),
        ([1e-200, 2e-200], "one value in every row"),
        ([None, None], "no values"),
        ([float("nan"), None], "no values"),
        (["NA", "", "?"], "no values"),
        ([f"name {i}" for i in range(50)], "a different text in every row"),
        (
            [f"name {i // 2 * 2 if i < 4 else i}" for i in range(50)],
            "a different text in nearly every row",
        ),
        ([f"rare {i % 60}" for i in range(200)] + ["x"], None),
        ([f"rare {i % 150}" for i in range(300)], "none of its 150 texts is common"),
        ([[1], [2]], "values of type List"),
    ],
)
def test_column_that_says_nothing_is_left_out_with_the_reason(items, reason):
    record = learn(items)
    if reason is None:
        assert isinstance(record, Category)
    else:
        assert isinstance(record, LeftOut)
        assert record.reason.startswith(reason)


@pytest.mark.parametrize(
    "items",
    [
        [5.0, None, 5.0],
        ["x", None, "x"],
        [True, None, True],
        [date(2024, 1, 1), None, date(2024, 1, 1)],
        ["name 1", None, "name 2"],
    ],
)
def test_column_that_only_says_whether_there_is_a_value_becomes_that(items):
    record = learn(items)
    assert isinstance(record, Presence)
    assert record.inputs == ("a given",)
    assert encode(record, items) == [[1.0], [-1.0], [1.0]]


@pytest.mark.parametrize(
    "name",
    ["id", "ID", "index", "PassengerId", "customer_id", "column 1", "Unnamed: 0"],
)
def test_column_named_for_counting_rows_is_left_out(name):
    assert learn([7, 3, 5], name=name) == LeftOut(name, "numbers the rows")


@pytest.mark.parametrize(
    ("name", "items"),
    [("humid", [1, 2, 3]), ("id", [1, 1, 2]), ("id", [1.5, 2.5]), ("x", [0, 1, 2])],
)
def test_column_that_only_resembles_row_numbers_is_kept(name, items):
    assert isinstance(learn(items, name=name), Number)


@pytest.mark.parametrize(
    ("items", "message"),
    [
        (["1", "2", "abc", "4"], "has 'abc' among its numbers in row 3"),
        (["2024-01-01", "2024-01-02", "x"], "has 'x' among its dates in row 3"),
        ([1.0, np.inf], "holds inf in row 2"),
        ([1.0, -np.inf], "holds -inf in row 2"),
    ],
)
def test_bad_value_is_refused_even_outside_the_training_rows(items, message):
    with pytest.raises(DataError, match=f"column 'a' {message}; "):
        learn(items, rows=np.array([0, 1]))


@settings(deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.floats(-1e150, 1e150)), min_size=2, max_size=20),
    st.lists(st.one_of(st.none(), st.floats(-1e150, 1e150)), max_size=5),
)
def test_inputs_are_finite_for_any_numbers(items, new):
    record = learn(items, dtype=pl.Float64)
    if not isinstance(record, LeftOut):
        found = record.encode(pl.Series("a", items + new, dtype=pl.Float64))
        assert found.shape == (len(items) + len(new), len(record.inputs))
        assert np.isfinite(found).all()


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.sampled_from("abcdef")), min_size=2))
def test_every_row_has_the_one_input_of_its_category(items):
    record = learn(items, dtype=pl.String)
    if isinstance(record, Category):
        found = record.encode(pl.Series("a", items, dtype=pl.String))
        named = [record.inputs[i] for i in found.argmax(1)]
        assert (found.sum(1) == 1).all()
        assert named == ["a missing" if x is None else f"a = {x}" for x in items]


@settings(deadline=None)
@given(
    st.builds(
        Number,
        name=st.text(),
        median=st.floats(allow_nan=False, allow_infinity=False),
        mean=st.floats(allow_nan=False, allow_infinity=False),
        deviation=st.floats(allow_nan=False, allow_infinity=False),
        missing=st.integers(0, 9),
    )
)
def test_record_comes_back_from_json_bit_for_bit(record):
    again = msgspec.json.decode(msgspec.json.encode(record), type=columns.Column)
    assert again == record
    pair = np.array([[r.median, r.mean, r.deviation] for r in (again, record)])
    assert pair[0].tobytes() == pair[1].tobytes()
