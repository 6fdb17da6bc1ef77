import numpy as np
import pytest

import backlit as bl
from backlit.errors import DataError
from backlit.network.architecture import Architecture
from backlit.train.evaluate import measure
from backlit.train.fit import fit
from backlit.train.measures import Measure, measures
from backlit.train.metrics import METRICS
from backlit.train.plan import Plan
from backlit.train.samples import samples
from backlit.train.state import TrainingState

RANDOM = np.random.default_rng(0)
A = Architecture(3, [bl.Dense(4, "tanh"), bl.Dense(12)], "cross_entropy", l2=0.1)
X = RANDOM.normal(size=(40, 3))
DATA = samples(A, X, RANDOM.integers(12, size=40), RANDOM.uniform(0.1, 2, 40))
HELD = samples(A, X[:9] + 1, RANDOM.integers(12, size=9))


def test_what_a_plan_asks_for_is_in_the_order_of_the_columns():
    own = Measure(A, HELD, ("mine",), lambda _, e: {"mine": e.tolist()})
    plan = Plan(bl.SGD(0.1), metrics=("accuracy", "mae"), measures=(own,))
    found = measures(A, DATA, plan, HELD)
    assert [m.names for m in found] == [
        ("accuracy", "mae"),
        ("validation_loss", "validation_accuracy", "validation_mae"),
        ("mine",),
    ]
    assert [m.data is DATA for m in found] == [True, False, False]
    assert measures(A, DATA, Plan(bl.SGD(0.1)), None) == []


def test_metrics_of_many_epochs_are_those_of_each_to_the_bit():
    names = tuple(METRICS)
    (found,) = measures(A, DATA, Plan(bl.SGD(0.1), metrics=names), None)
    for rounded in (0, 3):  # also where scores are the same
        y = RANDOM.dirichlet(np.full(12, 0.3), size=(33, 40)).round(rounded or 9)
        columns = found.values(y, np.zeros(33))
        for n in range(33):
            each = measure(names, DATA.T, y[n], DATA.weight)
            assert {m: columns[m][n] for m in names} == each


def test_metric_that_does_not_fit_the_targets_is_refused_before_training():
    a = Architecture(3, [bl.Dense(1)])
    data = samples(a, X, 5 * X[:, 0])
    state = TrainingState(a.initial(0))
    with pytest.raises(DataError, match="which are no classes"):
        fit(a, state, data, Plan(bl.SGD(0.1), metrics=("accuracy",)))
    assert state.step == 0


@pytest.mark.parametrize("executor", ["native", "interpret"])
def test_measure_of_ones_own_becomes_a_column(executor):
    plain = Architecture(3, A.layers, A.loss)

    def values(predictions, errors):
        return {"size": [y.size for y in predictions], "plain": errors}

    own = Measure(plain, HELD, ("size", "plain"), values)
    plan = Plan(bl.SGD(0.1), epochs=5, measures=(own,), executor=executor)
    state = TrainingState(A.initial(0))
    fit(A, state, DATA, plan, HELD)
    history = state.history
    assert history.column("size") == [9 * 12] * 5
    without, penalised = history.column("plain"), history.column("validation_loss")
    assert all(0 < a < b for a, b in zip(without, penalised, strict=True))
