"""Networks of several kinds, and passes through them, to be drawn."""

from __future__ import annotations

import numpy as np

import backlit as bl

NEURON = (2, [(1, "sigmoid")], "mse")
NETWORKS = {
    "neuron": NEURON,
    "linear neuron": (3, [(1, "linear")], "mae"),
    "many inputs": (64, [(1, "tanh")], "half_mse"),
    "2-2-2": (2, [(2, "sigmoid"), (2, "sigmoid")], "half_sse"),
    "4-3-2": (4, [(3, "tanh"), (2, "linear")], "cross_entropy"),
    "2-8-8-1": (2, [(8, "relu"), (8, "tanh"), (1, "sigmoid")], "binary_cross_entropy"),
    "3-5 softmax": (3, [(5, "softmax")], "mse"),
    "64-64-10": (64, [(64, "relu"), (10, "linear")], "cross_entropy"),
}


def network(name, seed=0, **options):
    inputs, layers, loss = NETWORKS[name]
    dense = [bl.Dense(units, activation) for units, activation in layers]
    return bl.Network(inputs, dense, loss=loss, seed=seed, **options)


def recorded(net, samples=None, seed=0):
    """Record a pass over one sample, or over a batch of a number of samples."""
    a, rng = net.architecture, np.random.default_rng(seed)
    lead = () if samples is None else (samples,)
    t = np.zeros((*lead, a.outputs))
    t[..., 0] = 1.0
    return net.trace(rng.normal(size=(*lead, a.inputs)), t)
