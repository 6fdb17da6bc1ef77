import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import backlit as bl
from backlit.errors import DataError, OptionError
from backlit.network.architecture import Architecture
from backlit.train.samples import (
    as_numbers,
    batches,
    class_weighted,
    divide,
    hold_out,
    inputs,
    samples,
)

X = np.random.default_rng(0).normal(size=(6, 2))
ONE_HOT = np.eye(3)[[0, 1, 2, 2, 1, 0]]


def network(outputs=1, loss="mse"):
    return Architecture(2, [bl.Dense(outputs)], loss)


# Targets in their forms


@pytest.mark.parametrize(
    "T",
    [
        [0, 1, 2, 2, 1, 0],
        np.array([0, 1, 2, 2, 1, 0], "u1"),
        np.array([0.0, 1, 2, 2, 1, 0]),
        np.array([[0], [1], [2], [2], [1], [0]]),
        pd.Series([0, 1, 2, 2, 1, 0]),
        pl.Series([0, 1, 2, 2, 1, 0]),
        ONE_HOT,
        ONE_HOT.tolist(),
        ONE_HOT.astype(bool),
        pd.DataFrame(ONE_HOT),
        pl.DataFrame(ONE_HOT),
    ],
    ids=lambda T: type(T).__name__,
)
@pytest.mark.parametrize("loss", ["cross_entropy", "binary_cross_entropy_with_logits"])
def test_classes_in_every_form_are_one_hot_rows(T, loss):
    assert (samples(network(3, loss), X, T).T == ONE_HOT).all()


@pytest.mark.parametrize("T", [[1, 0, 1, 0, 1, 0], np.array([1, 0] * 3)[:, None]])
@pytest.mark.parametrize("loss", ["mse", "binary_cross_entropy_with_logits"])
def test_one_output_takes_a_row_or_a_column(T, loss):
    assert samples(network(1, loss), X, T).T.tolist() == [[1], [0]] * 3


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (np.ma.masked_less(X, 0), "X has masked cells; fill them"),
        (X + 1j, "X holds values of complex128; real numbers are needed"),
        (X.astype("datetime64[s]"), r"X holds values of datetime64\[s\]; real numbers"),
        (np.zeros(3, [("a", "f8"), ("b", "f8")]), "X holds values of .*real numbers"),
    ],
)
def test_values_of_which_a_part_would_be_lost_are_refused(given, message):
    with pytest.raises(DataError, match=message):
        inputs(network(), given)


def test_inputs_in_every_form_are_float64():
    for table in (X, X.tolist(), pd.DataFrame(X), pl.DataFrame(X), X.astype(object)):
        found = inputs(network(), table)
        assert found.dtype == np.float64
        assert (found == X).all()
    assert as_numbers("X", [True, 2]).tolist() == [1, 2]


# What does not fit

NAN = X.copy()
NAN[4, 1], NAN[5, 0] = np.nan, np.inf


