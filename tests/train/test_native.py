import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

import backlit as bl
from backlit.compile import shares
from backlit.compile.training import compiled
from backlit.errors import NonFiniteError
from backlit.network.architecture import Architecture
from backlit.train import fit as module
from backlit.train import native
from backlit.train.fit import fit
from backlit.train.plan import Plan
from backlit.train.samples import batches, samples
from backlit.train.state import TrainingState
from backlit.train.stopping import EarlyStopping

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(50, 3))
CLASSES = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0.5)
A = Architecture(3, [bl.Dense(5, "tanh"), bl.Dense(3)], "cross_entropy", l2=0.01)
DATA = samples(A, X, CLASSES, RANDOM.uniform(0.5, 2, 50))
HELD = samples(A, X[:20] + 0.1, CLASSES[:20])
BARE = Plan(  # slices of many epochs
    bl.Adam(bl.WarmUp(9, 0.05)),
    epochs=40,
    batch_size=12,
    executor="native",
    dtype="float64",
)
WATCHED = replace(  # slices within an epoch
    BARE, metrics=("accuracy",), early_stopping=EarlyStopping(200)
)
PLANS = pytest.mark.parametrize(
    "plan",
    [BARE, WATCHED, replace(BARE, dtype="float32"), replace(BARE, shuffle=False)],
    ids=["bare", "watched", "float32", "in order"],
)


def trained(plan, state=None):
    state = state or TrainingState(A.initial(0))
    fit(A, state, DATA, plan, HELD if plan.metrics else None)
    return state


def assert_same_bits(a, b):
    for arrays in ("parameters", "optimizer", "best"):
        ours, theirs = getattr(a, arrays), getattr(b, arrays)
        assert ours.keys() == theirs.keys()
        assert all(ours[n].tobytes() == theirs[n].tobytes() for n in ours)
    for name in ("step", "epoch", "batch", "loss_sum", "seen", "best_epoch", "waited"):
        assert getattr(a, name) == getattr(b, name), name
    rows = [[{**row, "seconds": 0} for row in s.history] for s in (a, b)]
    assert rows[0] == rows[1]


@PLANS
def test_native_training_is_that_of_the_interpreter(plan):
    found = trained(plan)
    expected = trained(replace(plan, executor="interpret"))
    rel = 1e-3 if plan.dtype == "float32" else 1e-9
    for name in A.shapes:
        assert found.parameters[name] == pytest.approx(
            expected.parameters[name], rel=rel, abs=rel
        )
        assert found.parameters[name].dtype == expected.parameters[name].dtype
    for row, other in zip(found.history, expected.history, strict=True):
        assert list(row) == list(other)
        losses = [r["loss"] for r in (row, other)]
        assert losses[0] == pytest.approx(losses[1], rel=rel)
    assert (found.step, found.epoch, found.batch) == (200, 40, 0)


@PLANS
def test_native_training_gives_the_same_bits_again_and_in_two_parts(plan):
    whole = trained(plan)
    assert_same_bits(trained(plan), whole)
    assert_same_bits(trained(plan, trained(replace(plan, epochs=7))), whole)


@pytest.fixture
def short_steps_are_shared(monkeypatch):
    for name in ("ENOUGH", "LEAST"):
        monkeypatch.setattr(shares, name, 0)
    compiled.cache_clear()
    yield
    compiled.cache_clear()


@PLANS
@pytest.mark.usefixtures("short_steps_are_shared")
def test_any_number_of_threads_gives_the_same_bits_also_in_two_parts(plan):
    alone = trained(replace(plan, threads=1))
    for threads in (2, 3, None):
        shared = replace(plan, threads=threads)
        assert_same_bits(trained(shared), alone)
        begun = trained(replace(shared, epochs=7))
        assert_same_bits(trained(replace(shared, threads=1), begun), alone)
        assert_same_bits(trained(shared, trained(replace(shared, epochs=3))), alone)


