"""The step in C (`by_hand.c`), compiled for the workload with the system's compiler."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
from loops import named, orders, turned

if TYPE_CHECKING:
    from workloads import Array, Job, Workload

SOURCE = Path(__file__).parents[1] / "by_hand.c"
FLAGS = ("-O3", "-march=native", "-ffast-math", "-shared", "-fPIC")
COMPILER = shutil.which("cc")
if COMPILER is None:
    raise ImportError("there is no C compiler: cc is not on the path")


def version() -> str:
    """Return the compiler's version."""
    done = subprocess.run(["cc", "--version"], capture_output=True, text=True)  # noqa: PLW1510 - a compiler that cannot tell is no reason to stop
    return done.stdout.partition("\n")[0]


def macros(workload: Workload) -> list[str]:
    """Return what describes the workload to the C file."""
    if len(workload.layers) > 3:
        raise NotImplementedError("by_hand.c has at most three layers")
    sizes = {f"N{n}": size for n, size in enumerate(workload.sizes)}
    numbers = {"LAYERS": len(workload.layers), **sizes, "BATCH": workload.batch}
    words = [workload.hidden.upper()]
    words += ["CROSS_ENTROPY"] * (workload.loss == "cross_entropy")
    words += ["ADAM"] * (workload.optimizer == "adam")
    defined = [f"{name}={value}" for name, value in numbers.items()]
    return [f"-D{text}" for text in (*defined, f"RATE={workload.rate}f", *words)]


def compiled(workload: Workload) -> ctypes.CDLL:
    """Compile for a workload and load the result."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "by_hand.so"
        subprocess.run(
            ["cc", *FLAGS, *macros(workload), str(SOURCE), "-o", str(file)], check=True
        )
        return ctypes.CDLL(str(file))


class Compiled:
    """The peer: parameters packed as the C file has them."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._library = compiled(job.workload)
        self._first = np.concatenate(
            [p.ravel() for p in chain.from_iterable(turned(job.first))]
        )
        self._x, self._t = (np.ascontiguousarray(a, np.float32) for a in (job.X, job.T))
        self.reset()

    def reset(self) -> None:
        """Go back to the start."""
        self._at = 0
        self._w = self._first.copy()
        self._state = np.zeros(2 * self._w.size, np.float32)
        self._decay = np.ones(2)

    def train(self, steps: int) -> None:
        """Go on for some steps."""
        batches = len(self._x) // self.job.workload.batch
        self._call("train", batches, self._at, steps)
        self._at += steps

    def fit(self, epochs: int, *, shuffle: bool) -> None:
        """Train from the first parameters on."""
        self.reset()
        samples = len(self._x)
        for order in orders(samples, epochs, shuffle=shuffle):
            self._call("epoch", samples, ctypes.c_void_p(order.ctypes.data))

    def _call(self, name: str, *rest: object) -> None:
        arrays = (self._w, self._state, self._decay, self._x, self._t)
        addresses = [ctypes.c_void_p(a.ctypes.data) for a in arrays]
        numbers = [ctypes.c_long(n) if isinstance(n, int) else n for n in rest]
        self._library[name](*addresses, *numbers)

    def parameters(self) -> dict[str, Array]:
        """Return the parameters by backlit's names and shapes."""
        layers, start = [], 0
        for inputs, outputs in self.job.workload.layers:
            end = start + inputs * outputs
            weight = self._w[start:end].reshape(inputs, outputs)
            layers.append((weight, self._w[end : end + outputs]))
            start = end + outputs
        return named(layers)


def prepare(job: Job) -> Compiled:
    """Return the peer."""
    return Compiled(job)
