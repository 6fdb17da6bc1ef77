import numpy as np
import pytest

from backlit.errors import DataError, OptionError
from backlit.train.classes import class_indices, one_hot, signed, weight_by_class


def test_indices_become_rows_and_come_back():
    indices = np.array([2, 0, 1, 2])
    rows = one_hot(indices, 3)
    assert rows.tolist() == [[0, 0, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert class_indices(rows).tolist() == indices.tolist()


@pytest.mark.parametrize(
    "indices", [[0, 1, 3], [0, 1, -1], [0, 1, 0.5], [0, 1, np.nan]]
)
def test_what_is_no_index_is_named_by_its_row(indices):
    with pytest.raises(DataError) as caught:
        one_hot(np.array(indices), 3)
    bad = np.array(indices)[2]
    assert str(caught.value).startswith(f"T is {bad} at row 2; the index of a class is")


def test_whole_numbers_of_any_kind_are_indices():
    for kind in ("f8", "f4", "i1", "u8", "?"):
        assert one_hot(np.array([1, 0], kind), 2).tolist() == [[0, 1], [1, 0]]


def test_one_column_is_two_classes_apart_at_a_half_or_at_zero():
    for column in ([0, 1, 1, 0], [0.1, 0.9, 0.6, 0.5], [-1, 1, 0.5, 0.0]):
        T = np.array(column, float)[:, None]
        assert class_indices(T).tolist() == [0, 1, 1, 0]
    assert signed(np.array([[-1.0], [1.0]]))
    assert not signed(np.array([[0.0], [1.0]]))
    assert not signed(np.array([[-1.0, 1.0]]))


def test_one_column_of_other_numbers_is_no_classes():
    with pytest.raises(
        DataError, match=r"T goes from -3\.5 to 7, which are no classes"
    ):
        class_indices(np.array([[7.0], [-3.5]]))


def test_balanced_weights_are_scikit_learns():
    from sklearn.utils.class_weight import compute_class_weight

    indices = np.random.default_rng(0).choice(4, 200, p=[0.7, 0.2, 0.08, 0.02])
    expected = compute_class_weight("balanced", classes=np.arange(4), y=indices)
    found = weight_by_class("balanced", indices, 4)
    assert found == pytest.approx(expected, rel=1e-12)


def test_class_that_does_not_occur_does_not_count_in_balance():
    found = weight_by_class("balanced", np.array([0, 0, 2]), 3)
    assert found[[0, 2]] == pytest.approx([3 / (2 * 2), 3 / (2 * 1)])
    assert np.isfinite(found).all()


def test_classes_left_out_of_given_weights_count_once():
    found = weight_by_class({1: 5, np.int64(2): 0}, np.array([0, 1]), 3)
    assert found.tolist() == [1, 5, 0]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("balance", "unknown class_weight 'balance'; did you mean 'balanced'?"),
        (3, "class_weight=3; weights by class are needed, such as {0: 1, 1: 5}, or"),
        ([1, 2], "class_weight=[1, 2]; weights by class are needed"),
        ({3: 1}, "class_weight has the class 3; classes are 0 to 2"),
        ({"setosa": 1}, "class_weight has the class 'setosa'; classes are 0 to 2"),
        ({1: -2}, "class_weight[1]=-2; it must be 0 or a positive number"),
        ({1: "a"}, "class_weight[1]='a'; it must be 0 or a positive number"),
    ],
)
def test_wrong_class_weight_is_one_line(wrong, message):
    with pytest.raises(OptionError) as caught:
        weight_by_class(wrong, np.array([0, 1, 2]), 3)
    assert str(caught.value).startswith(message)
