"""JAX, many steps in one compiled call: `lax.scan` over the batches."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
from jax import lax
from loops import orders
from peers.jax_by_hand import read, start, targets, updated, version

if TYPE_CHECKING:
    from workloads import Array, Job

__all__ = ["prepare", "version"]


class Scan:
    """The peer."""

    def __init__(self, job: Job) -> None:
        self.job = job
        size = job.workload.batch
        count = len(job.X) // size
        self._X, self._T = jnp.array(job.X), jnp.array(targets(job))
        self._batches = [
            a[: count * size].reshape(count, size, *a.shape[1:])
            for a in (self._X, self._T)
        ]
        self._steps = jax.jit(partial(_steps, job), static_argnums=3, donate_argnums=0)
        self._epoch = jax.jit(partial(_epoch, job), donate_argnums=0)
        self.reset()

    def reset(self) -> None:
        """Go back to the start."""
        self._state = start(self.job)

    def train(self, steps: int) -> None:
        """Go on for some steps, in one call; another number compiles anew."""
        self._state = self._steps(self._state, *self._batches, steps)
        jax.block_until_ready(self._state)

    def fit(self, epochs: int, *, shuffle: bool) -> None:
        """Train from the first parameters on, one call for each epoch."""
        self.reset()
        for order in orders(len(self._X), epochs, shuffle=shuffle):
            rows = jnp.asarray(order.astype("i4"))
            self._state = self._epoch(self._state, self._X, self._T, rows)
        jax.block_until_ready(self._state)

    def parameters(self) -> dict[str, Array]:
        """Return the parameters by backlit's names and shapes."""
        return read(self._state)


def _steps(job: Job, state: Any, X: Any, T: Any, steps: int) -> Any:
    def body(state: Any, _: None) -> tuple[Any, None]:
        at = state[2] % len(X)
        return updated(job, state, X[at], T[at]), None

    return lax.scan(body, state, None, steps)[0]


def _epoch(job: Job, state: Any, X: Any, T: Any, order: Any) -> Any:
    size = job.workload.batch
    whole = len(order) // size * size

    def body(state: Any, rows: Any) -> tuple[Any, None]:
        return updated(job, state, X[rows], T[rows]), None

    state = lax.scan(body, state, order[:whole].reshape(-1, size))[0]
    rest = order[whole:]
    return body(state, rest)[0] if len(rest) else state


def prepare(job: Job) -> Scan:
    """Return the peer."""
    return Scan(job)
