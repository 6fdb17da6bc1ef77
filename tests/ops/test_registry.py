"""Every operation on every sample, and proof that the checks can fail.

A new operation is tested by being recorded; nothing is to be added here.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from records import (
    check_error,
    check_float32,
    check_forward,
    check_record,
    check_textbook,
    check_types,
    check_vjp,
)

import backlit as bl
from backlit.errors import GraphError
from backlit.graph import OPS
from backlit.graph.op import Draw, Op, Sample

SAMPLES = [
    pytest.param(op, sample, id=f"{op.name}-{n}")
    for op in OPS.values()
    for n, sample in enumerate(op.samples)
    if not sample.error
]
ERRORS = [
    pytest.param(op, sample, id=f"{op.name}-{n}")
    for op in OPS.values()
    for n, sample in enumerate(op.samples)
    if sample.error
]
TEXTBOOK = [
    pytest.param(*case.values, id=case.id)
    for case in SAMPLES
    if case.values[0].textbook
]


@pytest.mark.parametrize("op", OPS.values(), ids=lambda op: op.name)
def test_record_is_complete(op):
    check_record(op)


@pytest.mark.parametrize(("op", "sample"), SAMPLES)
def test_value_is_the_independent_reference(op, sample):
    check_forward(op, sample)


@pytest.mark.parametrize(("op", "sample"), SAMPLES)
def test_shapes_and_dtypes_are_as_claimed(op, sample):
    check_types(op, sample)


@pytest.mark.parametrize(("op", "sample"), SAMPLES)
def test_float32_stays_float32_and_near_float64(op, sample):
    check_float32(op, sample)


@pytest.mark.parametrize(("op", "sample"), SAMPLES)
def test_derivatives_of_order_1_and_2_are_those_of_differences(op, sample):
    check_vjp(op, sample)


@pytest.mark.parametrize(("op", "sample"), TEXTBOOK)
def test_derivative_is_the_textbook_one(op, sample):
    check_textbook(op, sample)


@pytest.mark.parametrize(("op", "sample"), ERRORS)
def test_wrong_arguments_raise_their_message(op, sample):
    check_error(op, sample)


@pytest.mark.parametrize("op", OPS.values(), ids=lambda op: op.name)
def test_a_wrong_number_of_inputs_is_refused(op):
    if op.name != "concatenate":
        with pytest.raises(GraphError, match=f"{op.name} takes .* got 4"):
            op(1.0, 2.0, 3.0, 4.0)
    with pytest.raises(GraphError, match=f"{op.name} has no attribute 'colour'"):
        op(*[1.0] * len(op.parameters), colour=1)


# The canary: records that are wrong by a thousandth do not pass

LINE = Sample((Draw((4,)),))
TANH = OPS["tanh"]


def spoilt(op: Op, **fields) -> Op:
    return dataclasses.replace(op, **fields)


def slightly_wrong_square():
    """A square with a right value and a derivative that is 0.1 % wrong."""
    return spoilt(OPS["square"], vjp=lambda g, _, x: (g * 2.002 * x,))


WRONG = {
    "value": (check_forward, spoilt(TANH, function=lambda x: 1.001 * np.tanh(x))),
    "definition": (check_forward, spoilt(TANH, notation="1.001*tanh(x)")),
    "first derivative": (
        check_vjp,
        spoilt(TANH, vjp=lambda g, y, _: (g * (1 - bl.square(y)) * 1.001,)),
    ),
    "second derivative": (
        check_vjp,
        spoilt(TANH, vjp=lambda g, y, _: (g * (1 - slightly_wrong_square()(y)),)),
    ),
    "missing derivative": (check_vjp, spoilt(TANH, vjp=lambda *_: (None,))),
    "derivative against textbook": (
        check_textbook,
        spoilt(TANH, vjp=lambda g, y, _: (g * (1 - bl.square(y)) * 1.001,)),
    ),
    "textbook": (check_textbook, spoilt(TANH, textbook=("1.001*(1 - tanh(x)**2)",))),
    "shape": (check_types, spoilt(TANH, shape=lambda shape: (1, *shape))),
    "dtype": (check_types, spoilt(TANH, gives="bool")),
    "precision": (
        check_float32,
        spoilt(TANH, function=lambda x: np.tanh(x.astype("f8"))),
    ),
    "docstring": (lambda op, _: check_record(op), spoilt(TANH, function=lambda x: x)),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_record_that_is_slightly_wrong_does_not_pass(name):
    check, op = WRONG[name]
    with pytest.raises(AssertionError):
        check(op, LINE)


def test_the_wrong_second_derivative_is_right_at_first_order():
    _, op = WRONG["second derivative"]
    check_textbook(op, LINE)


@pytest.mark.parametrize("position", range(2))
def test_each_of_two_derivatives_is_checked_by_itself(position):
    def vjp(g, _, a, b):
        parts = [g * b, g * a]
        parts[position] = parts[position] * 1.001
        return tuple(parts)

    wrong = spoilt(OPS["mul"], vjp=vjp)
    with pytest.raises(AssertionError):
        check_vjp(wrong, Sample((Draw((4,)), Draw((4,)))))


@pytest.mark.parametrize("name", ["element", "reference"])
def test_a_wrong_oracle_of_a_contraction_does_not_pass(name):
    transposed = {
        "element": lambda index, a, b, spec: OPS["contract"].element(
            index[::-1], a, b, spec=spec
        ),
        "reference": "np.einsum(spec, a, b)*1.001",
    }
    wrong = spoilt(OPS["contract"], **{name: transposed[name]})
    square = Sample((Draw((2, 2)), Draw((2, 2))), {"spec": "ik,kj->ij"})
    with pytest.raises(AssertionError):
        check_forward(wrong, square)
