"""The workloads: networks, data, first weights, and the speed that is to be reached.

Everything that a peer is given is made here, once, from fixed seeds: the samples in the
order in which batches take them, and the first weights. The peers only compute.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Goal:
    """A speed to reach.

    Attributes:
        most: The largest time that reaches it: seconds, or times that of `other`.
        other: The peer that is compared with; none for an absolute time.
        peer: Whose time it is.
    """

    most: float
    other: str = ""
    peer: str = "backlit"


@dataclass(frozen=True)
class Workload:
    """What is trained: a network, how, and on how many samples.

    Attributes:
        name: As the table has it.
        sizes: Inputs, then the neurons of each layer.
        hidden: The activation of the hidden layers, "tanh" or "relu".
        loss: "mse" on sigmoid outputs, or "cross_entropy" on logits.
        optimizer: "sgd" or "adam".
        rate: The learning rate.
        batch: Samples per step.
        samples: In all.
        epochs: Of a whole fit on the handwritten digits; 0 where steps are timed.
        goals: The speed to reach.
        checked: Steps (epochs of a fit) after which parameters are compared.
    """

    name: str
    sizes: tuple[int, ...]
    hidden: str = "relu"
    loss: str = "cross_entropy"
    optimizer: str = "sgd"
    rate: float = 0.05
    batch: int = 32
    samples: int = 2048
    epochs: int = 0
    goals: tuple[Goal, ...] = ()
    checked: int = 100

    @property
    def layers(self) -> tuple[tuple[int, int], ...]:
        """Inputs and outputs of each layer."""
        return tuple(zip(self.sizes, self.sizes[1:], strict=False))


@dataclass(frozen=True, eq=False)
class Job:
    """A workload with its data, as every peer gets it.

    Attributes:
        workload: What is trained.
        X: Inputs, `(samples, inputs)`, float32.
        T: Targets, `(samples, outputs)`, float32; one-hot rows for cross-entropy.
        first: The first parameters by name, `dense1.weight` `(outputs, inputs)`.
        threads: Threads that may be used.
    """

    workload: Workload
    X: Array
    T: Array
    first: dict[str, Array]
    threads: int = 1

    @property
    def labels(self) -> Array:
        """The class of each sample, `(samples,)`."""
        return self.T.argmax(1)

    def save(self, path: Path) -> None:
        """Write the job for another process."""
        about = json.dumps([asdict(self.workload), self.threads])
        np.savez(path, about=about, X=self.X, T=self.T, **self.first)


def load(path: Path) -> Job:
    """Return a job that was saved."""
    with np.load(path) as file:
        arrays = dict(file)
    about, threads = json.loads(str(arrays.pop("about")))
    about |= {"sizes": tuple(about["sizes"]), "goals": ()}
    X, T = arrays.pop("X"), arrays.pop("T")
    return Job(Workload(**about), X, T, arrays, threads)


def architecture(workload: Workload) -> Any:
    """Return backlit's description of the network."""
    from backlit.network.architecture import (  # noqa: PLC0415 - a peer has no need
        Architecture,
        Dense,
    )

    way = "glorot_uniform"
    output = "sigmoid" if workload.loss == "mse" else "linear"
    hidden = [Dense(n, workload.hidden, way) for n in workload.sizes[1:-1]]
    layers = (*hidden, Dense(workload.sizes[-1], output, way))
    return Architecture(workload.sizes[0], layers, workload.loss)


def job(workload: Workload, threads: int = 1) -> Job:
    """Return a workload with its data and first weights, the same in every run."""
    X, T = digits() if workload.epochs else _drawn(workload)
    first = architecture(workload).initial(0)
    small = {name: value.astype(np.float32) for name, value in first.items()}
    return Job(workload, X, T, small, threads)


@cache
def digits() -> tuple[Array, Array]:
    """Return scikit-learn's handwritten digits, scaled to 0 to 1."""
    from sklearn.datasets import load_digits  # noqa: PLC0415 - slow to import

    X, y = load_digits(return_X_y=True)
    return (X / 16).astype(np.float32), np.eye(10, dtype=np.float32)[y]


def _drawn(workload: Workload) -> tuple[Array, Array]:
    """Return inputs, and targets that depend on them, with noise."""
    draw = np.random.default_rng(0)
    inputs, outputs = workload.sizes[0], workload.sizes[-1]
    X = draw.normal(size=(workload.samples, inputs)).astype(np.float32)
    teacher = draw.normal(size=(inputs, outputs)) / np.sqrt(inputs)
    score = X @ teacher + 0.5 * draw.normal(size=(workload.samples, outputs))
    if workload.loss == "mse":
        return X, (1 / (1 + np.exp(-2 * score))).astype(np.float32)
    return X, np.eye(outputs, dtype=np.float32)[score.argmax(1)]


SCAN, C, SKLEARN = "JAX scan", "C by hand", "scikit-learn"
WORKLOADS = (
    Workload(
        *("2-1 sigmoid", (2, 1), "relu", "mse"),
        batch=1,
        samples=64,
        goals=(Goal(0.03e-6), Goal(0.75, SCAN)),
    ),
    Workload(
        *("2-8-8-1 tanh", (2, 8, 8, 1), "tanh", "mse"),
        batch=10,
        samples=640,
        goals=(Goal(0.8e-6), Goal(1.3, C), Goal(2.0, "backlit", "backlit wasm")),
    ),
    Workload(
        *("4-32-16-4 tanh", (4, 32, 16, 4), "tanh", "mse", "adam", 0.001),
        batch=64,
        samples=4096,
        goals=(Goal(10e-6), Goal(10 / 21, SCAN)),
    ),
    Workload(
        *("64-32-10 relu", (64, 32, 10)),
        goals=(Goal(10e-6), Goal(10 / 22, SCAN)),
    ),
    Workload(
        *("784-128-10 relu", (784, 128, 10)),
        batch=128,
        samples=8192,
        goals=(Goal(750e-6), Goal(0.75 / 0.9, SCAN)),
    ),
    Workload(
        *("784-512-256-10 relu", (784, 512, 256, 10)),
        batch=128,
        samples=8192,
        checked=20,
        goals=(Goal(4800e-6), Goal(4.8 / 6.0, SCAN)),
    ),
    Workload(
        *("fit on digits", (64, 64, 10)),
        optimizer="adam",
        rate=0.001,
        samples=1797,
        epochs=50,
        checked=1,
        goals=(Goal(0.15), Goal(0.15 / 0.18, SCAN), Goal(0.1, SKLEARN)),
    ),
)
START = WORKLOADS[1]  # the network whose compilation is timed
START_GOALS = {"cold": 0.150, "cached": 0.010, "cached, once more": 0.010}
FIT_COLD = 0.6  # seconds of the first fit in a process whose cache is empty
TWO_THREADS = {"784-512-256-10 relu": (Goal(2800e-6), Goal(2.8 / 3.6, SCAN))}