@pytest.mark.parametrize(
    ("table", "T", "message"),
    [
        (NAN, [0] * 6, "X is nan at row 4, column 1 (2 such in all); fill in or"),
        (X, NAN[:, 1:], "T is nan at row 4, column 0 (1 such in all); fill in or"),
        (X, [0, 1, np.inf, 0, 0, 0], "T is inf at row 2, column 0 (1 such in all)"),
        ([["a", 1]], [0], "X must be a table of numbers; encode text and fill gaps"),
        ([[1, 2], [3]], [0, 1], "X must be a table of numbers"),
        (X, ["a"] * 6, "T must be a table of numbers"),
        (X, [[1], [1, 2]], "T must be a table of numbers"),
        (X[:, :1], [0] * 6, "X has the shape (6, 1); the network has 2 inputs, so (s"),
        (X[0], [0], "X has the shape (2,); the network has 2 inputs, so (samples, 2)"),
        (X[None], [0], "X has the shape (1, 6, 2); the network has 2 inputs"),
        (X[:0], [], "X has no rows; at least one sample is needed"),
        (X, [0] * 5, "X has 6 rows, T has 5; one each"),
        (X, ONE_HOT, "T has the shape (6, 3); the network has 1 outputs, so (samples"),
        (X, None, "T has the shape (); the network has 1 outputs"),
    ],
)
def test_wrong_arrays_are_one_line_that_names_the_place(table, T, message):
    with pytest.raises(DataError) as caught:
        samples(network(), table, T)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("loss", "T", "message"),
    [
        ("cross_entropy", [0, 1, 3, 0, 0, 0], "T is 3 at row 2; the index of a class"),
        ("cross_entropy", [0, 1, -1, 0, 0, 0], "T is -1 at row 2; the index of a clas"),
        ("cross_entropy", 2 * ONE_HOT, "T is 2, 0, 0 at row 0; for cross_entropy it m"),
        (
            "cross_entropy",
            [[2, -1, 0]] * 6,
            "T is 2, -1, 0 at row 0; for cross_entropy",
        ),
        ("binary_cross_entropy", 2 * ONE_HOT, "T is 2, 0, 0 at row 0; for binary_cros"),
        (
            "binary_cross_entropy_with_logits",
            2 * ONE_HOT - 1,
            "T is 1, -1, -1 at row 0; for binary_cross_entropy_with_logits it must",
        ),
        ("hinge", ONE_HOT, "T is 1, 0, 0 at row 0; for hinge it must be -1 or 1"),
        ("mse", [0, 1, 2, 0, 0, 0], "T has the shape (6,); the network has 3 outputs"),
    ],
)
def test_targets_must_be_what_the_loss_is_defined_for(loss, T, message):
    with pytest.raises(DataError) as caught:
        samples(network(3, loss), X, T)
    assert str(caught.value).startswith(message)


def test_targets_that_suit_their_loss_are_taken():
    shares = np.random.default_rng(0).dirichlet([1, 1, 1], 6)
    samples(network(3, "cross_entropy"), X, shares.astype("f4"))
    samples(network(3, "hinge"), X, 2 * ONE_HOT - 1)
    samples(network(3, "binary_cross_entropy"), X, shares)
    samples(network(3, "huber"), X, 1e6 * shares - 3)


# Weights


def test_weights_are_scaled_to_a_mean_of_one():
    found = samples(network(), X, [0] * 6, [1, 2, 3, 0, 0, 0]).weight
    assert found.tolist() == [1, 2, 3, 0, 0, 0]
    found = samples(network(), X, [0] * 6, [10] * 6).weight
    assert found == pytest.approx(np.ones(6))
    assert samples(network(), X, [0] * 6).weight is None


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        ([1] * 5, "sample_weight has the shape (5,); (6,) is needed"),
        ([[1]] * 6, "sample_weight has the shape (6, 1); (6,) is needed"),
        (["a"] * 6, "sample_weight must be numbers, one for each sample"),
        ([-1, 1, 1, 1, 1, 1], "sample_weight must be finite, not negative, not all"),
        ([np.nan, 1, 1, 1, 1, 1], "sample_weight must be finite, not negative, not"),
        ([0] * 6, "sample_weight must be finite, not negative, not all zero"),
    ],
)
def test_wrong_weights_are_one_line(weight, message):
    with pytest.raises(DataError) as caught:
        samples(network(), X, [0] * 6, weight)
    assert str(caught.value).startswith(message)


def test_class_weights_multiply_sample_weights():
    data = samples(network(3, "cross_entropy"), X, ONE_HOT, [1, 1, 2, 2, 3, 3])
    found = class_weighted(data, {0: 2, 1: 0}).weight
    raw = np.array([2 * 1, 0, 2, 2, 0, 2 * 3])
    assert found == pytest.approx(raw * 6 / raw.sum())
    assert class_weighted(data, None) is data


