import numpy as np

import backlit as bl
from backlit.network.architecture import Architecture
from backlit.train.evaluate import evaluated
from backlit.train.interpreted import Interpreted
from backlit.train.measures import Measure
from backlit.train.plan import Plan
from backlit.train.samples import samples
from backlit.train.state import TrainingState
from backlit.train.step import start

RANDOM = np.random.default_rng(0)
A = Architecture(3, [bl.Dense(2, "tanh"), bl.Dense(1)])
X = RANDOM.normal(size=(10, 3))
DATA = samples(A, X, X[:, 0])
PLAN = Plan(bl.Adam(0.1), batch_size=4, executor="interpret")


def run():
    state = TrainingState(A.initial(0))
    start(A, state, PLAN)
    return Interpreted(A, state, DATA, PLAN)


def test_a_stretch_is_an_epoch_that_is_still_to_be_closed():
    training = run()
    stretch = training.advance()
    state = training.state
    assert (state.step, state.batch, state.epoch, state.seen) == (3, 3, 0, 10)
    (row,) = stretch.rows
    assert row["loss"] == state.loss_sum / 10
    assert stretch.changes == training.back(1)
    vars(state).update(stretch.changes)
    assert (state.step, state.batch, state.epoch, state.seen) == (3, 0, 1, 0)


def test_what_is_left_of_an_epoch_is_what_a_stretch_does():
    whole, part = run(), run()
    whole.advance()
    part.advance()
    part.state.parameters = dict(whole.state.parameters)
    before = {n: p.copy() for n, p in part.state.parameters.items()}
    part.advance()  # every batch is done
    assert all((part.state.parameters[n] == p).all() for n, p in before.items())


def test_predictions_and_error_are_of_the_parameters_at_the_end():
    training = run()
    training.advance()
    measure = Measure(A, DATA, (), lambda *_: {})
    ((predictions, errors),) = training.evaluated(measure, 1)
    y, e = evaluated(A, training.parameters(0), DATA)
    assert predictions.shape == (1, 10, 1)
    assert (predictions[0] == y).all()
    assert errors.tolist() == [e]
