from functools import partial

import numpy as np
import pytest

import backlit as bl
from backlit.errors import NonFiniteError
from backlit.network.architecture import Architecture
from backlit.train.fit import fit
from backlit.train.plan import Plan as AnyPlan
from backlit.train.samples import samples
from backlit.train.state import TrainingState
from backlit.train.step import one_step, start, step

Plan = partial(AnyPlan, executor="interpret")  # the loop in Python
X = np.random.default_rng(0).normal(size=(10, 3))
REGRESSION = Architecture(3, [bl.Dense(1)])
LINE = samples(REGRESSION, X, X @ [1, -2, 0.5] + 3)


def fresh(architecture=REGRESSION):
    return TrainingState(architecture.initial(0))


def test_step_on_rows_is_a_step_on_a_table_of_those_rows():
    plan, rows = Plan(bl.Adam(0.1)), np.array([7, 2, 5])
    part, whole = fresh(), fresh()
    start(REGRESSION, whole, plan)
    found = step(REGRESSION, whole, LINE, plan, rows)
    picked = samples(REGRESSION, LINE.X[rows], LINE.T[rows])
    assert found == one_step(REGRESSION, part, picked, plan)
    for name in REGRESSION.shapes:
        assert (whole.parameters[name] == part.parameters[name]).all()


def test_step_counts_and_leaves_the_arrays_it_was_given():
    state = fresh()
    before = state.parameters["dense1.weight"]
    kept = before.copy()
    error = one_step(REGRESSION, state, LINE, Plan(bl.SGD(bl.Step(0.5, 1, 0.5))))
    assert (state.step, state.batch, state.seen) == (1, 1, 10)
    assert state.loss_sum == error * 10
    assert state.learning_rate == 0.5
    assert (before == kept).all()
    one_step(REGRESSION, state, LINE, Plan(bl.SGD(bl.Step(0.5, 1, 0.5))))
    assert (state.step, state.learning_rate) == (2, 0.25)


def test_start_makes_state_of_zeros_once_and_in_the_precision_of_the_run():
    state, plan = fresh(), Plan(bl.Adam(), dtype="float32")
    start(REGRESSION, state, plan)
    assert {a.dtype for a in state.optimizer.values()} == {np.dtype("f4")}
    assert {a.dtype for a in state.parameters.values()} == {np.dtype("f4")}
    assert not any(a.any() for a in state.optimizer.values())
    one_step(REGRESSION, state, LINE, plan)
    kept = dict(state.optimizer)
    start(REGRESSION, state, plan)
    assert state.optimizer == kept


@pytest.mark.parametrize("clip", [{}, {"clip_value": 1.0}, {"clip_norm": 1.0}])
def test_infinite_gradient_stops_training_also_where_clipping_would_hide_it(clip):
    a = Architecture(1, [bl.Dense(1, "sqrt", "zeros")])
    data = samples(a, [[1.0], [2.0]], [1.0, 2.0])
    state = fresh(a)
    with pytest.raises(NonFiniteError, match=r"grad\.dense1\.sum\[0\] became -inf for"):
        fit(a, state, data, Plan(bl.SGD(0.1, **clip)))
    assert state.step == 0


def test_one_step_that_is_not_finite_changes_nothing():
    state = fresh(REGRESSION)
    data = samples(REGRESSION, [[1e200, 0, 0]], [0.0])
    with pytest.raises(NonFiniteError, match=r"E\.sample became inf for sample 0"):
        one_step(REGRESSION, state, data, Plan(bl.SGD(0.1)))
    assert state.step == 0
    assert (
        state.parameters["dense1.weight"] == REGRESSION.initial(0)["dense1.weight"]
    ).all()
