"""One peer in a process of its own, told what to do in lines of JSON.

    python worker.py MODULE THREADS

The process is bound to its processors before the peer is imported, as libraries read
their number of threads then. Commands, each answered by a line:

    {"do": "prepare", "job": FILE}     gets ready for a workload
    {"do": "train", "steps": N}        answers the seconds of N steps from the start
    {"do": "fit", "epochs": N, …}      likewise of a whole fit
    {"do": "save", "file": FILE}       writes the parameters
    {"do": "memory"}                   answers bytes
    {"do": "forget"}                   drops what is compiled in the process

An answer with "error" says why something cannot be done.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Any


def bind(threads: int) -> None:
    """Keep this process to the last so many processors, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])


def resident_bytes(field: str) -> int:
    """Return the memory that this process holds ("VmRSS"), or its peak ("VmHWM").

    Not by `getrusage`, whose peak begins at what the parent held.

    Raises:
        OSError: The system does not tell; Linux does.
    """
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return 1024 * int(line.split()[1])
    raise OSError(f"no {field}")


class Worker:
    """Answers commands with the methods of their names."""

    def __init__(self, module: str) -> None:
        started = perf_counter()
        self.module = importlib.import_module(f"peers.{module}")
        self.import_s = perf_counter() - started
        self.peer: Any = None

    def version(self) -> dict[str, Any]:
        """Tell the versions, and how long importing them took."""
        return {"version": self.module.version(), "import_s": self.import_s}

    def prepare(self, job: str) -> dict[str, Any]:
        """Get ready for a workload."""
        from workloads import load  # noqa: PLC0415 - bound to processors before NumPy

        if hasattr(self.peer, "close"):
            self.peer.close()
        self.peer = None  # before the next is made, so that memory is its own
        loaded = load(Path(job))
        with suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
            self._before = resident_bytes("VmRSS")
        return {"seconds": _seconds(self._prepare, loaded)}

    def _prepare(self, job: Any) -> None:
        self.peer = self.module.prepare(job)

    def train(self, steps: int) -> dict[str, Any]:
        """Do steps from the first parameters on."""
        self.peer.reset()
        return {"seconds": _seconds(self.peer.train, steps)}

    def fit(self, epochs: int, *, shuffle: bool) -> dict[str, Any]:
        """Do a whole fit."""
        return {"seconds": _seconds(self.peer.fit, epochs, shuffle=shuffle)}

    def save(self, file: str) -> dict[str, Any]:
        """Write the parameters."""
        import numpy as np  # noqa: PLC0415 - bound to processors before NumPy

        np.savez(file, **self.peer.parameters())
        return {}

    def memory(self) -> dict[str, Any]:
        """Tell the bytes that came on top since `prepare`, and a program's own."""
        own = self.peer.memory() if hasattr(self.peer, "memory") else {}
        return {"peak": resident_bytes("VmHWM") - self._before, **own}

    def forget(self) -> dict[str, Any]:
        """Drop what is compiled in this process."""
        self.module.forget()
        return {}


def _seconds(call: Any, *arguments: Any, **options: Any) -> float:
    started = perf_counter()
    call(*arguments, **options)
    return perf_counter() - started


def answer(worker: Worker, command: dict[str, Any]) -> dict[str, Any]:
    """Do what a command asks for."""
    try:
        found: dict[str, Any] = getattr(worker, command.pop("do"))(**command)
    except Exception as error:  # noqa: BLE001 - whatever stops a peer is reported
        return {"error": f"{type(error).__name__}: {error}"}
    return found


def main() -> None:
    """Answer until there are no more commands."""
    module, threads = sys.argv[1], int(sys.argv[2])
    bind(threads)
    out, sys.stdout = sys.stdout, sys.stderr  # what libraries print is no answer
    try:
        worker = Worker(module)
    except ImportError as error:
        print(json.dumps({"missing": str(error)}), file=out, flush=True)
        return
    print(json.dumps(worker.version()), file=out, flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(worker, json.loads(line))), file=out, flush=True)


if __name__ == "__main__":
    main()
