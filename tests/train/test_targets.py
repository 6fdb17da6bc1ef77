from datetime import date

import numpy as np
import polars as pl
import pytest

from backlit.errors import DataError, OptionError
from backlit.train import targets
from backlit.train.targets import Numbers


def learn(items, rows=None, task=None, dtype=None):
    column = pl.Series("t", items, dtype=dtype)
    rows = np.arange(len(column)) if rows is None else np.array(rows)
    return targets.learn(column, rows, task)


def encode(target, items):
    return target.encode(pl.Series("t", items)).tolist()


@pytest.mark.parametrize(
    ("columns", "asked", "expected"),
    [
        (["a", "b"], None, ("b", "The target is 'b', the last column.")),
        (["Class", "b"], None, ("Class", "The target is 'Class', chosen by its name.")),
        (["y", "target", "b"], None, ("target", None)),
        (["a", "b"], "a", ("a", "The target is 'a', as asked.")),
    ],
)
def test_target_is_the_one_asked_for_or_named_so_or_the_last(columns, asked, expected):
    frame = pl.DataFrame({name: [1] for name in columns})
    name, sentence = targets.find_target(frame, asked)
    assert name == expected[0]
    assert expected[1] in (None, sentence)


def test_target_that_is_not_there_or_alone_is_refused():
    with pytest.raises(DataError, match="no column 'c'; it has 'a', 'b'"):
        targets.find_target(pl.DataFrame({"a": [1], "b": [2]}), "c")
    with pytest.raises(DataError, match="only the column 'a'"):
        targets.find_target(pl.DataFrame({"a": [1]}), None)


@pytest.mark.parametrize(
    ("items", "classes"),
    [
        (["b", "a", "b", "a"], ("a", "b")),
        ([3, 1, 3, 1], (1, 3)),
        ([1.0, 0.0, 1.0, 0.0], (0.0, 1.0)),
        ([True, False, True], (False, True)),
        (["1", "0", "1", "0"], (0, 1)),
        (["true", "false", "true"], (False, True)),
    ],
)
def test_classes_are_recognised_and_keep_their_type(items, classes):
    target = learn(items)
    assert target.task == "classification"
    assert target.classes == classes
    assert [type(label) for label in target.classes] == [type(c) for c in classes]
    indices = target.encode(pl.Series("t", items))
    assert indices.dtype == np.int64
    labels = target.decode(np.eye(len(classes))[indices]).tolist()
    assert pl.Series(labels).cast(pl.String).to_list() == [
        str(pl.Series([x]).cast(pl.String)[0]) for x in items
    ]
    assert type(labels[0]) is type(classes[0])


@pytest.mark.parametrize(
    "items",
    [
        [0.5, 1.5, 0.5, 1.5],
        [*range(30)],
        [*range(21)] * 2,
        [1, 2, 3],
    ],
)
def test_numbers_are_recognised(items):
    target = learn(items)
    assert isinstance(target, Numbers)
    standard = np.array(encode(target, items))
    assert standard.mean() == pytest.approx(0, abs=1e-12)
    assert standard.std() == pytest.approx(1)
    assert target.decode(standard[:, None]) == pytest.approx(items)


def test_task_may_be_asked_for():
    assert isinstance(learn([0, 1, 0, 1], task="regression"), Numbers)
    asked = learn([0.5, 1.5] * 5, task="classification")
    assert (asked.classes, asked.counts) == ((0.5, 1.5), (5, 5))
    assert asked.reason == "This is classification, as asked"
    with pytest.raises(OptionError, match="the task 'x' is not one of"):
        learn([0, 1, 0, 1], task="x")


def test_probabilities_of_the_second_class_are_decoded():
    target = learn(["no", "yes", "no", "yes"])
    assert target.decode(np.array([0.2, 0.9])).tolist() == ["no", "yes"]
    assert target.decode(np.array([[0.2], [0.9]])).tolist() == ["no", "yes"]


def test_large_whole_classes_are_told_apart():
    big = 2**60
    target = learn([big, big + 1] * 3)
    assert encode(target, [big + 1, big]) == [1, 0]
    assert target.decode(np.eye(2)).tolist() == [big, big + 1]


def test_classes_are_found_in_columns_of_another_type():
    assert encode(learn([0, 1, 0, 1]), [1.0, 0.0]) == [1, 0]
    assert encode(learn([0, 1, 0, 1]), ["1", "0"]) == [1, 0]
    assert encode(learn([0.0, 1.0] * 2), [1, 0]) == [1, 0]
    assert encode(learn([False, True]), [1, 0]) == [1, 0]
    assert encode(learn(["a", "b", "1"] * 2), [1, 1]) == [0, 0]


@pytest.mark.parametrize(
    ("items", "options", "message"),
    [
        (["a", None, None], {}, "missing in 2 of 3 rows, first in row 2; remove"),
        ([1.5, float("nan")], {}, "missing in 1 of 2 rows, first in row 2"),
        ([None, None], {}, "has no values"),
        (["a", "a", "a"], {}, "one class only: 'a' in all 3 rows"),
        (["a", "a", "b"], {"rows": [0, 1]}, "'a' in all 2 training rows"),
        ([2, 2, 2, 2], {}, "one class only: 2 in all 4 rows"),
        ([2.5, 2.5], {}, "is 2.5 in all 2 training rows"),
        (["a", "b", "c"], {}, "3 classes in 3 rows, too many .*: name another column"),
        (
            [0.5, 1.5, 2.5],
            {"task": "classification"},
            "3 classes in 3 rows, too many .*: ask for regression",
        ),
        ([1.5, np.inf], {}, "holds inf in row 2"),
        (["1", "2", "x", "4"], {}, "has 'x' among its numbers in row 3"),
        (["a", "b"], {"task": "regression"}, "needs a number, not the text 'a'"),
        ([date(2024, 1, 1), date(2024, 1, 2)], {}, "is of type Date"),
        ([[1], [2]], {}, "is of type List"),
    ],
)
def test_target_that_cannot_be_learnt_is_refused(items, options, message):
    with pytest.raises(DataError, match=message) as caught:
        learn(items, **options)
    assert "'t'" in str(caught.value)


@pytest.mark.parametrize(
    ("items", "message"),
    [
        (["a", "c"], "has the class 'c' in row 2; the training rows had only 'a', 'b'"),
        (["a", None], "is missing in 1 of 2 rows, first in row 2"),
    ],
)
def test_row_without_a_class_that_was_learnt_is_refused(items, message):
    with pytest.raises(DataError, match=message):
        encode(learn(["a", "b"] * 2), items)
