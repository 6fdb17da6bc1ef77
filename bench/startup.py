"""How long it takes until the first step is done, in processes that have just begun.

Importing the peer is not counted; whatever it loads later is. backlit is measured with
its cache on disk empty ("cold"), in a new process with the cache that the first left
("cached"), and once more in that process ("cached, once more").
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from contest import Contender, PeerError, end, start

if TYPE_CHECKING:
    from collections.abc import Callable

    from workloads import Job

OTHERS = ("C by hand", "JAX scan", "JAX jit", "PyTorch", "scikit-learn")
Times = dict[str, list[float]]


def first_steps(job: Job, rounds: int, labels: list[str]) -> Times:
    """Return the seconds until a step, or a whole fit, is done; a list for each case.

    Args:
        job: What is trained.
        rounds: How often each peer is begun, in turn.
        labels: The peers there are.
    """
    found: Times = {}
    with TemporaryDirectory() as folder:
        file = Path(folder) / "job.npz"
        job.save(file)
        for n in range(rounds):
            for case, seconds in _round(job, file, labels, Path(folder) / str(n)):
                found.setdefault(case, []).append(seconds)
    return found


def _round(
    job: Job, file: Path, labels: list[str], cache: Path
) -> list[tuple[str, float]]:
    """Return each case and its seconds."""

    def once(contender: Contender) -> float:
        got_ready = contender.ask("prepare", job=str(file))["seconds"]
        return float(got_ready) + _first(contender, job)

    def again(contender: Contender) -> float:
        contender.ask("forget")
        return once(contender)

    def begun(label: str, *calls: Callable[[Contender], float]) -> list[float]:
        contender = start(label, job.threads, BACKLIT_CACHE=str(cache))
        try:
            return [call(contender) for call in calls]
        except PeerError:  # a step alone, or a fit, is not for every peer
            return []
        finally:
            end(contender)

    cold = begun("backlit", once)
    cached = begun("backlit", once, again)
    names = ("backlit, cold", "backlit, cached", "backlit, cached, once more")
    others = [(label, begun(label, once)) for label in OTHERS if label in labels]
    rows = [*zip(names, ([s] for s in cold + cached), strict=False), *others]
    return [(case, seconds[0]) for case, seconds in rows if seconds]


def _first(contender: Contender, job: Job) -> float:
    if job.workload.epochs:
        fit = contender.ask("fit", epochs=job.workload.epochs, shuffle=True)
        return float(fit["seconds"])
    return float(contender.ask("train", steps=1)["seconds"])
