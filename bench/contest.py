"""The contest: peers in processes of their own take turns on the same workload.

Each round lets every peer train once from the first parameters, so that what slows the
machine down slows all of them; figures are medians over rounds, ratios are medians of
the ratios within a round. Before that each shows that it computes the same: after the
same steps its parameters must be those of a float64 reference within TOLERANCE.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
from peers import numpy_by_hand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workloads import Array, Job, Workload

PEERS = {  # as the table has them -> the module
    "backlit": "backlit_native",
    "C by hand": "c_by_hand",
    "JAX scan": "jax_scan",
    "JAX jit": "jax_jit",
    "PyTorch": "pytorch",
    "NumPy by hand": "numpy_by_hand",
    "scikit-learn": "mlp_classifier",
    "backlit wasm": "backlit_wasm",
}
# Of the way that the parameters went. Rounding is below 1e-5; scikit-learn has the ε of
# Adam elsewhere, which comes to 1e-3; a learning rate 1 % too large would be 1e-2.
TOLERANCE = 2e-3
WORKER = Path(__file__).with_name("worker.py")
MOST = 64  # times more steps from one trial to the next


class PeerError(Exception):
    """A peer cannot do what it was asked for; the message is its own."""


@dataclass(eq=False)
class Contender:
    """A peer's process."""

    label: str
    process: subprocess.Popen[str]
    about: dict[str, Any]

    def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Send a command and return the answer.

        Raises:
            PeerError: It cannot be done, or the process has ended.
        """
        stdin, stdout = self.process.stdin, self.process.stdout
        try:
            print(json.dumps({"do": do, **arguments}), file=stdin, flush=True)
            answer = json.loads(stdout.readline()) if stdout else {}
        except (OSError, ValueError):
            answer = {"error": f"its process ended with {self.process.poll()}"}
        if "error" in answer:
            raise PeerError(answer["error"])
        return dict(answer)


def environment(threads: int, **more: str) -> dict[str, str]:
    """Return the environment of a peer: so many threads in every library."""
    libraries = ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM", "NUMEXPR")
    found = {f"{name}_NUM_THREADS": str(threads) for name in libraries}
    found["OMP_WAIT_POLICY"] = "PASSIVE"  # who waits leaves the processor to others
    found["JAX_PLATFORMS"] = "cpu"
    if threads == 1:
        found["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    return {**os.environ, **found, **more}


def start(label: str, threads: int, **more: str) -> Contender:
    """Start a peer's process; `about` says what it is, or why it is missing."""
    process = subprocess.Popen(
        [sys.executable, str(WORKER), PEERS[label], str(threads)],
        env=environment(threads, **more),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    line = process.stdout.readline() if process.stdout else ""
    about = json.loads(line) if line else {"missing": "its process ended at once"}
    return Contender(label, process, about)


@contextmanager
def contenders(labels: Any, threads: int, **more: str) -> Iterator[list[Contender]]:
    """Start peers, with more in their environment if given, and end them."""
    started = [start(label, threads, **more) for label in labels]
    try:
        yield started
    finally:
        for contender in started:
            end(contender)


def end(contender: Contender) -> None:
    """End a peer's process."""
    for pipe in (contender.process.stdin, contender.process.stdout):
        if pipe:
            pipe.close()
    try:
        contender.process.wait(5)
    except subprocess.TimeoutExpired:
        contender.process.kill()
        contender.process.wait()


@dataclass(eq=False)
class Entry:
    """What a peer did on a workload.

    Attributes:
        peer: Its label.
        error: Why there is no result, if there is none.
        disagreement: The distance of its parameters from the reference, as a share of
            the way that these went.
        steps: Steps in each round; 1 for a whole fit.
        seconds: For each round, the time of a step.
    """

    peer: str
    error: str = ""
    disagreement: float = 0.0
    steps: int = 1
    seconds: list[float] = field(default_factory=list)

    @property
    def counts(self) -> bool:
        """Whether it has computed what was asked for."""
        return not self.error and self.disagreement <= TOLERANCE

    @property
    def median(self) -> float:
        """The median time of a step, in seconds."""
        return median(self.seconds)


def reference(job: Job) -> dict[str, Array]:
    """Return the parameters that all must come to, by hand in float64."""
    peer, workload = numpy_by_hand.prepare(job, np.float64), job.workload
    if workload.epochs:
        peer.fit(workload.checked, shuffle=False)
    else:
        peer.train(workload.checked)
    return peer.parameters()


def disagreement(job: Job, found: Any, expected: dict[str, Array]) -> float:
    """Return how far parameters are off, as a share of the way that they should go."""

    def length(a: Any, b: Any) -> float:
        squares = (np.square(np.subtract(a[n], b[n], dtype="f8")).sum() for n in a)
        return float(np.sqrt(sum(squares)))

    if any(not np.isfinite(found[name]).all() for name in expected):
        return float("inf")
    return length(expected, found) / length(expected, job.first)


def check(
    contender: Contender, job: Job, file: Path, expected: dict[str, Array]
) -> float:
    """Let a peer train a little; return how far it is off."""
    workload, found = job.workload, file.with_name("parameters.npz")
    contender.ask("prepare", job=str(file))
    if workload.epochs:
        contender.ask("fit", epochs=workload.checked, shuffle=False)
    else:
        contender.ask("train", steps=workload.checked)
    contender.ask("save", file=str(found))
    with np.load(found) as arrays:
        return disagreement(job, dict(arrays), expected)


def timed(contender: Contender, workload: Workload, steps: int) -> float:
    """Return the time of a step, or of a fit, in seconds."""
    if workload.epochs:
        return float(
            contender.ask("fit", epochs=workload.epochs, shuffle=True)["seconds"]
        )
    return float(contender.ask("train", steps=steps)["seconds"]) / steps


def steps_for(contender: Contender, workload: Workload, seconds: float) -> int:
    """Return how many steps take so long; afterwards the peer is warm."""
    if workload.epochs:
        timed(contender, workload, 1)
        return 1
    steps = 16
    while True:
        timed(contender, workload, steps)  # some compile for each number of steps
        took = timed(contender, workload, steps) * steps
        if took >= seconds:
            return steps
        steps = int(steps * min(MOST, 1.2 * seconds / max(took, 1e-9))) + 1


def compete(
    job: Job, peers: list[Contender], rounds: int, seconds: float
) -> list[Entry]:
    """Return what each peer did on a workload."""
    entries = {contender: Entry(contender.label) for contender in peers}
    expected = reference(job)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "job.npz"
        job.save(file)
        for contender, entry in entries.items():
            try:
                entry.disagreement = check(contender, job, file, expected)
                entry.steps = steps_for(contender, job.workload, seconds)
            except PeerError as error:
                entry.error = str(error)
        for _ in range(rounds):
            for contender, entry in entries.items():
                if entry.error:
                    continue
                took = timed(contender, job.workload, entry.steps)
                entry.seconds.append(took)
    return list(entries.values())


def ratio(entry: Entry, other: Entry) -> float:
    """Return how many times longer a peer takes than another, in the same rounds."""
    return median(a / b for a, b in zip(entry.seconds, other.seconds, strict=True))