@pytest.mark.usefixtures("short_steps_are_shared")
def test_a_value_that_is_not_finite_is_found_by_threads_too():
    a = Architecture(3, [bl.Dense(1)])
    data = samples(a, X, 1e9 * X[:, 0])
    plan = Plan(bl.SGD(1e30), epochs=3, batch_size=10, threads=2)
    state = TrainingState(a.initial(0))
    with pytest.raises(NonFiniteError):
        fit(a, state, data, plan)
    assert state.step == 0


@PLANS
@pytest.mark.parametrize("call", [0, 1, 2, 3, 4, 9])
@pytest.mark.parametrize("where", ["before", "after", "taken over"])
def test_ctrl_c_between_slices_costs_nothing(plan, call, where, monkeypatch):
    expected, calls = trained(plan), []
    run, take_over = native.Native._run, module._take_over

    def press(here):
        calls.append(here == where)
        if here == where and sum(calls) == call + 1:
            raise KeyboardInterrupt

    def interrupted_run(self, steps):
        press("before")
        bad = run(self, steps)
        press("after")
        return bad

    def interrupted_take_over(*about):
        reason = take_over(*about)
        press("taken over")
        return reason

    monkeypatch.setattr(native.Native, "_run", interrupted_run)
    monkeypatch.setattr(module, "_take_over", interrupted_take_over)
    state = trained(plan)
    monkeypatch.undo()
    assert state.history.stopped == "interrupted" or sum(calls) <= call
    assert len(state.history) == state.epoch
    assert_same_bits(trained(plan, state), expected)


@pytest.mark.parametrize("batch", [0, 1, 3, 5])
def test_what_one_executor_began_the_other_takes_up(batch):
    # Also where every batch is done and only the epoch is still to be closed.
    state = TrainingState(A.initial(0))
    plan = replace(BARE, executor="interpret")
    module.start(A, state, plan)
    order = list(batches(len(DATA), 12, 0, 0, shuffle=True))
    for rows in order[:batch]:
        module.step(A, state, DATA, plan, rows)
    found, expected = trained(BARE, state), trained(plan)
    for name in A.shapes:
        assert found.parameters[name] == pytest.approx(
            expected.parameters[name], rel=1e-9
        )
    assert found.history.column("loss") == pytest.approx(
        expected.history.column("loss"), rel=1e-9
    )


def test_early_stopping_and_callbacks_are_asked_after_every_epoch():
    seen = []
    plan = replace(
        WATCHED,
        optimizer=bl.Adam(0.2),
        epochs=400,
        early_stopping=EarlyStopping(4),
        callbacks=(lambda s: seen.append(s.epoch),),
    )
    state = trained(plan)
    losses = state.history.column("validation_loss")
    assert state.history.stopped == "early stopping"
    assert state.best_epoch == int(np.argmin(losses)) + 1 == state.epoch - 4
    assert seen == list(range(1, state.epoch + 1))
    shorter = trained(replace(plan, epochs=state.best_epoch))
    for name in A.shapes:
        assert (state.best[name] == shorter.parameters[name]).all()


@pytest.mark.parametrize("watched", [False, True])
def test_value_that_is_not_finite_stops_at_the_last_good_step(watched):
    a = Architecture(3, [bl.Dense(1)])
    table = X.copy()
    table[37] = 1e200
    data = samples(a, table, X[:, 0])
    plan = Plan(
        bl.SGD(1e-9),
        epochs=9,
        batch_size=10,
        shuffle=False,
        executor="native",
        dtype="float64",
    )
    plan = replace(plan, callbacks=(lambda _: None,)) if watched else plan
    state = TrainingState(a.initial(0))
    with pytest.raises(NonFiniteError) as caught:
        fit(a, state, data, plan)
    assert str(caught.value).startswith(
        "E.sample became inf for sample 37 in epoch 1, batch 4; what usually helps"
    )
    assert (state.step, state.batch, state.epoch) == (3, 3, 0)
    assert all(np.isfinite(p).all() for p in state.parameters.values())


