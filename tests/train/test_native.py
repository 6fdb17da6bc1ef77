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
from backlit.train.samples import samples
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
    order = list(module.batches(len(DATA), 12, 0, 0, shuffle=True))
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
