"""Graphs run natively in guarded memory, and how near the results must be.

    found = run(graph, inputs, "float32", TARGETS["sse2"])

Memory is NaN before inputs are put in, so that what is read without having been
computed spoils the result; the bytes around the arena and the inputs must come out as
they went in.
"""

from __future__ import annotations

import ctypes
import platform
from dataclasses import replace
from typing import Any

import numpy as np

from backlit.compile.module import build
from backlit.compile.native import Arena, link
from backlit.compile.target import assembled, host
from backlit.graph import CONSTANT, Graph
from backlit.interpret import Program

DTYPES = ("float64", "float32")
GUARD = 256  # bytes before and behind the arena


def _targets() -> dict[str, Any]:
    """Return the processors whose programs run here: this one, and lesser ones."""
    found = {"host": host()}
    if platform.machine() in {"x86_64", "AMD64"}:
        plain = replace(host(), features="", registers=16)
        found["sse2"] = replace(plain, cpu="x86-64", width=16)
        if host().width >= 32:
            found["avx2"] = replace(plain, cpu="haswell", width=32)
    return found


TARGETS = _targets()


class Guarded(Arena):
    """An arena in the middle of larger memory, in which everything is NaN at first."""

    def __init__(self, module: Any) -> None:
        super().__init__(module)
        size = module.memory.size
        self._bytes = np.full(size + 2 * GUARD + 64, 0xFF, np.uint8)
        self._start = GUARD + -(self._bytes.ctypes.data + GUARD) % 64
        self._end = self._start + size
        self.address = self._bytes.ctypes.data + self._start
        for node in module.schedule.constants:
            self.view(node)[...] = node.attributes["value"]

    def check(self) -> None:
        """See that nothing around the arena was written."""
        around = (self._bytes[: self._start], self._bytes[self._end :])
        assert all((part == 0xFF).all() for part in around)


def compiled(graph: Graph, dtype: str, target: Any = None, **how: Any) -> Any:
    """Return what runs a graph on an arena, and the arena."""
    target = target or host()
    module = build(graph, target, dtype, **how)
    library = link(assembled(module.text, target), "run")
    function = library.function("run", ctypes.c_void_p, ctypes.c_int64)
    return function, Guarded(module)


def run(
    graph: Graph,
    inputs: dict[str, Any],
    dtype: str,
    target: Any = None,
    *,
    rows: int = 1,
    **how: Any,
) -> dict[str, Any]:
    """Compile and run a graph; return its outputs, after a look at the memory."""
    function, arena = compiled(graph, dtype, target, **how)
    for name, node in graph.inputs.items():
        arena.view(node)[...] = inputs[name]
    before = {name: arena.view(x).copy() for name, x in graph.inputs.items()}
    function(arena.address, rows)
    arena.check()
    changed = {old for new, old in how.get("over", {}).items()}
    for name, node in graph.inputs.items():
        if node not in changed:
            assert arena.view(node).tobytes() == before[name].tobytes(), name
    return {name: value_of(arena, node) for name, node in graph.outputs.items()}


def value_of(arena: Arena, node: Any) -> Any:
    access = arena.module.layout.access(node)
    if access.base.op is CONSTANT and access.base not in arena.module.memory.offsets:
        return np.full(node.shape, access.base.attributes["value"])
    return arena.view(node).copy()


def interpreted(graph: Graph, inputs: dict[str, Any], dtype: str) -> dict[str, Any]:
    return Program(graph, dtype)(inputs)


def size_of(graph: Graph, inputs: dict[str, Any]) -> float:
    """Return the size of the largest finite value on the way to the outputs."""
    values = Program(graph).values(inputs)
    sizes = [np.abs(v[np.isfinite(v)]).max(initial=0.0) for v in values]
    return float(max(sizes, default=0.0)) or 1.0


def assert_near(found: Any, expected: Any, bound: float) -> None:
    """Check values within a bound; what is not finite must be the same."""
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    if found.dtype.kind != "f":
        np.testing.assert_array_equal(found, expected)
        return
    np.testing.assert_allclose(found, expected, rtol=0, atol=bound)
