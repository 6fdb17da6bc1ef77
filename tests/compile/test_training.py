"""Whole training runs, natively and by the interpreter: the same to rounding."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import NETWORKS, SAMPLES, data_for

import backlit as bl
from backlit.compile.driver import Driver
from backlit.compile.fields import FIELDS
from backlit.compile.training import Training, compiled
from backlit.errors import NonFiniteError
from backlit.network.architecture import LOSS_NAMES, Architecture, activations
from backlit.random import key, permutation
from backlit.train.fit import fit
from backlit.train.plan import Plan
from backlit.train.samples import Samples
from backlit.train.state import TrainingState
from backlit.update import schedules
from backlit.update.optimizers import OPTIMIZERS

# Relative to the largest parameter, after 15 steps; each step adds a few ulp.
BOUND = {"float64": 1e-12, "float32": 2e-4}
IN_BOTH = pytest.mark.parametrize("dtype", BOUND)

Dense = bl.Dense


def plan_of(dtype="float64", **options):
    usual = {"optimizer": bl.SGD(0.1), "epochs": 3, "batch_size": 6, "seed": 3}
    return Plan(**usual | options, dtype=dtype, executor="native")


def trained(architecture, data, plan, state=None):
    state = state or TrainingState(architecture.initial(1))
    fit(architecture, state, data, plan)
    return state


def check(architecture, data, plan):
    """Train in both ways; all that training leaves must be the same to rounding."""
    ours = trained(architecture, data, plan)
    theirs = trained(architecture, data, replace(plan, executor="interpret"))
    bound = BOUND[plan.dtype]
    for kind in ("parameters", "optimizer"):
        found, expected = getattr(ours, kind), getattr(theirs, kind)
        assert found.keys() == expected.keys()
        for name, value in expected.items():
            assert found[name].dtype == value.dtype == plan.dtype
            scale = max(np.abs(value).max(), 0.1)
            np.testing.assert_allclose(
                found[name], value, rtol=0, atol=bound * scale, err_msg=name
            )
    for name in ("step", "epoch", "batch", "seen"):
        assert getattr(ours, name) == getattr(theirs, name), name
    for column in ("epoch", "loss", "learning_rate"):
        np.testing.assert_allclose(
            ours.history.column(column), theirs.history.column(column), rtol=bound
        )


@pytest.mark.parametrize(
    ("optimizer", "dtype"),
    [(bl.SGD(0.1), "float64"), (bl.Adam(0.01), "float64"), (bl.Adam(0.01), "float32")],
    ids=["sgd in float64", "adam in float64", "adam in float32"],
)
@pytest.mark.parametrize("network", NETWORKS)
def test_every_kind_of_network_is_trained(network, optimizer, dtype):
    architecture = NETWORKS[network]
    check(architecture, data_for(architecture), plan_of(dtype, optimizer=optimizer))


@IN_BOTH
@pytest.mark.parametrize("loss", LOSS_NAMES)
def test_every_error_is_trained_on(loss, dtype):
    last = "sigmoid" if loss == "binary_cross_entropy" else "linear"
    architecture = Architecture(3, [Dense(5, "tanh"), Dense(2, last)], loss)
    for weighted in {False, dtype == "float64"}:
        check(architecture, data_for(architecture, weighted=weighted), plan_of(dtype))


@IN_BOTH
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_trains_with_and_without_limits(optimizer, dtype):
    architecture = replace(NETWORKS["classes"], l2=0.01)
    data = data_for(architecture, weighted=True)
    usual = replace(OPTIMIZERS[optimizer], learning_rate=0.02)
    for changes in ({}, {"clip_value": 0.05, "clip_norm": 0.1}):
        check(architecture, data, plan_of(dtype, optimizer=replace(usual, **changes)))


SCHEDULES = (
    schedules.Constant(0.1),
    schedules.Step(0.1, 4, 0.5),
    schedules.Exponential(0.1, 0.9),
    schedules.Cosine(0.1, 10),
    schedules.InverseScaling(0.1),
    schedules.WarmUp(5, schedules.Cosine(0.1, 9)),
)


@IN_BOTH
@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda s: type(s).__name__)
def test_learning_rate_follows_its_schedule(schedule, dtype):
    architecture = NETWORKS["one output"]
    optimizer = bl.AdamW(schedule) if dtype == "float64" else bl.SGD(schedule)
    check(architecture, data_for(architecture), plan_of(dtype, optimizer=optimizer))


OF_ANY_NUMBER = sorted(activations().keys() - {"log", "log1p", "sqrt"})


@pytest.mark.parametrize("activation", OF_ANY_NUMBER)
def test_every_activation_is_trained_through(activation):
    architecture = Architecture(3, [Dense(5, activation), Dense(2)], "mse")
    plan = plan_of(optimizer=bl.SGD(0.01), epochs=2)
    check(architecture, data_for(architecture), plan)


# Batches and their order


@IN_BOTH
@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("size", [1, 2, 5, 22, 23, 24, 100])
def test_batches_of_any_size_are_trained_on(size, shuffle, dtype):
    architecture = NETWORKS["classes"]
    data = data_for(architecture, weighted=size % 2 == 0)
    epochs = 1 if size == 1 else 3
    plan = plan_of(dtype, batch_size=size, shuffle=shuffle, epochs=epochs)
    check(architecture, data, plan)


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_samples_are_trained_on(count):
    architecture = NETWORKS["one output"]
    check(architecture, data_for(architecture, count), plan_of(batch_size=2))


def run_of(architecture, data, plan, size=None):
    """Return a run at its beginning, of so many samples a step."""
    size = size or min(plan.batch_size, len(data))
    weighted = data.weight is not None
    program = compiled(
        architecture, plan.optimizer, size, weighted=weighted, dtype=plan.dtype
    )
    rows = data.take(np.arange(len(data)))
    about = {"shuffle": plan.shuffle, "seed": plan.seed, "epochs": plan.epochs}
    run = Training(program, rows, size=size, **about)
    run.put(architecture.initial(1))
    return run


@settings(max_examples=40)
@given(
    count=st.integers(1, 40),
    size=st.integers(1, 9),
    width=st.sampled_from((1, 2, 3, 4, 5, 8, 9, 16, 17, 33)),
    seed=st.integers(0, 2**63 - 1),
    how=st.tuples(st.booleans(), st.sampled_from(sorted(BOUND))),
)
def test_each_step_is_on_the_samples_that_are_its_turn(count, size, width, seed, how):
    """Also in rows of any width, whose copies may run over their ends."""
    shuffle, dtype = how
    architecture = Architecture(width, [Dense(2)])
    draw = np.random.default_rng(0)
    shapes = ((count, width), (count, 2), (count,))
    data = Samples(*(draw.normal(size=shape) for shape in shapes))
    plan = plan_of(dtype, epochs=2, seed=seed, shuffle=shuffle)
    size = min(size, count)
    run = run_of(architecture, data, plan, size)
    views = {
        name: run.view(name) for name in ("x", "t", "sample_weight", "count", "step")
    }
    for epoch in range(2):
        order = np.arange(count)
        if shuffle:
            order = permutation(key(seed, "batches", epoch), count)
        for start in range(0, count, size):
            rows = order[start : start + size]
            run.run(1)
            for name, value in data.take(rows).items():
                found = views[name][: len(rows)]
                assert (found == value.astype(dtype)).all(), name
            assert views["count"] == len(rows)
            assert views["step"] == run.get("steps")
    assert (run.get("epoch"), run.get("batch"), run.get("seen")) == (2, 0, 0)
    steps = run.get("steps")
    run.run(5)
    assert run.get("steps") == steps  # nothing after the last epoch


# Slices


def whole_state(run):
    names = [
        n for n in run.program.layout if n.startswith(("dense", "state."))
    ]  # parameters and state
    return b"".join(
        [x.tobytes() for x in (*run.take(names).values(), run.sums)]
        + [run.control[[FIELDS.index(n) for n in FIELDS if n != "budget"]].tobytes()]
    )


@pytest.mark.parametrize("network", ["classes", "wide", "one neuron"])
@settings(max_examples=25)
@given(
    cuts=st.lists(st.integers(1, 9), max_size=12),
    dtype=st.sampled_from(("float32", "float64")),
)
def test_a_run_in_slices_of_any_length_is_the_same_to_the_bit(network, cuts, dtype):
    architecture = NETWORKS[network]
    data = data_for(architecture, weighted=True)
    plan = plan_of(dtype, optimizer=bl.Adam(bl.WarmUp(9, 0.05)), epochs=5)
    whole, parts, again = (run_of(architecture, data, plan) for _ in range(3))
    for run in (whole, again):
        run.run(10_000)
    for steps in (*cuts, 10_000):
        parts.run(steps)
    assert whole_state(whole) == whole_state(parts) == whole_state(again)


@IN_BOTH
@settings(max_examples=15)
@given(
    at=st.integers(1, 19),
    shuffle=st.booleans(),
    optimizer=st.sampled_from((bl.SGD(0.1, momentum=0.9), bl.Adam(0.05))),
)
def test_a_run_taken_up_from_its_state_is_the_same_to_the_bit(
    dtype, at, shuffle, optimizer
):
    architecture = NETWORKS["classes"]
    data = data_for(architecture)
    plan = plan_of(dtype, optimizer=optimizer, epochs=5, shuffle=shuffle)
    whole, first, second = (run_of(architecture, data, plan) for _ in range(3))
    whole.run(10_000)
    first.run(at)
    names = [n for n in first.program.layout if n.startswith(("dense", "state."))]
    second.put(first.take(names))
    second.sums[:] = first.sums
    second.control[:] = first.control
    if second.get("batch"):
        epoch = second.get("epoch")
        order = np.arange(SAMPLES)
        if shuffle:
            order = permutation(key(plan.seed, "batches", epoch), SAMPLES)
        second.put_order(order)
    second.run(10_000)
    assert whole_state(whole) == whole_state(second)


# What is not finite


def test_an_infinite_gradient_is_found_though_it_is_clipped():
    architecture = Architecture(2, [Dense(2, "sqrt", use_bias=False)], "mse")
    state = TrainingState({"dense1.weight": np.eye(2)})
    data = Samples(np.array([[1.0, 4.0], [0.0, 1.0]]), np.ones((2, 2)))
    limits = bl.SGD(0.1, clip_value=1.0)
    plan = plan_of(optimizer=limits, batch_size=1, shuffle=False)
    for executor in ("native", "interpret"):
        fresh = TrainingState(dict(state.parameters))
        with pytest.raises(NonFiniteError, match=r"became -?inf"):
            fit(architecture, fresh, data, replace(plan, executor=executor))
        assert fresh.step == 1


def test_a_run_stops_before_a_step_whose_error_is_not_finite():
    architecture = NETWORKS["linear"]
    data = data_for(architecture)
    data.X[7] = np.nan
    run = run_of(architecture, data, plan_of(shuffle=False))
    run.run(100)
    assert run.get("bad") == 1
    assert (run.get("steps"), run.get("epoch"), run.get("batch")) == (1, 0, 1)


# Two programs for the same network do not disturb each other


def test_runs_of_one_program_have_memory_of_their_own():
    architecture = NETWORKS["classes"]
    data, plan = data_for(architecture), plan_of(epochs=50)
    alone, first, second = (run_of(architecture, data, plan) for _ in range(3))
    assert first.program is second.program
    alone.run(20)
    for _ in range(20):
        first.run(1)
        second.run(2)
    assert whole_state(first) == whole_state(alone)


# Faults that the checks must see


def order_of_the_epoch_before(self, real=Driver._begin_epoch):
    self.set("epoch", self.field("epoch") - 1)
    real(self)
    self.set("epoch", self.field("epoch") + 1)


def count_no_rest(self, rows, real=Driver._set_numbers):
    del rows
    real(self, self.field("size"))


def no_update(self):
    del self


FAULTS = {
    "order of the epoch before": ("_begin_epoch", order_of_the_epoch_before),
    "count of a whole batch": ("_set_numbers", count_no_rest),
    "no new values": ("replace", no_update),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_training_with_a_fault_is_seen(fault, monkeypatch):
    architecture = replace(NETWORKS["classes"], l1=1e-3 * (1 + len(fault)))
    if fault == "no new values":
        monkeypatch.setattr("backlit.compile.memory.may_replace", lambda *_: False)
    data = data_for(architecture)
    monkeypatch.setattr(Driver, *FAULTS[fault])
    with pytest.raises(AssertionError):
        check(architecture, data, plan_of())


def test_new_values_with_places_of_their_own_are_copied(monkeypatch):
    monkeypatch.setattr("backlit.compile.memory.may_replace", lambda *_: False)
    architecture = replace(NETWORKS["wide"], l2=0.123)
    run = run_of(architecture, data_for(architecture), plan_of())
    layout = run.program.layout
    for name in architecture.shapes:
        assert layout[name]["offset"] != layout[f"new.{name}"]["offset"]
    check(architecture, data_for(architecture), plan_of())
