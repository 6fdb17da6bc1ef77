"""What both ways of using JAX share: the error, the update, the parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
from loops import named, turned

if TYPE_CHECKING:
    from workloads import Array, Job

    State = Any  # parameters, Adam's two moments, steps done


def version() -> str:
    """Return the version."""
    return f"JAX {jax.__version__}"


def start(job: Job) -> State:
    """Return the first parameters, moments of 0, and no steps done."""
    layers = jax.tree.map(jnp.array, turned(job.first))
    m, v = (jax.tree.map(jnp.zeros_like, layers) for _ in range(2))
    moments = (m, v) if job.workload.optimizer == "adam" else ()
    return layers, moments, jnp.int32(0)


def targets(job: Job) -> Array:
    """Return targets as the error takes them."""
    return job.T if job.workload.loss == "mse" else job.labels.astype("i4")


def error(job: Job, layers: Any, x: Any, t: Any) -> Any:
    """Return the error of a batch."""
    activation = {"tanh": jnp.tanh, "relu": jax.nn.relu}[job.workload.hidden]
    for weight, bias in layers[:-1]:
        x = activation(x @ weight + bias)
    weight, bias = layers[-1]
    z = x @ weight + bias
    if job.workload.loss == "mse":
        return jnp.mean((jax.nn.sigmoid(z) - t) ** 2)
    chosen = jnp.take_along_axis(jax.nn.log_softmax(z), t[:, None], 1)
    return -jnp.mean(chosen)


def updated(job: Job, state: State, x: Any, t: Any) -> State:
    """Return the state after a step."""
    layers, moments, steps = state
    g = jax.grad(lambda p: error(job, p, x, t))(layers)
    steps, rate = steps + 1, job.workload.rate
    if not moments:
        return jax.tree.map(lambda p, d: p - rate * d, layers, g), (), steps
    m = jax.tree.map(lambda a, d: 0.9 * a + 0.1 * d, moments[0], g)
    v = jax.tree.map(lambda a, d: 0.999 * a + 0.001 * d * d, moments[1], g)
    first, second = 1 - 0.9**steps, 1 - 0.999**steps

    def moved(p: Any, a: Any, b: Any) -> Any:
        return p - rate * (a / first) / (jnp.sqrt(b / second) + 1e-8)

    return jax.tree.map(moved, layers, m, v), (m, v), steps


def read(state: State) -> dict[str, Array]:
    """Return the parameters by backlit's names and shapes."""
    return named(state[0])
