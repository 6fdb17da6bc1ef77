"""The chain rule as it is read from the backward graph."""

from itertools import product
from math import prod

import numpy as np
import pytest

import backlit as bl
from backlit.errors import NetworkError
from backlit.explain.paths import Paths

RANDOM = np.random.default_rng(0)
NETS = {
    "neuron": bl.Network(2, [bl.Dense(1, "sigmoid")]),
    "two layers": bl.Network(3, [bl.Dense(4, "tanh"), bl.Dense(2, "sigmoid")], "sse"),
    "relu, classes": bl.Network(
        3, [bl.Dense(5, "relu"), bl.Dense(3)], "cross_entropy", seed=3
    ),
    "penalties": bl.Network(
        2, [bl.Dense(3, "silu"), bl.Dense(1)], "huber", l1=0.1, l2=0.2
    ),
    "softmax": bl.Network(2, [bl.Dense(3, "softmax")], "half_mse"),
    "no bias": bl.Network(
        2,
        [bl.Dense(2, "elu", use_bias=False), bl.Dense(2)],
        "binary_cross_entropy_with_logits",
    ),
    "three layers": bl.Network(
        2, [bl.Dense(2, "gelu"), bl.Dense(2, "linear"), bl.Dense(1, "softplus")], "mae"
    ),
}  # fmt: skip
nets = pytest.mark.parametrize("name", NETS)
batches = pytest.mark.parametrize("samples", [None, 3], ids=["one", "batch"])


def traced(name, samples):
    net = NETS[name]
    lead = () if samples is None else (samples,)
    x = RANDOM.normal(size=(*lead, net.architecture.inputs))
    outputs = net.architecture.outputs
    t = np.eye(outputs)[RANDOM.integers(outputs, size=lead)]
    if net.architecture.loss != "cross_entropy" and outputs == 1:
        t = RANDOM.random((*lead, 1))
    return net.trace(x, t)


def parameters(trace, paths):
    for name, shape in trace.architecture.shapes.items():
        for place in product(*map(range, shape)):
            yield paths.element(name, place)


@nets
@batches
def test_ways_of_every_element_add_up_to_its_gradient(name, samples):
    trace = traced(name, samples)
    paths = Paths(trace)
    for quantity in trace.gradients:
        if quantity in {"E", "E.data", "E.penalty", "E.sample", "prediction"}:
            continue
        for place in product(*map(range, trace.gradients[quantity].shape)):
            element = paths.element(quantity, place)
            assert paths.adds_up(element), (quantity, place)
            total = sum(link.product for link in paths.links(element))
            assert total == pytest.approx(trace.gradients[quantity][place], abs=1e-12)


@nets
@batches
def test_products_along_all_paths_add_up_to_the_gradient(name, samples):
    trace = traced(name, samples)
    paths = Paths(trace)
    for element in parameters(trace, paths):
        every = list(paths.paths(element))
        assert len(every) == paths.count(element)
        total = sum(prod(link.value for link in path) for path in every)
        assert total == pytest.approx(paths.gradient(element), abs=1e-12)


def test_ways_are_sorted_by_their_share():
    trace = traced("relu, classes", None)
    paths = Paths(trace)
    for unit in range(5):
        links = paths.links(paths.element("dense1.output", (unit,)))
        shares = [abs(link.product) for link in links]
        assert shares == sorted(shares, reverse=True)


def test_wrong_local_derivative_does_not_add_up(monkeypatch):
    trace = traced("neuron", None)
    paths = Paths(trace)
    element = paths.element("dense1.sum", (0,))
    (link,) = paths.links(element)
    object.__setattr__(link, "value", link.value * 1.001)
    monkeypatch.setattr(paths, "links", lambda _: [link])
    assert not paths.adds_up(element)


def test_quantity_that_e_does_not_depend_on_has_no_gradient():
    paths = Paths(traced("neuron", None))
    with pytest.raises(NetworkError, match="no derivative to t"):
        paths.element("t", (0,))
