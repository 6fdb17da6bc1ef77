from __future__ import annotations

import numpy as np
import pytest

import backlit as bl
from backlit.errors import ShapeError
from backlit.graph import input_node

A = np.arange(6.0).reshape(2, 3)


def test_transposing_turns_axes_around():
    assert bl.transpose(A).tolist() == A.T.tolist()
    x = np.arange(24.0).reshape(2, 3, 4)
    assert bl.transpose(x, axes=(-1, 0, 1)).shape == (4, 2, 3)


def test_minus_one_fits_itself():
    assert bl.reshape(A, shape=-1).shape == (6,)
    assert bl.reshape(A, shape=(3, -1)).tolist() == [[0, 1], [2, 3], [4, 5]]
    assert bl.reshape(np.zeros((0, 3)), shape=-1).shape == (0,)


@pytest.mark.parametrize("shape", [(4,), (-1, 4), (-2, 3), (-1, -1)])
def test_a_shape_that_does_not_fit_is_refused(shape):
    with pytest.raises(ShapeError, match="6 elements do not fill the shape"):
        bl.reshape(A, shape=shape)


def test_broadcasting_repeats_and_its_derivative_sums():
    found = bl.grad(lambda x: bl.sum(bl.broadcast_to(x, shape=(4, 2, 3))))(
        np.ones((2, 1))
    )
    assert found.tolist() == [[12], [12]]


def test_arrays_are_joined_along_any_axis():
    assert bl.concatenate(A, A, axis=0).shape == (4, 3)
    assert bl.concatenate(A, A[:, :1], axis=-1).tolist() == [[0, 1, 2, 0], [3, 4, 5, 3]]
    assert bl.concatenate(A, np.zeros((2, 0)), axis=1).tolist() == A.tolist()


def test_each_joined_array_gets_its_own_part_of_the_cotangent():
    weights = np.array([1.0, 2.0, 3.0])
    a, b = bl.grad(
        lambda a, b: bl.sum(bl.concatenate(a, b, axis=-1) * weights), (0, 1)
    )(np.ones((2, 1)), np.ones((2, 2)))
    assert a.tolist() == [[1], [1]]
    assert b.tolist() == [[2, 3], [2, 3]]


def test_a_list_of_arrays_to_join_is_one_array_by_itself():
    """NumPy takes a list here; backlit takes the arrays one by one."""
    assert bl.concatenate([[1.0], [2.0]]).tolist() == [[1.0], [2.0]]
    with pytest.raises(TypeError, match="a list of nodes is no array; concatenate"):
        bl.concatenate([input_node("a", (2,)), input_node("b", (2,))])
