import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import backlit as bl
from backlit.errors import OptionError
from backlit.update import optimizers, schedules
from backlit.update.description import _KINDS, from_data, optimizer_from, to_data

sizes = st.floats(1e-9, 1e9)
below_1 = st.floats(0, 1, exclude_max=True)
counts = st.integers(1, 10**9)
limits = st.none() | sizes

simple = st.one_of(
    st.builds(schedules.Constant, sizes),
    st.builds(schedules.Step, sizes, counts, sizes),
    st.builds(schedules.Exponential, sizes, sizes),
    st.builds(schedules.Cosine, sizes, counts, sizes),
    st.builds(schedules.InverseScaling, sizes, sizes, counts, sizes),
)
rates = sizes | simple | st.builds(schedules.WarmUp, counts, simple)
every = st.one_of(
    st.builds(optimizers.SGD, rates, below_1, st.just(False), limits, limits),
    st.builds(optimizers.SGD, rates, st.just(0.9), st.booleans()),
    st.builds(optimizers.Adagrad, rates, sizes, limits, limits),
    st.builds(optimizers.RMSprop, rates, below_1, sizes, limits, limits),
    st.builds(optimizers.Adam, rates, below_1, below_1, sizes, limits, limits),
    st.builds(
        optimizers.AdamW, rates, below_1, below_1, sizes, limits, limits, below_1
    ),
)


@given(every)
def test_description_goes_through_json_and_comes_back_equal(optimizer):
    data = json.loads(json.dumps(to_data(optimizer)))
    assert optimizer_from(data) == optimizer
    assert type(optimizer_from(data)) is type(optimizer)


def test_every_named_optimizer_and_every_schedule_can_be_described():
    for optimizer in optimizers.OPTIMIZERS.values():
        assert optimizer_from(to_data(optimizer)) == optimizer
    assert {kind.__name__ for kind in schedules.Schedule.__args__} <= set(_KINDS)


def test_description_is_plain_data_with_the_kind():
    assert to_data(bl.SGD(np.float64(0.5), momentum=np.float32(0.25))) == {
        "kind": "SGD",
        "learning_rate": 0.5,
        "momentum": 0.25,
        "nesterov": False,
        "clip_norm": None,
        "clip_value": None,
    }
    assert to_data(bl.WarmUp(3, bl.Cosine(0.1, 9)))["then"]["kind"] == "Cosine"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"kind": "Lion"}, "unknown kind 'Lion' of optimizer or schedule"),
        ({}, "unknown kind None of optimizer or schedule"),
        ({"kind": ["SGD"]}, "unknown kind ['SGD'] of optimizer or schedule"),
        ({"kind": "SGD", "rate": 1}, "SGD: "),
        ({"kind": "Step", "initial": 1}, "Step: "),
        ({"kind": "SGD", "learning_rate": "x"}, "learning_rate='x'; it must be"),
        (
            {"kind": "SGD", "learning_rate": {"kind": "Adam"}},
            "learning_rate=Adam(",
        ),
    ],
)
def test_what_describes_nothing_is_refused(data, message):
    with pytest.raises(OptionError) as caught:
        from_data(data)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("data", [{"kind": "Constant", "initial": 1}, 0.1, None])
def test_description_of_something_else_is_no_optimizer(data):
    with pytest.raises(OptionError, match="is needed, or its name"):
        optimizer_from(data)