@pytest.mark.parametrize("watched", [False, True])
def test_run_that_diverges_late_keeps_the_epochs_before(watched):
    a = Architecture(3, [bl.Dense(1)])
    data = samples(a, X, X[:, 0] + 1)
    plan = Plan(
        bl.SGD(3.0), epochs=2000, batch_size=10, executor="native", dtype="float64"
    )
    plan = replace(plan, callbacks=(lambda _: None,)) if watched else plan
    states = []
    for executor in ("native", "interpret"):
        state = TrainingState(a.initial(0))
        with pytest.raises(NonFiniteError) as caught:
            fit(a, state, data, replace(plan, executor=executor))
        assert f" in epoch {state.epoch + 1}, batch {state.batch + 1}; " in str(
            caught.value
        )
        assert len(state.history) == state.epoch > 5
        states.append(state)
    ours, theirs = states
    assert (ours.step, ours.epoch, ours.batch) == (
        theirs.step,
        theirs.epoch,
        theirs.batch,
    )
    losses = [s.history.column("loss") for s in states]
    assert losses[0] == pytest.approx(losses[1], rel=1e-6)


def test_step_that_is_finite_for_the_interpreter_is_an_error_all_the_same(monkeypatch):
    monkeypatch.setattr(native.Native, "_finite", lambda _: False)
    state = TrainingState(A.initial(0))
    with pytest.raises(NonFiniteError, match=r"a value was not finite in epoch 1, bat"):
        fit(A, state, DATA, BARE)
    assert (state.step, state.epoch, len(state.history)) == (1, 0, 0)


def test_update_that_overflows_is_undone_although_the_error_was_finite():
    a = Architecture(3, [bl.Dense(1)])
    data = samples(a, X, 1e9 * X[:, 0])
    state = TrainingState(a.initial(0))
    with pytest.raises(NonFiniteError):
        fit(a, state, data, Plan(bl.SGD(1e30), epochs=3, batch_size=10))
    assert state.step == 0
    assert all(np.isfinite(p).all() for p in state.parameters.values())


# Many epochs in one slice


def looked_at(plan):
    """Return the plan with a callback, so that each epoch is looked at by itself."""
    return replace(plan, callbacks=(lambda _: None,))


RULES = {
    "never": EarlyStopping(200),
    "soon": EarlyStopping(2),
    "at the loss": EarlyStopping(3, monitor="loss", minimum=0.01),
    "at the accuracy": EarlyStopping(6, monitor="validation_accuracy"),
}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("slots", [1, 3, 4096])
@pytest.mark.parametrize("first", [1, 8, 10_000])
def test_epochs_in_one_slice_come_out_as_one_by_one(
    rule, dtype, slots, first, monkeypatch
):
    plan = replace(
        BARE,
        optimizer=bl.Adam(0.1),
        epochs=60,
        dtype=dtype,
        metrics=("accuracy", "balanced_accuracy", "macro_f1", "roc_auc", "mae"),
        early_stopping=RULES[rule],
    )
    expected = trained(looked_at(plan))
    monkeypatch.setattr(native, "SLOTS", slots)
    monkeypatch.setattr(native.Native, "_steps", first)
    state = trained(plan)
    assert_same_bits(state, expected)
    assert state.history.stopped == expected.history.stopped
    assert repr(state.learning_rate) == repr(expected.learning_rate)
    assert (expected.history.stopped == "epochs") == (rule == "never")
    for n in range(0, state.epoch, 7):  # and going on from within an epoch
        part = replace(plan, epochs=n + 1)
        assert_same_bits(trained(plan, trained(part)), expected)


def test_metrics_and_errors_are_those_of_the_interpreter():
    plan = replace(BARE, metrics=("accuracy", "macro_f1", "roc_auc", "mae"))
    ours = trained(plan).history
    theirs = trained(replace(plan, executor="interpret")).history
    for name in theirs[0]:
        if name != "seconds":
            assert ours.column(name) == pytest.approx(theirs.column(name), rel=1e-9)


