from math import cos, pi

import pytest

import backlit as bl
from backlit.errors import OptionError
from backlit.graph import Graph, input_node
from backlit.interpret import Program
from backlit.update.schedules import InverseScaling, scheduled


def rates(schedule, steps, dtype="f8"):
    """Return the learning rate in each step, as the graph computes it."""
    step = input_node("step", ())
    program = Program(Graph({"step": step}, {"rate": schedule.rate(step)}), dtype)
    return [float(program({"step": float(n)})["rate"]) for n in steps]


COSINE = [0.1 + 0.4 * (1 + cos(pi * n / 10)) / 2 for n in range(11)]

BY_HAND = [
    (bl.Constant(0.3), {1: 0.3, 2: 0.3, 10**6: 0.3}),
    (
        bl.Step(0.8, every=3, factor=0.5),
        {1: 0.8, 2: 0.8, 3: 0.8, 4: 0.4, 6: 0.4, 7: 0.2, 301: 0.8 * 0.5**100},
    ),
    (bl.Step(1, every=1), {1: 1, 2: 0.1, 3: 0.01}),
    (
        bl.Exponential(0.5, 0.9),
        {1: 0.5, 2: 0.45, 3: 0.405, 1001: 0.5 * 0.9**1000},
    ),
    (
        bl.Cosine(0.5, steps=10, final=0.1),
        {1: 0.5, 2: COSINE[1], 6: 0.3, 10: COSINE[9], 11: 0.1, 12: 0.1, 9999: 0.1},
    ),
    (bl.Cosine(0.5, steps=1), {1: 0.5, 2: 0, 3: 0}),
    (
        bl.WarmUp(4, bl.Constant(0.8)),
        {1: 0.2, 2: 0.4, 3: 0.6, 4: 0.8, 5: 0.8, 1000: 0.8},
    ),
    (bl.WarmUp(1, bl.Constant(0.8)), {1: 0.8, 2: 0.8}),
    (
        bl.WarmUp(2, bl.Step(0.4, every=2, factor=0.5)),
        {1: 0.2, 2: 0.4, 3: 0.4, 4: 0.4, 5: 0.2, 6: 0.2, 7: 0.1},
    ),
    (
        bl.WarmUp(5, bl.Cosine(0.5, steps=10, final=0.1)),
        {1: 0.1, 2: 0.2, 5: 0.5, 6: 0.5, 7: COSINE[1], 15: COSINE[9], 16: 0.1, 99: 0.1},
    ),
    (
        bl.WarmUp(2, bl.WarmUp(2, bl.Constant(0.8))),
        {1: 0.2, 2: 0.4, 3: 0.4, 4: 0.8, 5: 0.8},
    ),
    (InverseScaling(0.4), {1: 0.4, 4: 0.2, 16: 0.1, 10**4: 0.004}),
    (
        InverseScaling(0.6, power=1, every=3, scale=2),
        {1: 0.6, 3: 0.6, 4: 0.2, 6: 0.2, 7: 0.12},
    ),
    (bl.WarmUp(2000, bl.Exponential(0.5, 0.5)), {1: 0.00025, 2000: 0.5, 2002: 0.25}),
]


@pytest.mark.parametrize(("schedule", "expected"), BY_HAND, ids=lambda x: repr(x)[:60])
def test_rate_is_that_of_the_formula_in_every_step(schedule, expected):
    found = rates(schedule, expected)
    assert found == pytest.approx(list(expected.values()), rel=1e-12, abs=1e-16)
    assert rates(schedule, expected, "f4") == pytest.approx(found, rel=1e-4, abs=1e-8)


def test_number_is_a_constant_schedule():
    assert scheduled("learning_rate", 0.3) == bl.Constant(0.3)
    assert bl.WarmUp(3, 0.3) == bl.WarmUp(3, bl.Constant(0.3))
    assert scheduled("learning_rate", bl.Step(1, 2)) == bl.Step(1, 2)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: bl.Constant(0), "initial=0; it must be a positive number"),
        (lambda: bl.Constant("0.1"), "initial='0.1'; it must be a positive number"),
        (lambda: bl.Step(0.1, every=0), "every=0; it must be a whole number ≥ 1"),
        (lambda: bl.Step(0.1, every=2.5), "every=2.5; it must be a whole number ≥ 1"),
        (lambda: bl.Step(0.1, 2, factor=-1), "factor=-1; it must be a positive"),
        (lambda: bl.Exponential(0.1, 0), "decay=0; it must be a positive number"),
        (lambda: bl.Exponential(float("inf"), 1), "initial=inf; it must be a positive"),
        (lambda: bl.Cosine(0.1, 0), "steps=0; it must be a whole number ≥ 1"),
        (lambda: bl.Cosine(0.1, 9, final=-1), "final=-1; it must be 0 or a positive"),
        (lambda: bl.Cosine(0.1, 9, final=float("nan")), "final=nan; it must be 0 or a"),
        (lambda: InverseScaling(0.1, -1), "power=-1; it must be a positive number"),
        (lambda: InverseScaling(0.1, 1, 0), "every=0; it must be a whole number"),
        (lambda: bl.WarmUp(-1, 0.1), "steps=-1; it must be a whole number ≥ 1"),
        (lambda: bl.WarmUp(3, -0.1), "then=-0.1; it must be a positive number"),
        (lambda: bl.WarmUp(3, "cosine"), "then='cosine'; it must be a positive"),
    ],
)
def test_option_outside_its_range_is_refused(build, message):
    with pytest.raises(OptionError) as caught:
        build()
    assert str(caught.value).startswith(message)