def test_class_weights_need_classes():
    data = samples(network(), X, [1.5, 2, 3, 4, 5, 6])
    with pytest.raises(DataError, match=r"T goes from 1\.5 to 6, which are no classes"):
        class_weighted(data, "balanced")


# Batches


@given(st.integers(1, 60), st.integers(1, 70), st.integers(0, 9), st.booleans())
def test_batches_part_the_samples_and_only_the_last_is_smaller(
    count, size, seed, shuffle
):
    found = list(batches(count, size, seed, 0, shuffle=shuffle))
    assert sorted(np.concatenate(found)) == list(range(count))
    assert all(len(rows) == size for rows in found[:-1])
    assert len(found[-1]) == count - size * (len(found) - 1) <= size
    for skip in range(len(found) + 1):
        rest = list(batches(count, size, seed, 0, shuffle=shuffle, skip=skip))
        assert [r.tolist() for r in rest] == [r.tolist() for r in found[skip:]]


def test_order_is_the_samples_own_or_one_for_each_epoch_and_seed():
    def order(seed, epoch, shuffle=True):
        found = batches(50, 7, seed, epoch, shuffle=shuffle)
        return np.concatenate(list(found)).tolist()

    assert order(0, 3, shuffle=False) == list(range(50))
    assert order(0, 3) == order(0, 3)
    assert len({tuple(order(s, e)) for s in range(3) for e in range(3)}) == 9


# Validation


def test_held_out_samples_and_the_rest_are_all_samples_once():
    data = samples(network(), np.arange(40).reshape(20, 2), np.arange(20), range(1, 21))
    rest, held = hold_out(data, 0.3, seed=4)
    assert (len(rest), len(held)) == (14, 6)
    rows = [*rest.numbers(np.arange(14)), *held.numbers(np.arange(6))]
    assert sorted(rows) == list(range(20))
    for part in (rest, held):
        numbers = part.numbers(np.arange(len(part)))
        assert (part.T[:, 0] == numbers).all()
        assert (data.X[numbers] == part.X).all()
        assert (part.weight == data.weight[numbers]).all()
    again, _ = hold_out(data, 0.3, seed=4)
    other, _ = hold_out(data, 0.3, seed=5)
    assert (again.X == rest.X).all()
    assert not (other.X == rest.X).all()


@pytest.mark.parametrize("share", [0.01, 0.99])
def test_share_that_leaves_nothing_on_one_side_is_refused(share):
    data = samples(network(), X, [0] * 6)
    with pytest.raises(DataError, match=rf"validation={share} of 6 samples holds [06]"):
        hold_out(data, share, 0)


def test_validation_may_be_a_share_samples_or_nothing():
    a = network()
    data = samples(a, X, [0, 1, 2, 3, 4, 5])
    for none in (None, 0, 0.0):
        assert divide(a, data, none, 0) == (data, None)
    rest, held = divide(a, data, 0.5, 0)
    assert (len(rest), len(held)) == (3, 3)
    for pair in ((X[:2], [7, 8]), [X[:2], [7, 8]], (X[:2], [7, 8], [1, 3])):
        rest, held = divide(a, data, pair, 0)
        assert rest is data
        assert held.T.tolist() == [[7], [8]]
    assert held.weight.tolist() == [0.5, 1.5]


@pytest.mark.parametrize("wrong", [1, 1.5, -0.1, "half", True, float("nan"), (X,), ()])
def test_other_validation_is_refused(wrong):
    data = samples(network(), X, [0] * 6)
    with pytest.raises(OptionError, match=r"^validation(=| must be)"):
        divide(network(), data, wrong, 0)


def test_validation_samples_are_checked():
    data = samples(network(), X, [0] * 6)
    with pytest.raises(DataError, match="X has 6 rows, T has 2; one each"):
        divide(network(), data, (X, [0, 1]), 0)
