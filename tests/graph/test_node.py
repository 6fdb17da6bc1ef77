from __future__ import annotations

import copy

import numpy as np
import pytest

import backlit as bl
from backlit.errors import GraphError
from backlit.graph import Node, constant, input_node

X = input_node("x", (2, 3))


def test_a_node_cannot_be_changed():
    y = bl.sum(X, axis=0)
    with pytest.raises(AttributeError):
        y.shape = (2,)
    with pytest.raises(TypeError):
        y.attributes["axis"] = (1,)


def test_the_value_of_a_constant_cannot_be_changed():
    given = np.ones(3)
    node = constant(given)
    given[0] = 5
    assert node.attributes["value"].tolist() == [1, 1, 1]
    with pytest.raises(ValueError, match="read-only"):
        node.attributes["value"][0] = 2


def test_a_copy_is_the_node_itself():
    assert copy.deepcopy(X + 1).op is (X + 1).op
    assert copy.deepcopy(X) is X


@pytest.mark.parametrize(
    ("written", "op", "shape", "dtype"),
    [
        (X + 1, "add", (2, 3), "float"),
        (1 + X, "add", (2, 3), "float"),
        (X - 1, "sub", (2, 3), "float"),
        (1 - X, "sub", (2, 3), "float"),
        (X * 2, "mul", (2, 3), "float"),
        (2 * X, "mul", (2, 3), "float"),
        (X / 2, "div", (2, 3), "float"),
        (2 / X, "div", (2, 3), "float"),
        (X**2, "pow", (2, 3), "float"),
        (2**X, "pow", (2, 3), "float"),
        (-X, "neg", (2, 3), "float"),
        (abs(X), "abs", (2, 3), "float"),
        (X @ np.ones(3), "contract", (2,), "float"),
        (np.ones(2) @ X, "contract", (3,), "float"),
        (X > 0, "greater", (2, 3), "bool"),
        (X >= 0, "greater_equal", (2, 3), "bool"),
        (X < 0, "less", (2, 3), "bool"),
        (X <= 0, "less_equal", (2, 3), "bool"),
        (X.T, "transpose", (3, 2), "float"),
        (X[0], "reshape", (3,), "float"),
        (np.ones(3) * X, "mul", (2, 3), "float"),
        (np.float64(2) - X, "sub", (2, 3), "float"),
    ],
)
def test_python_operators_build_nodes(written, op, shape, dtype):
    assert (written.op.name, written.shape, written.dtype) == (op, shape, dtype)


def test_a_node_has_no_truth_value():
    with pytest.raises(GraphError, match="write where"):
        bool(X > 0)


def test_a_matrix_is_gone_through_by_rows_and_a_scalar_is_not():
    assert [row.shape for row in X] == [(3,), (3,)]
    with pytest.raises(GraphError, match="scalar node has no elements"):
        list(input_node("s", ()))


def test_a_node_shows_its_name_or_operation_with_its_type():
    assert repr(X) == "<x: float[2,3]>"
    assert repr(X > 0) == "<greater: bool[2,3]>"


def test_equality_is_identity():
    assert X == X  # noqa: PLR0124 - identity is what is tested
    assert input_node("x", (2, 3)) != X
    assert isinstance(bl.equal(X, X), Node)
