import numpy as np
import pytest

import backlit as bl
from backlit.errors import DataError, OptionError
from backlit.train.plan import Plan
from backlit.train.resume import Options, forget_best, options_of, resumed
from backlit.train.state import TrainingState

PLAN = Plan(
    bl.SGD(bl.WarmUp(3, 0.1), momentum=0.5),
    epochs=7,
    batch_size=9,
    shuffle=False,
    seed=4,
    dtype="float32",
)


def test_run_that_is_resumed_keeps_what_decides_its_bits():
    options = options_of(PLAN, 50)
    assert options == Options(options.optimizer, 9, False, 4, "float32", 50)
    other = Plan(bl.Adam(), epochs=12, batch_size=32, metrics=("accuracy",), threads=2)
    assert resumed(other, options, 50) == Plan(
        bl.SGD(bl.WarmUp(3, 0.1), momentum=0.5),
        epochs=12,
        batch_size=9,
        shuffle=False,
        seed=4,
        metrics=("accuracy",),
        dtype="float32",
        threads=2,
    )


def test_other_number_of_samples_is_refused():
    with pytest.raises(DataError) as caught:
        resumed(PLAN, options_of(PLAN, 50), 40)
    assert str(caught.value) == (
        "training was on 50 samples, now there are 40; resume needs the same data and "
        "split"
    )


def test_options_that_describe_no_optimizer_are_refused():
    options = options_of(PLAN, 50)
    options.optimizer = {"kind": "Lion"}
    with pytest.raises(OptionError, match="unknown kind 'Lion'"):
        resumed(PLAN, options, 50)


def test_last_parameters_count_again_when_the_best_are_forgotten():
    state = TrainingState({"w": np.zeros(1)}, best={"w": np.ones(1)}, best_score=0.5)
    state.waited, state.best_epoch = 3, 2
    forget_best(state)
    assert state == TrainingState({"w": np.zeros(1)}, learning_rate=state.learning_rate)
    assert state.kept is state.parameters
