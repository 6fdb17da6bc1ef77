"""Many epochs evaluated natively: the interpreter's predictions and errors."""

import numpy as np
import pytest
from networks import NETWORKS, data_for

import backlit as bl
from backlit.compile import evaluation
from backlit.compile.evaluation import Evaluation, compiled
from backlit.compile.snapshots import BLOCK, Ring
from backlit.compile.training import compiled as trainer
from backlit.compile.training import prepared
from backlit.network.architecture import LOSS_NAMES, Architecture
from backlit.train.evaluate import evaluated

BOUND = {"float32": 2e-5, "float64": 1e-12}


def ring_of(program, architecture, epochs):
    """Return a ring of parameters that are drawn anew for each epoch."""
    ring = Ring(program.layout, architecture.shapes, len(epochs))
    for slot, seed in enumerate(epochs):
        ring.put(slot, architecture.initial(seed))
    return ring


def evaluation_of(architecture, data, dtype):
    program = compiled(architecture, dtype=dtype)
    table = data.take(np.arange(len(data)))
    table.setdefault("sample_weight", np.ones(len(data)))
    return Evaluation(program, prepared(table, dtype), len(data))


def found_by(run, ring, epochs):
    parts = list(run(ring, epochs))
    return [np.concatenate(part) for part in zip(*parts, strict=True)]


def check(architecture, data, dtype, epochs=(3, 4, 5)):
    run = evaluation_of(architecture, data, dtype)
    ring = ring_of(run.program, architecture, epochs)
    predictions, errors = found_by(run, ring, len(epochs))
    assert predictions.shape == (len(epochs), len(data), architecture.outputs)
    assert predictions.dtype == dtype
    for seed, y, error in zip(epochs, predictions, errors, strict=True):
        expected, e = evaluated(architecture, architecture.initial(seed), data)
        scale = BOUND[dtype] * max(1, np.abs(expected).max())
        np.testing.assert_allclose(y, expected, rtol=0, atol=scale)
        assert error == pytest.approx(e, rel=BOUND[dtype], abs=BOUND[dtype])


@pytest.mark.parametrize("dtype", BOUND)
@pytest.mark.parametrize("network", NETWORKS)
def test_every_kind_of_network_is_evaluated(network, dtype):
    architecture = NETWORKS[network]
    check(architecture, data_for(architecture, weighted=True), dtype)


@pytest.mark.parametrize("loss", LOSS_NAMES)
def test_every_error_is_found(loss):
    last = "sigmoid" if loss == "binary_cross_entropy" else "linear"
    layers = [bl.Dense(5, "tanh"), bl.Dense(2, last)]
    architecture = Architecture(3, layers, loss, l1=0.1, l2=0.2)
    check(architecture, data_for(architecture), "float32")


@pytest.mark.parametrize(
    "samples", [1, 2, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 5 * BLOCK + 7]
)
def test_any_number_of_samples_is_evaluated(samples):
    architecture = NETWORKS["wide"]
    check(architecture, data_for(architecture, samples, weighted=True), "float64")


def test_the_same_bits_come_however_the_work_is_cut(monkeypatch):
    architecture = NETWORKS["penalties"]
    data = data_for(architecture, 5 * BLOCK + 7)
    run = evaluation_of(architecture, data, "float32")
    ring = ring_of(run.program, architecture, range(7))
    whole = [x.tobytes() for x in found_by(run, ring, 7)]
    monkeypatch.setattr(Evaluation, "_learn", lambda *_: None)
    for budget in (BLOCK, 2 * BLOCK, 2 * len(data), 10**9):
        run._budget = budget
        assert [x.tobytes() for x in found_by(run, ring, 7)] == whole
    run._budget = 10**9
    monkeypatch.setattr(evaluation, "LARGEST", 1)
    assert [x.tobytes() for x in found_by(run, ring, 7)] == whole
    assert len(list(run(ring, 7))) == 7


def test_a_call_takes_about_as_long_as_it_may():
    architecture = NETWORKS["classes"]
    run = evaluation_of(architecture, data_for(architecture, 10), "float32")
    for rows, seconds, expected in (
        (1000, 0.1, 500),
        (1000, 1.0, 50),
        (10**6, 10.0, 5000),
        (10**9, 1.0, 4 * 20 * BLOCK),
    ):
        run._budget = 20 * BLOCK
        run._learn(rows, seconds)
        assert run._budget == max(1, expected // BLOCK) * BLOCK


@pytest.mark.parametrize("dtype", BOUND)
@pytest.mark.parametrize("network", NETWORKS)
def test_parameters_lie_alike_where_they_are_trained_and_evaluated(network, dtype):
    a = NETWORKS[network]
    for size in (1, 16):
        program = trainer(a, bl.Adam(0.01), size, weighted=False, dtype=dtype)
        for name in a.shapes:
            ours, theirs = (p.layout[name] for p in (program, compiled(a, dtype=dtype)))
            assert ours["strides"] == theirs["strides"]
