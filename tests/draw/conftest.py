"""Recorded passes of several networks, to be drawn."""

from __future__ import annotations

import pytest
from drawings import NETWORKS, network, recorded


@pytest.fixture(params=NETWORKS)
def named(request):
    return request.param


@pytest.fixture
def trace(named):
    return recorded(network(named))


@pytest.fixture(scope="session")
def neuron():
    """The lesson's neuron, with the weights that its story has."""
    net = network("neuron")
    net.parameters["dense1.weight"] = [[0.4, -0.6]]
    net.parameters["dense1.bias"] = [0.1]
    return net.trace(x=[0.5, 0.8], t=[1.0])
