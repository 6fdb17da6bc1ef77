from __future__ import annotations

import numpy as np
import pytest

import backlit as bl
from backlit.errors import BacklitError, DataError
from backlit.graph import input_node

A = np.arange(12.0).reshape(4, 3)
X = input_node("x", (4, 3))

KEYS = [
    0,
    -1,
    np.int64(2),
    slice(None),
    slice(1, 3),
    slice(-3, None),
    slice(None, -1),
    slice(None, None, 3),
    slice(1, 100),
    slice(3, 1),
    slice(4, 4),
    Ellipsis,
    (),
    (1, 2),
    (-1, slice(0, 2)),
    (slice(None), 1),
    (Ellipsis, 1),
    (1, Ellipsis),
    (slice(None, None, 2), slice(1, None)),
    [0, 0, 3],
    [-1, 1],
    np.array([[0, 1], [2, 3]]),
    (slice(None), [2, 0]),
    ([1, -1], slice(1, 2)),
    (Ellipsis, np.array([1])),
]


@pytest.mark.parametrize("key", KEYS, ids=repr)
def test_parts_are_those_of_numpy_and_their_derivative_puts_back(key):
    np.testing.assert_array_equal(bl.index(A, key=key), A[key])
    assert X[key].shape == A[key].shape
    found = bl.grad(lambda x: bl.sum(bl.square(x[key])))(A)
    expected = np.zeros_like(A)
    np.add.at(expected, key, 2 * A[key])
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (4, "4 is outside an axis of length 4"),
        (-5, "-5 is outside"),
        ((0, 0, 0), "takes at most 2 indices, got 3"),
        (slice(None, None, -1), "a slice needs a positive step"),
        (None, "None is no integer, slice or ...; reshape adds an axis"),
        (1.0, "1.0 is no integer"),
        (True, "True is no integer"),
        ("a", "a is no integer"),
        (([0, 1], [0, 1]), "takes one array of places, beside slices only"),
        ((0, [0, 1]), "takes one array of places"),
        (np.array([True] * 4), "the length of a masked part is unknown"),
        (X > 0, "needs int where bool[4,3] came"),
        ([0.5], "needs int where float[1] came"),
    ],
    ids=repr,
)
def test_what_is_no_index_is_refused_in_one_line(key, message):
    with pytest.raises(BacklitError) as caught:
        X[key]
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_slice_with_step_zero_is_refused():
    with pytest.raises(BacklitError):
        X[::0]


def test_places_may_be_a_node():
    at = input_node("at", (5,), "int")
    assert X[at].shape == (5, 3)
    assert X[:, at].shape == (4, 5)


def test_places_that_repeat_add_up():
    found = bl.grad(lambda x: bl.sum(bl.gather(x, [1, 1, 1, 0])))(np.ones(3))
    assert found.tolist() == [1, 3, 0]


def test_scattering_undoes_gathering_of_each_place_once():
    places = [2, 0, 3, 1]
    taken = bl.gather(A, places)
    assert bl.scatter_add(taken, places, size=4).tolist() == A.tolist()


def test_placing_undoes_a_window():
    bounds = ((1, 2, 2), (0, 3, 1))
    part = bl.window(A, bounds=bounds)
    whole = bl.place(part, bounds=bounds, shape=(4, 3))
    assert whole[1::2].tolist() == A[1::2].tolist()
    assert whole[::2].tolist() == [[0] * 3] * 2


@pytest.mark.parametrize("place", [-1, 4])
def test_a_place_outside_is_an_error_of_the_data(place):
    with pytest.raises(DataError, match=f"place {place} is outside 0 to 3"):
        bl.gather(A, [0, place])
    with pytest.raises(DataError, match=f"place {place} is outside 0 to 3"):
        bl.scatter_add(np.ones(2), [0, place], size=4)
