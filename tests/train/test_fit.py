import os
import signal
import subprocess
import sys
import textwrap
import time
from copy import deepcopy
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

import backlit as bl
from backlit.errors import NonFiniteError, OptionError
from backlit.network.architecture import Architecture
from backlit.train import fit as module
from backlit.train import interpreted
from backlit.train import step as stepping
from backlit.train.fit import fit
from backlit.train.plan import Plan as AnyPlan
from backlit.train.samples import Samples, hold_out, samples
from backlit.train.state import TrainingState
from backlit.train.step import one_step
from backlit.train.stopping import EarlyStopping
from backlit.update.optimizers import named

Plan = partial(AnyPlan, executor="interpret")  # the loop in Python
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(50, 3))
CLASSES = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0.5)
A = Architecture(3, [bl.Dense(5, "tanh"), bl.Dense(3)], "cross_entropy", l2=0.01)
DATA = samples(A, X, CLASSES, RANDOM.uniform(0.5, 2, 50))
TRAIN, HELD = hold_out(DATA, 0.2, 0)
PLAN = Plan(
    bl.Adam(bl.WarmUp(3, bl.Exponential(0.05, 0.99)), clip_norm=0.5),
    epochs=6,
    batch_size=12,
    metrics=("accuracy", "roc_auc"),
)

REGRESSION = Architecture(3, [bl.Dense(1)])
LINE = samples(REGRESSION, X, X @ [1, -2, 0.5] + 3)


def start(architecture=A, seed=0):
    return TrainingState(architecture.initial(seed))


def trained(plan=PLAN, data=TRAIN, held=HELD, architecture=A, state=None):
    state = state or start(architecture)
    fit(architecture, state, data, plan, held)
    return state


def assert_same_bits(a, b):
    """Check that two states are the same, seconds of the history excepted."""
    for arrays in ("parameters", "optimizer", "best"):
        ours, theirs = getattr(a, arrays), getattr(b, arrays)
        assert ours.keys() == theirs.keys()
        for name, value in ours.items():
            assert value.dtype == theirs[name].dtype
            assert value.tobytes() == theirs[name].tobytes(), name
    for name in (
        *("step", "epoch", "batch", "loss_sum", "seen", "learning_rate"),
        *("best_score", "best_epoch", "waited"),
    ):
        assert repr(getattr(a, name)) == repr(getattr(b, name)), name
    untimed = [[{**r, "seconds": 0} for r in s.history] for s in (a, b)]
    assert untimed[0] == untimed[1]
    assert a.history.best_epoch == b.history.best_epoch


# Learning


@pytest.mark.parametrize("name", ["sgd", "nesterov", "adagrad", "rmsprop", "adam"])
def test_loss_falls_and_a_line_is_found(name):
    optimizer = replace(named(name), learning_rate=0.05)
    plan = Plan(optimizer, epochs=80, batch_size=10)
    state = trained(plan, LINE, None, REGRESSION)
    losses = state.history.column("loss")
    assert losses[0] > losses[10] > losses[-1]
    if name != "adagrad":
        found = [
            *state.parameters["dense1.weight"][0],
            *state.parameters["dense1.bias"],
        ]
        assert found == pytest.approx([1, -2, 0.5, 3], abs=0.1)


def test_history_has_a_row_for_each_epoch_with_every_column():
    history = trained().history
    assert history.stopped == "epochs"
    assert [list(row) for row in history] == 6 * [
        [
            *("epoch", "loss", "learning_rate", "accuracy", "roc_auc"),
            *(
                "validation_loss",
                "validation_accuracy",
                "validation_roc_auc",
                "seconds",
            ),
        ]
    ]
    assert history.column("epoch") == [1, 2, 3, 4, 5, 6]
    seconds = history.column("seconds")
    assert seconds == sorted(seconds)
    assert seconds[0] > 0


def test_loss_of_an_epoch_is_the_mean_over_its_samples():
    plan = replace(PLAN, shuffle=False, epochs=1)
    whole, each = start(), start()
    fit(A, whole, TRAIN, plan)
    errors = []
    for rows in (range(12), range(12, 24), range(24, 36), range(36, 40)):
        part = Samples(*(v[list(rows)] for v in (TRAIN.X, TRAIN.T, TRAIN.weight)))
        errors += [one_step(A, each, part, plan)] * len(rows)
    assert whole.history[0]["loss"] == pytest.approx(np.mean(errors), rel=1e-14)
    assert all((whole.parameters[n] == each.parameters[n]).all() for n in A.shapes)