def test_python_is_not_entered_after_each_epoch(monkeypatch):
    slices = []
    run = native.Native._run
    monkeypatch.setattr(native, "SLICE", 60.0)
    monkeypatch.setattr(
        native.Native, "_run", lambda s, n: (slices.append(n), run(s, n))[1]
    )
    seen = []
    plan = replace(WATCHED, epochs=400, progress=lambda s: seen.append(s.epoch))
    state = trained(plan)
    assert len(slices) < 8
    assert seen[-1] == state.epoch > 300
    assert len(seen) <= len(slices)


def test_what_a_callback_changes_is_trained_on_with():
    def change(state):
        if state.epoch == 2:
            zeros = {n: np.zeros_like(p) for n, p in state.parameters.items()}
            state.parameters = zeros
        if state.epoch == 5:
            state.parameters["dense2.bias"] += 1.0

    plan = replace(BARE, epochs=9, callbacks=(change,))
    found = trained(plan).parameters
    expected = trained(replace(plan, executor="interpret")).parameters
    for name in A.shapes:
        assert found[name] == pytest.approx(expected[name], rel=1e-9)


def test_stop_before_a_value_that_is_not_finite_is_a_stop(monkeypatch):
    """The slice reaches the bad step, but training should have ended before."""
    a = Architecture(3, [bl.Dense(1)])
    data = samples(a, X, 1e3 * X[:, 0])
    plan = Plan(bl.SGD(3.0), epochs=900, batch_size=50, early_stopping=EarlyStopping(4))
    monkeypatch.setattr(native.Native, "_steps", 10_000)
    for each in (plan, looked_at(plan)):
        state = TrainingState(a.initial(0))
        fit(a, state, data, each)
        assert (state.history.stopped, state.epoch) == ("early stopping", 5)
        assert (state.step, state.batch, len(state.history)) == (5, 0, 5)
    with pytest.raises(NonFiniteError):
        fit(a, TrainingState(a.initial(0)), data, replace(plan, early_stopping=None))


@pytest.mark.parametrize("where", ["evaluated", "parameters", "back"])
def test_ctrl_c_while_a_slice_is_judged_costs_nothing(where, monkeypatch):
    plan = replace(
        WATCHED, optimizer=bl.Adam(0.2), epochs=99, early_stopping=EarlyStopping(3)
    )
    expected = trained(plan)
    assert expected.history.stopped == "early stopping"

    def press(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(native.Native, where, press)
    state = trained(plan)
    monkeypatch.undo()
    assert state.history.stopped == "interrupted"
    assert_same_bits(trained(plan, state), expected)


INTERRUPTED = """
import sys
import numpy as np
import backlit as bl
X = np.random.default_rng(0).normal(size=(300, 4))
T = X @ [[1.0], [2.0], [-1.0], [0.5]]
def run(net, **options):
    return net.fit(X, T, epochs=40_000, batch_size=20, validation=0.2,
                   early_stopping=40_000, **options)
net = bl.Network(4, [bl.Dense(8, "tanh"), bl.Dense(1)])
net.fit(X, T, epochs=1, batch_size=20, validation=0.2)  # compiles
print("ready", flush=True)
whole, net = (bl.Network(4, [bl.Dense(8, "tanh"), bl.Dense(1)]) for _ in range(2))
history = run(net)
assert history.stopped == "interrupted", history.stopped
assert len(history) == net.training.epoch
run(net, resume=True)
run(whole)
a, b = net.training, whole.training
assert (a.step, a.epoch, a.best_epoch) == (b.step, b.epoch, b.best_epoch)
for kind in ("parameters", "optimizer", "best"):
    x, y = getattr(a, kind), getattr(b, kind)
    assert all(x[n].tobytes() == y[n].tobytes() for n in y)
rows = [[{**row, "seconds": 0} for row in s.history] for s in (a, b)]
assert rows[0] == rows[1]
print("same")
"""


@pytest.mark.slow
@pytest.mark.parametrize("delay", [0.03, 0.07, 0.11])
def test_real_signal_within_a_slice_costs_nothing(delay):
    done = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", INTERRUPTED],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert done.stdout.readline() == "ready\n"
    time.sleep(delay)
    os.kill(done.pid, signal.SIGINT)
    output, errors = done.communicate(timeout=60)
    assert output == "same\n", errors
