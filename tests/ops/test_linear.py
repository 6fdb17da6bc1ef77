from __future__ import annotations

import numpy as np
import pytest

import backlit as bl
from backlit.errors import ShapeError
from backlit.graph import input_node

RANDOM = np.random.default_rng(0)


def test_a_known_product():
    assert bl.matmul([[1, 2], [3, 4]], [[5, 6], [7, 8]]).tolist() == [
        [19, 22],
        [43, 50],
    ]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((3,), (3,)),
        ((2, 3), (3,)),
        ((3,), (3, 4)),
        ((5, 2, 3), (3, 4)),
        ((2, 3), (5, 3, 4)),
        ((5, 2, 3), (3,)),
        ((3,), (5, 3, 4)),
        ((7, 5, 2, 3), (5, 3, 4)),
        ((5, 2, 3), (7, 5, 3, 4)),
        ((1, 2, 3), (5, 3, 4)),
        ((7, 1, 2, 3), (1, 5, 3, 4)),
        ((0, 3), (3, 4)),
        ((2, 0), (0, 4)),
        ((0, 2, 3), (3, 4)),
    ],
)
def test_batches_follow_the_rules_of_numpy(a, b):
    x, y = RANDOM.normal(size=a), RANDOM.normal(size=b)
    np.testing.assert_allclose(bl.matmul(x, y), x @ y, rtol=1e-13)
    assert (input_node("x", a) @ input_node("y", b)).shape == (x @ y).shape


def test_an_operand_repeated_over_batches_gets_the_sum():
    a, b = RANDOM.normal(size=(5, 2, 3)), RANDOM.normal(size=(1, 3, 4))
    found = bl.grad(lambda a, b: bl.sum(a @ b), 1)(a, b)
    expected = a.sum((0, 1))[:, None] * np.ones((3, 4))
    np.testing.assert_allclose(found, expected[None], rtol=1e-13)


@pytest.mark.parametrize(
    "spec",
    ["ik,kj->ij", "ik,kj->ji", "ki,kj->ij", "ik,jk->ij", "bi,bj->bij", "ij,ij->"],
)
def test_contractions_are_those_of_einsum(spec):
    a, b = RANDOM.normal(size=(3, 3)), RANDOM.normal(size=(3, 3))
    np.testing.assert_allclose(
        bl.contract(a, b, spec=spec), np.einsum(spec, a, b), rtol=1e-12
    )


def test_a_wrong_product_says_which_axes_should_be_equal():
    with pytest.raises(ShapeError) as caught:
        bl.matmul(np.ones((2, 3)), np.ones((4, 5)))
    assert "axis 1 of the first has length 3, axis 0 of the second 4" in str(
        caught.value
    )
