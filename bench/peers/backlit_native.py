"""backlit on this processor: the program that `fit` runs; whole fits by its estimator.

Steps are timed as `Network.fit` does them, many in one native call: each orders,
gathers, computes, updates, sums the error and looks for values that are not finite.
"""

from __future__ import annotations

import warnings
from importlib.metadata import version as version_of
from typing import TYPE_CHECKING, Any

import numpy as np
from workloads import architecture

from backlit.compile.training import Training, compiled
from backlit.interop.sklearn import NetworkClassifier
from backlit.update.optimizers import SGD, Adam

EPOCHS = 2**16  # that the program has room to note; then it starts to count anew

if TYPE_CHECKING:
    from workloads import Array, Job, Workload


def version() -> str:
    """Return the versions."""
    return f"backlit {version_of('backlit')}, llvmlite {version_of('llvmlite')}"


def optimizer(workload: Workload) -> Any:
    """Return the update rule."""
    return {"sgd": SGD, "adam": Adam}[workload.optimizer](workload.rate)


class Steps:
    """The peer where steps are timed."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.program = compiled(
            architecture(job.workload),
            optimizer(job.workload),
            job.workload.batch,
            weighted=False,
            dtype="float32",
            threads=job.threads,
        )
        self.training = Training(
            self.program,
            {"x": job.X, "t": job.T},
            size=job.workload.batch,
            shuffle=False,
            seed=0,
            epochs=EPOCHS,
        )
        self.reset()

    def reset(self) -> None:
        """Go back to the start."""
        zeros = {n: 0.0 for n in self.program.layout if n.startswith("state.")}
        self.training.put({**self.job.first, **zeros})
        self.training.set(epoch=0, batch=0, seen=0, steps=0)

    def train(self, steps: int) -> None:
        """Go on for some steps."""
        per_epoch = len(self.job.X) // self.job.workload.batch
        while steps:
            self.training.set(epoch=0)
            part = min(steps, per_epoch * (EPOCHS - 1))
            self.training.run(part)
            steps -= part

    def parameters(self) -> dict[str, Array]:
        """Return the parameters."""
        return self.training.take(self.job.first)

    def memory(self) -> dict[str, int]:
        """Return the bytes of the program's arena, and the least it could have."""
        return {"arena": self.program.size, "bound": self.program.bound}


class Fits:
    """The peer where whole fits are timed."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._model: Any = None

    def fit(self, epochs: int, *, shuffle: bool) -> None:
        """Train from the first parameters on."""
        workload = self.job.workload
        self._model = NetworkClassifier(
            workload.sizes[1:-1],
            batch_size=workload.batch,
            learning_rate_init=workload.rate,
            max_iter=epochs,
            n_iter_no_change=np.inf,
            shuffle=shuffle,
            alpha=0.0,
            tol=0.0,
            random_state=0,  # the first parameters of the job are those of this seed
            executor="native",
            threads=self.job.threads,
            dtype="float32",
        )
        with warnings.catch_warnings(action="ignore"):
            self._model.fit(self.job.X, self.job.labels)

    def parameters(self) -> dict[str, Array]:
        """Return the parameters."""
        return dict(self._model.network_.parameters)


def prepare(job: Job) -> Steps | Fits:
    """Return the peer."""
    return Fits(job) if job.workload.epochs else Steps(job)


def forget() -> None:
    """Drop what is compiled in this process; the cache on disk stays."""
    compiled.cache_clear()
