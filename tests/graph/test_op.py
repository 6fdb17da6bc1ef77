from __future__ import annotations

import copy
import inspect
import pickle

import numpy as np
import pytest

import backlit as bl
from backlit.errors import BacklitError, DtypeError, GraphError, ShapeError
from backlit.graph import OPS, Node, constant, input_node

X = input_node("x", (2, 3))
WHOLE = input_node("whole", (3,), "int")
TRUE = input_node("true", (3,), "bool")


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (
            lambda: bl.add(X, input_node("y", (4,))),
            ShapeError,
            (
                "add(float[2,3], float[4]): the shapes do not broadcast; each axis, "
                "counted from the last, must have equal lengths or length 1"
            ),
        ),
        (
            lambda: X @ X,
            ShapeError,
            (
                "matmul: contract(float[2,3], float[2,3]): axis 1 of the first has "
                "length 3, axis 0 of the second 2; they are multiplied and summed, "
                "so they must be equal"
            ),
        ),
        (
            lambda: bl.mse(X, input_node("t", (2, 4))),
            ShapeError,
            (
                "mse: sub(float[2,3], float[2,4]): the shapes do not broadcast; each "
                "axis, counted from the last, must have equal lengths or length 1"
            ),
        ),
        (
            lambda: bl.where(X, 1.0, 0.0),
            DtypeError,
            "where: needs bool where float[2,3] came; compare, as in x > 0",
        ),
        (
            lambda: bl.gather(X, [0.5]),
            DtypeError,
            "gather: needs int where float[1] came; give integers",
        ),
        (lambda: bl.tanh(X, X), GraphError, "tanh takes 1 input (x), got 2"),
        (
            lambda: bl.sum(X, 0),
            GraphError,
            "sum takes 1 input (x), got 2; axis, keepdims must be given by name",
        ),
        (
            lambda: bl.sum(X, axes=0),
            GraphError,
            "sum has no attribute 'axes'; it has: axis, keepdims",
        ),
        (
            lambda: bl.tanh(X, axis=0),
            GraphError,
            "tanh has no attribute 'axis'; it has: none",
        ),
        (
            lambda: bl.tanh("text"),
            DtypeError,
            "numbers are needed, got <U4; convert the data to floats first",
        ),
        (
            lambda: bl.sum([[1.0], [2.0, 3.0]]),
            DtypeError,
            "rows of different lengths do not make an array",
        ),
        (
            lambda: bl.sum([X, X]),
            DtypeError,
            "a list of nodes is no array; concatenate them, or pass arrays",
        ),
    ],
)
def test_a_mistake_names_the_operation_what_came_and_what_is_needed(
    build, error, message
):
    with pytest.raises(error) as caught:
        build()
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "build",
    [
        lambda: bl.sum(X, axis="rows"),
        lambda: bl.sum(X, axis=0.5),
        lambda: bl.clip(X, low=0),
        lambda: bl.clip(X, low="a", high=1),
        lambda: bl.reshape(X, shape="wide"),
        lambda: bl.reshape(X),
        lambda: bl.reshape(X, shape=(-1, -1)),
        lambda: bl.transpose(X, axes=0),
        lambda: bl.contract(X, X, spec="ij"),
        lambda: bl.contract(X, X, spec="ij,ij->k"),
        lambda: bl.broadcast_to(X, shape=None),
        lambda: bl.window(X, bounds=3),
        lambda: bl.gather(X, [0], axis=7),
        lambda: bl.concatenate(X, axis=2),
        lambda: bl.softmax(X, axis="rows"),
        bl.concatenate,
    ],
)
def test_nonsense_as_an_attribute_is_refused_in_one_line(build):
    with pytest.raises(BacklitError) as caught:
        build()
    assert "\n" not in str(caught.value)


def test_attributes_are_kept_as_plain_tuples_and_numbers():
    assert bl.sum(X, axis=[np.int64(-1)]).attributes["axis"] == (1,)
    assert bl.reshape(X, shape=[3, np.int64(2)]).attributes["shape"] == (3, 2)
    assert bl.reshape(X, shape=6).attributes["shape"] == (6,)
    assert bl.broadcast_to(X, shape=np.array([1, 2, 3])).attributes["shape"] == (
        1,
        2,
        3,
    )
    assert bl.transpose(X, axes=[-1, 0]).attributes["axes"] == (1, 0)
    assert bl.contract(X, X, spec="ij, kj -> ik").attributes["spec"] == "ij,kj->ik"
    assert bl.concatenate(X, X, axis=np.int64(-1)).attributes["axis"] == 1


def test_integers_and_truth_values_become_floats_where_floats_are_needed():
    for node in (WHOLE, TRUE):
        total = node + 1.5
        assert total.dtype == "float"
        assert total.inputs[0].op is OPS["to_float"]


def test_moving_keeps_the_dtype():
    assert WHOLE[1:].dtype == "int"
    assert bl.reshape(TRUE, shape=(3, 1)).dtype == "bool"
    assert bl.where(TRUE[0], 1.0, 2.0).dtype == "float"
    assert bl.gather(WHOLE, [0, 0]).dtype == "int"


def test_a_bare_integer_is_a_float_and_an_array_of_integers_is_not():
    assert constant(2).dtype == "float"
    assert constant([2]).dtype == "int"
    assert constant(True).dtype == "bool"


def test_a_bare_integer_is_a_place_where_places_are_needed():
    assert bl.gather(X, 1).shape == (3,)
    assert bl.gather(np.arange(3.0), 1) == 1


def test_arrays_are_computed_at_once_in_the_precision_they_have():
    single = np.ones(3, np.float32)
    assert bl.add(single, single).dtype == np.float32
    assert bl.mul(single, 2.0).dtype == np.float32
    assert bl.huber(single, 0.5).dtype == np.float32
    assert bl.add(single, np.ones(3)).dtype == np.float64
    assert bl.add([1, 2], 3).tolist() == [4.0, 5.0]


def test_eager_calls_agree_with_the_operators_of_numpy():
    a, b = np.arange(6.0).reshape(2, 3), np.arange(3.0)
    assert bl.matmul(a, b).tolist() == (a @ b).tolist()
    assert isinstance(bl.add(a, b), np.ndarray)


def test_an_operation_is_copied_and_pickled_by_name():
    assert copy.deepcopy(bl.tanh) is bl.tanh
    assert pickle.loads(pickle.dumps(bl.tanh)) is bl.tanh  # noqa: S301 - own data


def test_help_shows_the_function_that_the_record_is_made_of():
    assert bl.tanh.__doc__ == "Return the hyperbolic tangent of each element."
    assert bl.tanh.__name__ == "tanh"
    assert bl.clip.options == ("low", "high")
    assert repr(bl.clip) == "<op clip>"
    assert (
        str(inspect.signature(bl.elu))
        == "(x: 'Array', *, alpha: 'float' = 1.0) -> 'Array'"
    )
    assert bl.add.parameters == ("a", "b")


def test_empty_arrays_have_shapes_like_others():
    none = input_node("none", (0, 3))
    assert bl.sum(none, axis=0).shape == (3,)
    assert (none @ X.T).shape == (0, 2)
    assert bl.concatenate(none, X).shape == (2, 3)
    assert bl.reshape(none, shape=(3, -1)).shape == (3, 0)
    with pytest.raises(ShapeError, match="no elements have no largest one"):
        bl.max(none, axis=0)
    assert isinstance(bl.max(none, axis=1), Node)