def test_metrics_are_of_the_parameters_at_the_end_of_the_epoch():
    state = trained()
    a, p = A, state.parameters
    hidden = np.tanh(TRAIN.X @ p["dense1.weight"].T + p["dense1.bias"])
    logits = hidden @ p["dense2.weight"].T + p["dense2.bias"]
    right = logits.argmax(1) == TRAIN.T.argmax(1)
    expected = np.average(right, weights=TRAIN.weight)
    assert state.history[-1]["accuracy"] == pytest.approx(expected, rel=1e-12)
    assert a.outputs == 3


def test_learning_rate_of_the_history_is_that_of_the_last_step():
    rates = trained().history.column("learning_rate")
    assert rates[0] == pytest.approx(0.05)  # step 4 is the first after the rise
    assert rates[-1] == pytest.approx(0.05 * 0.99 ** (6 * 4 - 4))


def test_batches_are_taken_in_order_without_shuffling(monkeypatch):
    taken = record_batches(monkeypatch)
    trained(replace(PLAN, shuffle=False, epochs=2))
    assert [len(rows) for rows in taken] == [12, 12, 12, 4] * 2
    assert np.concatenate(taken).tolist() == [*range(40)] * 2


def test_every_epoch_takes_every_sample_in_an_order_of_its_own(monkeypatch):
    taken = record_batches(monkeypatch)
    trained(replace(PLAN, epochs=2))
    first, second = np.concatenate(taken[:4]), np.concatenate(taken[4:])
    assert sorted(first) == sorted(second) == [*range(40)]
    assert first.tolist() != second.tolist()


def record_batches(monkeypatch):
    taken = []
    take = Samples.take
    monkeypatch.setattr(
        Samples,
        "take",
        lambda self, rows: (taken.append(rows), take(self, rows))[1],
    )
    return taken


# The same again


def test_same_seed_same_bits_other_seed_other_bits():
    first = trained()
    assert_same_bits(first, trained())
    other = trained(replace(PLAN, seed=1))
    assert (
        other.parameters["dense1.weight"] != first.parameters["dense1.weight"]
    ).any()


@pytest.mark.parametrize("stop_at", [1, 3, 5])
def test_training_in_two_parts_is_training_in_one(stop_at):
    state = trained(replace(PLAN, epochs=stop_at))
    assert state.epoch == stop_at
    assert_same_bits(trained(state=state), trained())


STOPPING = replace(PLAN, epochs=40, early_stopping=EarlyStopping(4))
PLANS = pytest.mark.parametrize(
    "plan",
    [PLAN, STOPPING, replace(STOPPING, dtype="float32", optimizer=bl.SGD(0.3))],
    ids=["plain", "early stopping", "float32"],
)


@PLANS
@pytest.mark.parametrize("step", [0, 1, 2, 3, 4, 9, 15])
def test_ctrl_c_within_a_step_costs_nothing(plan, step, monkeypatch):
    assert_survives(plan, monkeypatch, stepping, "step_program", step)


@PLANS
@pytest.mark.parametrize("call", [0, 1, 2, 5])
@pytest.mark.parametrize("where", ["evaluated", "_measure", "judged"])
def test_ctrl_c_at_the_end_of_an_epoch_costs_nothing(plan, where, call, monkeypatch):
    if where == "judged" and plan is PLAN:
        return  # nothing is judged
    owner = interpreted if where == "evaluated" else module
    assert_survives(plan, monkeypatch, owner, where, call)


def assert_survives(plan, monkeypatch, owner, name, call):
    """Press Ctrl-C in the n-th call of a function, go on, and compare."""
    function, calls = getattr(owner, name), []

    def interrupted(*args, **options):
        calls.append(1)
        if len(calls) == call + 1:
            raise KeyboardInterrupt
        return function(*args, **options)

    expected = trained(plan)
    monkeypatch.setattr(owner, name, interrupted)
    state = trained(plan)
    assert state.history.stopped == "interrupted"
    assert len(state.history) == state.epoch < expected.epoch
    monkeypatch.undo()
    assert_same_bits(trained(plan, state=state), expected)
    assert state.history.stopped == expected.history.stopped


def test_ctrl_c_after_the_row_and_before_its_epoch_costs_nothing():
    class Rows(list):
        def extend(self, rows):
            super().extend(rows)
            if len(self) == 3:
                raise KeyboardInterrupt

    state = start()
    state.history.rows = Rows()
    trained(state=state)
    assert (state.history.stopped, state.epoch, len(state.history)) == (
        "interrupted",
        2,
        2,
    )
    state.history.rows = list(state.history.rows)
    assert_same_bits(trained(state=state), trained())


