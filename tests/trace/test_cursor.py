import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import backlit as bl
from backlit.errors import OptionError
from backlit.graph import OPS
from backlit.network.architecture import LOSS_NAMES
from backlit.trace.cursor import cursor

PHASES = ["forward", "error", "backward", "update"]


def network(loss="mse", **options):
    last = "sigmoid" if loss == "binary_cross_entropy" else "linear"
    return bl.Network(2, [bl.Dense(3, "tanh"), bl.Dense(2, last)], loss, **options)


def trace(loss="mse", lead=(4,), **options):
    random = np.random.default_rng(0)
    t = random.dirichlet([1, 1], lead)
    return network(loss, **options).trace(random.normal(size=(*lead, 2)), t)


CASES = pytest.mark.parametrize(
    "p",
    [
        *(trace(loss, lead) for loss in LOSS_NAMES for lead in ((), (4,))),
        trace(l1=0.1, l2=0.1),
        bl.Network(2, [bl.Dense(1, "step")]).trace([1, 2], [0]),
        bl.Network(1, [bl.Dense(1, freeze=["weight", "bias"])]).trace([1], [0]),
    ],
    ids=lambda p: f"{p.architecture.loss}-{p['x'].shape}",
)


@CASES
def test_operation_reads_only_what_is_given_or_was_written_before(p):
    known = {"x", "t", *p.architecture.shapes}
    for operation in cursor(p):
        numbers = {name for name in operation.reads if name not in known}
        for name in numbers:
            assert float(name) == pytest.approx(float(operation.reads[name]), rel=1e-5)
        written = {operation.name, *operation.also}
        assert not written & known
        known |= written


@CASES
def test_phases_come_in_order_and_quantities_in_their_phase(p):
    phases = [operation.phase for operation in cursor(p)]
    assert phases == sorted(phases, key=PHASES.index)
    for operation in cursor(p):
        for name in (operation.name, *operation.also):
            if name.startswith("new."):
                assert operation.phase == "update"
            if name.startswith("dense"):
                assert operation.phase == "forward"
            if name.startswith("E"):
                assert operation.phase == "error"


@CASES
def test_values_are_those_of_the_trace_and_every_quantity_is_written(p):
    steps = cursor(p)
    steps.seek(len(steps))
    for name, value in steps.known.items():
        if name.startswith("new."):
            assert (value == p.updated[name.removeprefix("new.")]).all()
        elif not name.startswith("%"):
            assert (value == p[name]).all()
    given = {"x", "t", *p.architecture.shapes}
    constants = {"grad.E"}  # 1, and 0 or a share of samples where nothing is computed
    missing = set(p) - given - constants - set(steps.known)
    assert all(np.ptp(p[name]) == 0 for name in missing)
    assert missing <= {"grad.E.sample", "grad.E.data", "grad.E.penalty"} | {
        f"grad.{name}" for name in p.architecture.shapes
    }


@CASES
def test_every_operation_is_what_it_says(p):
    for operation in cursor(p):
        values = list(operation.reads.values())
        if operation.op in ("add", "sub", "mul", "div") and len(values) == 2:
            found = OPS[operation.op].function(*values)
            assert (found == operation.value).all()


def test_story_of_a_layer_is_told_in_names():
    net = bl.Network(2, [bl.Dense(2, "sigmoid")], "half_sse")
    told = [str(operation) for operation in net.trace([1, 2], [1, 0]).cursor()]
    assert told == [
        "forward: %1 = contract(dense1.weight, x)",
        "forward: dense1.sum = add(%1, dense1.bias)",
        "forward: dense1.output = sigmoid(dense1.sum)",
        "error: grad.dense1.output = sub(dense1.output, t)",
        "error: %2 = square(grad.dense1.output)",
        "error: %3 = sum(%2)",
        "error: E = div(%3, 2)",
        "backward: %4 = sub(1, dense1.output)",
        "backward: %5 = mul(dense1.output, %4)",
        "backward: grad.dense1.sum = mul(grad.dense1.output, %5)",
        "backward: grad.x = contract(dense1.weight, grad.dense1.sum)",
        "backward: grad.dense1.weight = contract(grad.dense1.sum, x)",
        "update: %6 = mul(0.5, grad.dense1.weight)",
        "update: new.dense1.weight = sub(dense1.weight, %6)",
        "update: %7 = mul(0.5, grad.dense1.sum)",
        "update: new.dense1.bias = sub(dense1.bias, %7)",
    ]


# Moving


def test_cursor_goes_forward_to_the_end_and_back_to_the_start():
    steps = cursor(trace())
    done = []
    while (operation := steps.next) is not None:
        assert steps.forward() is operation
        assert steps.known[operation.name] is operation.value
        done.append(operation)
    assert done == list(steps)
    assert (steps.place, steps.forward(), steps.place) == (len(done), None, len(done))
    while done:
        assert steps.back() is done.pop()
        assert steps.next.name not in steps.known
    assert (steps.place, steps.back(), steps.known) == (0, None, {})


@given(st.lists(st.sampled_from(["forward", "back"]) | st.integers(0, 10)))
def test_what_is_known_follows_from_the_place_alone(moves):
    steps = cursor(TRACE)
    for move in moves:
        if isinstance(move, int):
            steps.seek(move)
        else:
            getattr(steps, move)()
        fresh = cursor(TRACE)
        fresh.seek(steps.place)
        assert steps.known.keys() == fresh.known.keys()
        done = steps.operations[: steps.place]
        assert set(steps.known) == {n for o in done for n in (o.name, *o.also)}


TRACE = bl.Network(1, [bl.Dense(1)]).trace([1], [2])


@pytest.mark.parametrize("place", [-1, 10**6])
def test_place_outside_the_pass_is_refused_and_the_cursor_stays(place):
    steps = cursor(trace())
    steps.seek(3)
    with pytest.raises(
        OptionError, match=f"place {place} is outside 0 to {len(steps)}"
    ):
        steps.seek(place)
    assert steps.place == 3
