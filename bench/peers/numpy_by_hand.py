"""A training step in NumPy, written out by hand; in float64 also the reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from loops import Stepper, named, turned

if TYPE_CHECKING:
    from workloads import Array, Job

    Layers = list[list[Array]]


def version() -> str:
    """Return the version."""
    return f"NumPy {np.__version__}"


def forward(job: Job, layers: Layers, x: Array) -> list[Array]:
    """Return the input and the output of every layer."""
    outputs = [x]
    for weight, bias in layers[:-1]:
        z = outputs[-1] @ weight + bias
        outputs.append(np.tanh(z) if job.workload.hidden == "tanh" else z.clip(0))
    weight, bias = layers[-1]
    z = outputs[-1] @ weight + bias
    mse = job.workload.loss == "mse"
    return [*outputs, 1 / (1 + np.exp(-z)) if mse else z]


def error(job: Job, y: Array, t: Array) -> Array:
    """Return the derivative of the error by the last layer's sums."""
    if job.workload.loss == "mse":
        return (2 / y.size) * (y - t) * y * (1 - y)
    e = np.exp(y - y.max(1, keepdims=True))
    return (e / e.sum(1, keepdims=True) - t) / len(y)


def gradients(job: Job, layers: Layers, x: Array, t: Array) -> Layers:
    """Return the gradients of all layers, by backpropagation."""
    outputs = forward(job, layers, x)
    d = error(job, outputs[-1], t)
    found = []
    for n in reversed(range(len(layers))):
        x = outputs[n]
        found.append([x.T @ d, d.sum(0)])
        if n:
            slope = 1 - x * x if job.workload.hidden == "tanh" else x > 0
            d = d @ layers[n][0].T * slope
    return found[::-1]


def prepare(job: Job, dtype: Any = np.float32) -> Stepper:
    """Return the peer."""
    layers: Layers = []
    moments: list[list[list[Array]]] = []
    steps = [0]
    rate, adam = job.workload.rate, job.workload.optimizer == "adam"

    def restart() -> None:
        steps[0] = 0
        layers[:] = turned(job.first, dtype)
        moments[:] = [[[np.zeros_like(p)] * 2 for p in layer] for layer in layers]

    def step(x: Array, t: Array) -> None:
        steps[0] += 1
        found = gradients(job, layers, x, t)
        for layer, gs, states in zip(layers, found, moments, strict=True):
            for n, g in enumerate(gs):
                if adam:
                    states[n], move = adams(states[n], g, steps[0])
                    layer[n] -= rate * move
                else:
                    layer[n] -= rate * g

    def array(given: Array) -> Array:
        return given.astype(dtype)

    return Stepper(job, restart, step, lambda: named(layers), array)


def adams(state: list[Array], g: Array, step: int) -> tuple[list[Array], Array]:
    """Return Adam's new state, and where it goes (Kingma and Ba 2015)."""
    m = 0.9 * state[0] + 0.1 * g
    v = 0.999 * state[1] + 0.001 * (g * g)
    move = m / (1 - 0.9**step) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
    return [m, v], move
