"""Networks that suit a table train well, as fast as the page promises."""

import msgspec
import numpy as np
import pytest

from backlit import Network
from backlit.model import Dense
from backlit.network.architecture import Architecture
from backlit.studio.fitting import batch_size, network_for, sample_for
from backlit.studio.spec import DataTable, checked
from backlit.studio.table import samples_of
from backlit.train import datasets

STEPS = 60_000  # a third of a second in a page that makes 200,000 a second


def trained(spec, steps=STEPS):
    """Return the network after so many steps, with its samples."""
    a, table = spec.architecture, samples_of(spec)
    x = np.frombuffer(table.x, "<f8").reshape(table.rows, -1)
    t = np.frombuffer(table.t, "<f8").reshape(table.rows, -1)
    learn = table.rows - table.test
    net = Network(a.inputs, list(a.layers), a.loss, seed=spec.network.seed)
    net.fit(
        x[:learn],
        t[:learn],
        optimizer=spec.update,
        epochs=steps // -(-learn // spec.batch_size),
        batch_size=spec.batch_size,
        dtype="float64",
    )
    return net, (x[:learn], t[:learn]), (x[learn:], t[learn:])


def accuracy(net, samples):
    x, t = samples
    prediction = net.predict(x)
    if t.shape[1] > 1:
        return (prediction.argmax(1) == t.argmax(1)).mean()
    return ((prediction > 0.5) == (t > 0.5)).mean()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "least"),
    [("spirals", 0.95), ("circles", 0.95), ("moons", 0.95), ("gaussians", 0.9)],
)
def test_sets_of_the_plane_are_learnt_within_a_second(name, least):
    spec = network_for(DataTable(name))
    net, learnt, tested = trained(spec)
    assert accuracy(net, learnt) >= least
    assert accuracy(net, tested) >= least


@pytest.mark.parametrize("name", ["and", "or", "xor"])
def test_truth_tables_are_learnt_in_few_steps(name):
    net, learnt, _ = trained(network_for(DataTable(name)), 5_000)
    assert accuracy(net, learnt) == 1


def test_a_plane_is_one_neuron_that_finds_its_slopes():
    spec = network_for(DataTable("plane", noise=0.0))
    assert [layer.units for layer in spec.layer] == [1]
    net, learnt, _ = trained(spec, 2_000)
    np.testing.assert_allclose(net.predict(learnt[0]), learnt[1], atol=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["iris", "digits"])
def test_measured_sets_are_learnt(name):
    spec = network_for(DataTable(name))
    net, _, tested = trained(spec, 3_000)
    assert accuracy(net, tested) >= 0.9


@pytest.mark.parametrize("name", datasets.NAMES)
def test_every_named_set_has_a_network_that_takes_its_prepared_table(name):
    spec = checked(network_for(DataTable(name)))
    table = samples_of(spec)
    assert spec.network.inputs == len(table.inputs)
    assert spec.batch_size <= table.rows - table.test


def test_constant_columns_are_no_inputs():
    assert network_for(DataTable("digits")).network.inputs == 61


def test_a_set_keeps_the_samples_that_are_asked_for():
    asked = DataTable("spirals", samples=60)
    assert network_for(asked).data == asked


def test_few_rows_are_one_batch():
    assert batch_size(DataTable("xor")) == 4
    assert batch_size(DataTable("spirals")) == 10


@pytest.mark.parametrize(
    "loss", ["mse", "hinge", "cross_entropy", "binary_cross_entropy"]
)
def test_a_network_without_a_sample_gets_one_that_its_error_takes(loss):
    last = Dense(2, "sigmoid" if loss == "binary_cross_entropy" else "linear")
    a = Architecture(3, (last,), loss)
    sample = sample_for(a, None)
    assert (len(sample.x), len(sample.t)) == (3, 2)
    trace = Network(3, [last], loss).trace(sample.x, sample.t)
    assert np.isfinite(trace["E"])


def test_a_sample_that_is_given_is_kept():
    a = Architecture(1, (Dense(1),))
    sample = sample_for(a, (np.array([3.0]), np.array([4.0])))
    assert msgspec.to_builtins(sample) == {"x": [3.0], "t": [4.0]}
