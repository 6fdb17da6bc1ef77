"""JAX, one compiled call for each step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
from loops import Stepper
from peers.jax_by_hand import read, start, targets, updated, version

if TYPE_CHECKING:
    from workloads import Array, Job

__all__ = ["prepare", "version"]


def prepare(job: Job) -> Stepper:
    """Return the peer."""
    if job.workload.epochs:
        raise NotImplementedError("JAX jit is timed step by step")
    states: list[Any] = []
    compiled = jax.jit(lambda s, x, t: updated(job, s, x, t), donate_argnums=0)

    def restart() -> None:
        states[:] = [start(job)]

    def step(x: Any, t: Any) -> None:
        states[0] = compiled(states[0], x, t)

    def array(given: Array) -> Any:
        return jnp.array(targets(job) if given is job.T else given)

    def wait() -> None:
        jax.block_until_ready(states)

    return Stepper(job, restart, step, lambda: read(states[0]), array, wait=wait)
