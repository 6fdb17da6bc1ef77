"""scikit-learn's MLPClassifier, which trains whole fits only."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import sklearn
from loops import named, turned
from sklearn.neural_network import MLPClassifier

if TYPE_CHECKING:
    from workloads import Array, Job

SAME = {"alpha": 0.0, "tol": 0.0, "random_state": 0}  # no penalty, no stopping


def version() -> str:
    """Return the version."""
    return f"scikit-learn {sklearn.__version__}"


class Given(MLPClassifier):  # type: ignore[misc] # sklearn has no types
    """A classifier that starts from given parameters."""

    given: Job

    def _init_coef(self, fan_in: int, fan_out: int, dtype: Any) -> tuple[Array, Array]:
        layers = turned(self.given.first, dtype)
        weight, bias = next(p for p in layers if p[0].shape == (fan_in, fan_out))
        return weight, bias


class Fits:
    """The peer."""

    def __init__(self, job: Job) -> None:
        if not job.workload.epochs:
            raise NotImplementedError("scikit-learn trains whole fits only")
        self.job = job
        self._model: Any = None

    def fit(self, epochs: int, *, shuffle: bool) -> None:
        """Train from the first parameters on."""
        workload = self.job.workload
        self._model = Given(
            workload.sizes[1:-1],
            batch_size=workload.batch,
            learning_rate_init=workload.rate,
            max_iter=epochs,
            n_iter_no_change=np.inf,
            shuffle=shuffle,
            **SAME,
        )
        self._model.given = self.job
        with warnings.catch_warnings(action="ignore"):
            self._model.fit(self.job.X, self.job.labels)

    def parameters(self) -> dict[str, Array]:
        """Return the parameters by backlit's names and shapes."""
        layers = zip(self._model.coefs_, self._model.intercepts_, strict=True)
        return named(layers)


def prepare(job: Job) -> Fits:
    """Return the peer."""
    return Fits(job)
