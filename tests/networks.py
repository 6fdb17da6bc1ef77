"""Networks of every kind, and data for them."""

import numpy as np

from backlit.network.architecture import Architecture, Dense
from backlit.train.samples import samples

SAMPLES = 23

NETWORKS = {
    "one neuron": Architecture(1, [Dense(1, "sigmoid")], "half_mse"),
    "one output": Architecture(5, [Dense(7, "tanh"), Dense(1)], "mse"),
    "one unit inside": Architecture(3, [Dense(1, "relu"), Dense(4)], "sse"),
    "one input": Architecture(1, [Dense(9, "sigmoid"), Dense(2, "tanh")]),
    "wide": Architecture(17, [Dense(33, "relu"), Dense(16, "tanh"), Dense(3)]),
    "classes": Architecture(4, [Dense(6, "tanh"), Dense(3)], "cross_entropy"),
    "two classes": Architecture(
        4, [Dense(5, "softplus"), Dense(1)], "binary_cross_entropy_with_logits"
    ),
    "softmax inside": Architecture(4, [Dense(5, "softmax"), Dense(3, "softmax")]),
    "no biases": Architecture(
        4, [Dense(8, "tanh", use_bias=False), Dense(3, use_bias=False)]
    ),
    "frozen": Architecture(
        4, [Dense(8, "tanh", freeze="weight"), Dense(3, freeze=("weight", "bias"))]
    ),
    "penalties": Architecture(4, [Dense(8, "elu"), Dense(2)], "mae", l1=0.1, l2=0.2),
    "deep": Architecture(3, [Dense(4, "tanh") for _ in range(6)], "half_sse"),
    "as many units as samples": Architecture(6, [Dense(6, "tanh"), Dense(6)], l2=0.1),
    "flat error": Architecture(3, [Dense(4, "step"), Dense(2)], "mse"),
    "linear": Architecture(3, [Dense(2)], "huber"),
}


def data_for(architecture, count=SAMPLES, weighted=False):
    draw = np.random.default_rng(0)
    X = draw.normal(size=(count, architecture.inputs))
    T = targets(architecture, X, draw)
    weight = draw.uniform(0.2, 2, count) if weighted else None
    return samples(architecture, X, T, weight)


def targets(architecture, X, draw):
    shape = (len(X), architecture.outputs)
    if architecture.loss == "cross_entropy":
        return draw.integers(architecture.outputs, size=len(X))
    if architecture.loss.startswith("binary"):
        return draw.integers(2, size=shape)
    if architecture.loss == "hinge":
        return draw.choice([-1.0, 1.0], shape)
    return draw.normal(size=shape)