def test_ctrl_c_in_a_callback_costs_nothing():
    def press(state):
        if state.epoch == 2:
            raise KeyboardInterrupt

    state = trained(replace(PLAN, callbacks=(press,)))
    assert (state.history.stopped, state.epoch, len(state.history)) == (
        "interrupted",
        2,
        2,
    )
    assert_same_bits(trained(state=state), trained())


def test_ctrl_c_before_the_first_step_leaves_everything_as_it_was(monkeypatch):
    def press(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(stepping, "step_program", press)
    state = trained()
    assert (state.step, state.epoch, list(state.history)) == (0, 0, [])
    assert all((state.parameters[n] == p).all() for n, p in A.initial(0).items())


@pytest.mark.slow
def test_real_signal_at_any_moment_costs_nothing(tmp_path):
    code = """
        import sys
        import numpy as np
        import backlit as bl
        X = np.random.default_rng(0).normal(size=(300, 4))
        T = X @ [[1.0], [2.0], [-1.0], [0.5]]
        def run(net, **options):
            return net.fit(X, T, epochs=2000, batch_size=20, validation=0.2,
                           metrics=["r2"], early_stopping=2000,
                           executor="interpret", **options)
        net = bl.Network(4, [bl.Dense(8, "tanh"), bl.Dense(1)])
        ready = lambda s: s.epoch == 1 and print("ready", flush=True)
        history = run(net, callbacks=[ready])
        assert history.stopped == "interrupted", history.stopped
        seen = net.training.epoch, net.training.batch
        net.save(sys.argv[1])
        stop = {"callbacks": [lambda s: s.epoch >= seen[0] + 5]}
        run(net, resume=True, **stop)
        whole = bl.Network(4, [bl.Dense(8, "tanh"), bl.Dense(1)])
        run(whole, **stop)
        again = bl.load(sys.argv[1])
        run(again, resume=True, **stop)
        for other in (net, again):
            a, b = other.training, whole.training
            assert (a.step, a.epoch, a.best_epoch) == (b.step, b.epoch, b.best_epoch)
            for x, y in ((a.parameters, b.parameters), (a.optimizer, b.optimizer),
                         (a.best, b.best), (other.parameters, whole.parameters)):
                assert all(x[n].tobytes() == y[n].tobytes() for n in y)
            rows = [[{**r, "seconds": 0} for r in s.history] for s in (a, b)]
            assert rows[0] == rows[1]
        print("same", *seen)
    """
    for delay in (0.05, 0.3):
        done = subprocess.Popen(  # noqa: S603
            [sys.executable, "-c", textwrap.dedent(code), str(tmp_path / "m")],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert done.stdout.readline() == "ready\n"
        time.sleep(delay)
        os.kill(done.pid, signal.SIGINT)
        output, errors = done.communicate(timeout=60)
        assert output.startswith("same"), errors


# Ends


def test_early_stopping_keeps_the_best_parameters():
    state = trained(replace(STOPPING, epochs=400, optimizer=bl.Adam(0.1)))
    losses = state.history.column("validation_loss")
    best = int(np.argmin(losses)) + 1
    assert state.history.stopped == "early stopping"
    assert state.epoch == best + 4 < 400
    assert state.history.best_epoch == state.best_epoch == best
    shorter = trained(replace(PLAN, epochs=best, optimizer=bl.Adam(0.1)))
    assert all((state.kept[n] == shorter.parameters[n]).all() for n in A.shapes)
    assert all((state.parameters[n] != state.best[n]).any() for n in A.shapes)


def test_early_stopping_watches_the_column_that_is_asked_for():
    rule = EarlyStopping(3, monitor="validation_accuracy")
    state = trained(replace(STOPPING, early_stopping=rule))
    scores = state.history.column("validation_accuracy")
    assert state.history.best_epoch == int(np.argmax(scores)) + 1


def test_column_that_there_will_not_be_is_refused_before_training():
    for monitor, held in (("val_loss", HELD), ("validation_loss", None), ("r2", HELD)):
        plan = replace(PLAN, early_stopping=EarlyStopping(monitor=monitor))
        state = start()
        with pytest.raises(OptionError, match=f"unknown column to monitor '{monitor}'"):
            fit(A, state, TRAIN, plan, held)
        assert (state.step, list(state.history)) == (0, [])


def test_callback_that_returns_true_ends_training_and_all_are_called():
    seen = []
    callbacks = (
        lambda s: seen.append(("first", s.epoch)),
        lambda s: s.epoch == 3,
        lambda s: seen.append(("last", s.epoch)),
        lambda _: 1,  # only True is an answer
    )
    state = trained(replace(PLAN, callbacks=callbacks))
    assert (state.history.stopped, state.epoch) == ("callback", 3)
    assert seen == [(name, n) for n in (1, 2, 3) for name in ("first", "last")]


def test_callbacks_see_the_last_epoch_before_early_stopping():
    seen = []
    plan = replace(STOPPING, callbacks=(lambda s: seen.append(len(s.history)),))
    state = trained(plan)
    assert state.history.stopped == "early stopping"
    assert seen == list(range(1, state.epoch + 1))


def test_error_in_a_callback_comes_out_and_the_state_is_whole():
    def fail(state):
        if state.epoch == 2:
            raise RuntimeError("mine")

    state = start()
    with pytest.raises(RuntimeError, match="mine"):
        fit(A, state, TRAIN, replace(PLAN, callbacks=(fail,)), HELD)
    assert (state.epoch, len(state.history)) == (2, 2)
    assert_same_bits(trained(state=state), trained())


def test_training_that_is_done_goes_on_only_for_more_epochs():
    state = trained()
    before = deepcopy(state)
    trained(state=state)
    assert_same_bits(state, before)
    assert trained(replace(PLAN, epochs=7), state=state).epoch == 7


# Values that are not finite


def test_diverging_run_stops_at_the_last_good_step_and_names_what_went_wrong():
    plan = Plan(bl.SGD(1e60), epochs=9, batch_size=10, shuffle=False)
    state = start(REGRESSION)
    with pytest.raises(NonFiniteError) as caught:
        fit(REGRESSION, state, LINE, plan)
    assert str(caught.value).startswith(
        "E.sample became inf for sample 30 in epoch 1, "
    )
    assert "batch 4; what usually helps: lower the learning rate (now 1e+60)" in str(
        caught.value
    )
    assert state.history.stopped == str(caught.value)
    assert (state.step, state.batch, state.epoch) == (3, 3, 0)
    good = start(REGRESSION)
    part = Samples(LINE.X[:30], LINE.T[:30])
    fit(REGRESSION, good, part, replace(plan, epochs=1))
    assert all((state.parameters[n] == p).all() for n, p in good.parameters.items())
    assert all(np.isfinite(p).all() for p in state.parameters.values())


def test_sample_is_named_by_its_row_before_shuffling_and_holding_out():
    table = X.copy()
    table[17] = 1e200
    rest, held = hold_out(samples(REGRESSION, table, X[:, :1]), 0.2, 3)
    with pytest.raises(NonFiniteError, match=r"became inf for sample 17 in epoch 1"):
        fit(REGRESSION, start(REGRESSION), rest, Plan(bl.SGD(0.1), batch_size=7), held)


# Weights


def weighted(weight, table=X, T=CLASSES):
    plan = Plan(bl.Adam(0.05), epochs=5, batch_size=1000, shuffle=False)
    return trained(plan, samples(A, table, T, weight), None).parameters


def test_sample_of_weight_zero_is_as_if_it_were_not_there():
    weight = np.ones(50)
    weight[[3, 20, 49]] = 0
    found = weighted(weight)
    expected = weighted(None, X[weight > 0], CLASSES[weight > 0])
    for name in A.shapes:
        assert found[name] == pytest.approx(expected[name], rel=1e-9)


def test_sample_of_weight_two_is_as_if_it_were_there_twice():
    weight = np.ones(50, int)
    weight[[3, 20, 49]] = 2
    found = weighted(weight)
    expected = weighted(None, np.repeat(X, weight, axis=0), np.repeat(CLASSES, weight))
    for name in A.shapes:
        assert found[name] == pytest.approx(expected[name], rel=1e-9)


def test_weights_that_are_all_the_same_are_no_weights():
    found, expected = weighted(np.full(50, 7.0)), weighted(None)
    for name in A.shapes:
        assert found[name] == pytest.approx(expected[name], rel=1e-9)


# Precision


def test_float32_stays_float32_and_is_near_float64():
    plan = replace(PLAN, dtype="float32")
    state = trained(plan)
    arrays = [*state.parameters.values(), *state.optimizer.values()]
    assert {a.dtype for a in arrays} == {np.dtype("f4")}
    found, expected = state.history, trained().history
    assert found.column("loss") == pytest.approx(expected.column("loss"), rel=1e-4)
    assert_same_bits(state, trained(plan))


def test_frozen_parameters_stay_and_have_no_state():
    a = Architecture(
        3, [bl.Dense(5, "tanh", freeze="weight"), bl.Dense(3)], "cross_entropy"
    )
    state = trained(architecture=a)
    first = a.initial(0)
    assert (state.parameters["dense1.weight"] == first["dense1.weight"]).all()
    assert (state.parameters["dense2.weight"] != first["dense2.weight"]).all()
    assert "state.mean.dense1.weight" not in state.optimizer
    assert "state.mean.dense1.bias" in state.optimizer
