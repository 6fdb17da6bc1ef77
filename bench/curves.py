"""What a step costs, in time and memory, as one thing at a time grows.

The network is 32 inputs, two hidden layers of 64 and 10 outputs, with batches of 64;
then the samples, the batch, the width or the depth changes. Each point is measured in
processes of its own, as their peak of memory counts; it is what came on top of the
imports and of the data, and holds what compiling took.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contest import PeerError, compete, contenders
from workloads import Workload, job

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contest import Contender

PEERS = ("backlit", "JAX scan", "PyTorch")
BASE = Workload("32-64-64-10", (32, 64, 64, 10), batch=64, samples=4096, checked=20)
POINTS = {
    "samples": (256, 1024, 4096, 16384, 65536),
    "batch": (1, 4, 16, 64, 256, 1024),
    "width": (8, 16, 32, 64, 128, 256, 512),
    "depth": (1, 2, 4, 8, 16),
}


def varied(axis: str, value: int) -> Workload:
    """Return the workload at a point."""
    if axis == "samples":
        return replace(BASE, samples=value)
    if axis == "batch":
        return replace(BASE, batch=value, samples=max(4096, 4 * value))
    hidden = (value, value) if axis == "width" else (64,) * value
    return replace(BASE, sizes=(32, *hidden, 10))


def curves(
    labels: list[str], rounds: int, seconds: float, *, quick: bool
) -> Iterator[dict[str, Any]]:
    """Yield a row for each point and peer: axis, value, seconds, bytes.

    Args:
        labels: The peers there are.
        rounds: For each point.
        seconds: Of a round.
        quick: Whether every second point will do.
    """
    chosen = [label for label in PEERS if label in labels]
    for axis, values in POINTS.items():
        for value in values[:: 2 if quick else 1]:
            for row in _point(chosen, varied(axis, value), rounds, seconds):
                yield {"axis": axis, "value": value, **row}


def _point(
    labels: list[str], workload: Workload, rounds: int, seconds: float
) -> Iterator[dict[str, Any]]:
    with contenders(labels, 1, BACKLIT_CACHE="off") as peers:  # all compile
        for entry in compete(job(workload), peers, rounds, seconds):
            if entry.counts:
                peer = next(p for p in peers if p.label == entry.peer)
                memory = _memory(peer)
                yield {"peer": entry.peer, "seconds": entry.median, **memory}


def _memory(peer: Contender) -> dict[str, int]:
    try:
        return peer.ask("memory")
    except PeerError:  # the system does not tell
        return {}
