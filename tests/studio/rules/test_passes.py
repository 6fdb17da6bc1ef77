"""Rules are read from passes on which nothing is cut off or saturated."""

import numpy as np
import pytest

import backlit as bl
from backlit.studio.rules.passes import SAMPLES, passed


@pytest.mark.parametrize("batched", [False, True])
def test_every_value_of_a_pass_is_finite_and_acts(batched):
    net = bl.Network(50, [bl.Dense(40, "relu"), bl.Dense(3, "sigmoid")])
    trace = passed(net.architecture, batched=batched)
    assert all(
        np.isfinite(np.asarray(v, float)).all() for v in trace.node_values.values()
    )
    assert (trace["dense1.output"] > 0).all()
    assert ((trace["prediction"] > 0.01) & (trace["prediction"] < 0.99)).all()


def test_a_batch_is_so_large_that_its_sums_have_an_index():
    net = bl.Network(2, [bl.Dense(1)])
    trace = passed(net.architecture, batched=True)
    assert trace["x"].shape == (SAMPLES, 2)
    assert trace["count"] == SAMPLES
