"""Graphs run natively in guarded memory, and how near the results must be.

    found = run(graph, inputs, "float32", TARGETS["sse2"])

Memory is NaN before inputs are put in, so that what is read without having been
computed spoils the result; the bytes around the arena and the inputs must come out as
they went in.
"""

from __future__ import annotations

import ctypes
import mmap
import platform
from dataclasses import replace
from typing import Any

import numpy as np

from backlit.compile.library import link
from backlit.compile.module import Module, build
from backlit.compile.native import Arena
from backlit.compile.target import Target, assembled, host
from backlit.graph import CONSTANT, Graph, Node
from backlit.interpret import Program

DTYPES = ("float64", "float32")
EPSILON = {dtype: float(np.finfo(dtype).eps) for dtype in DTYPES}
GUARD = 256  # bytes before and behind the arena


def _targets() -> dict[str, Target]:
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

    def __init__(self, module: Module) -> None:
        super().__init__(module)
        size = module.memory.size
        self._bytes = np.full(size + 2 * GUARD + 64, 0xFF, np.uint8)
        self._start = GUARD + -(self._bytes.ctypes.data + GUARD) % 64
        self._end = self._start + size
        self.address = self._bytes.ctypes.data + self._start
        self.put(constants(module))

    def put(self, values: dict[Node, Any]) -> None:
        for node, value in values.items():
            self.view(node)[...] = value

    def check(self) -> None:
        """See that nothing around the arena was written."""
        around = (self._bytes[: self._start], self._bytes[self._end :])
        assert all((part == 0xFF).all() for part in around), "written outside"


class Edged(Guarded):
    """An arena right behind or before memory that nobody may touch."""

    def __init__(self, module: Module, *, behind: bool) -> None:
        super().__init__(module)
        page, size = mmap.PAGESIZE, module.memory.size
        inner = -(-size // page) * page
        self._map = mmap.mmap(-1, inner + 2 * page)
        self._bytes = np.frombuffer(self._map, np.uint8)
        self._bytes[...] = 0xFF
        self._start = page if behind else page + inner - size
        self._end = self._start + size
        self.address = self._bytes.ctypes.data + self._start
        protect = ctypes.CDLL(None).mprotect
        for at in (0, page + inner):
            start = ctypes.c_void_p(self._bytes.ctypes.data + at)
            assert protect(start, ctypes.c_size_t(page), 0) == 0
        self.put(constants(module))

    def check(self) -> None:
        """Nothing is left to see: who touches the edges is dead by now."""


def constants(module: Module) -> dict[Node, Any]:
    return {node: node.attributes["value"] for node in module.schedule.constants}


def function_of(module: Module, target: Target | None = None) -> Any:
    """Return the program `run` of a module as a function of address and rows."""
    library = link(assembled(module.text, target or host()), "run")
    return library.function("run", ctypes.c_void_p, ctypes.c_int64)


def run(
    graph: Graph,
    inputs: dict[str, Any],
    dtype: str,
    target: Target | None = None,
    *,
    rows: int = 1,
    **how: Any,
) -> dict[str, Any]:
    """Compile and run a graph; return its outputs, after a look at the memory.

    Args:
        graph: The graph.
        inputs: Its inputs, all of them.
        dtype: The precision.
        target: For which processor; this one if left out.
        rows: The length of the batch.
        how: Options of `build`.
    """
    module = build(graph, target or host(), dtype, **how)
    return run_on(Guarded(module), inputs, function_of(module, target), rows=rows)


def run_on(
    arena: Guarded, inputs: dict[str, Any], function: Any, *, rows: int = 1
) -> dict[str, Any]:
    graph = arena.module.graph
    arena.put({node: inputs[name] for name, node in graph.inputs.items()})
    before = {name: arena.view(x).copy() for name, x in graph.inputs.items()}
    function(arena.address, rows)
    arena.check()
    for name, node in graph.inputs.items():
        assert arena.view(node).tobytes() == before[name].tobytes(), name
    return {name: value_of(arena, node) for name, node in graph.outputs.items()}


def value_of(arena: Arena, node: Node) -> Any:
    source = arena.module.layout.access(node).base
    if source.op is CONSTANT and source not in arena.module.memory.offsets:
        return np.full(node.shape, source.attributes["value"])
    return arena.view(node).copy()


def size_of(graph: Graph, inputs: dict[str, Any]) -> float:
    """Return the size of the largest finite value on the way to the outputs."""
    values = Program(graph).values(inputs)
    sizes = [np.abs(v[np.isfinite(v)]).max(initial=0.0) for v in values]
    return float(max(sizes, default=0.0)) or 1.0


def assert_near(found: Any, expected: Any, bound: float, name: str = "") -> None:
    """Check values within a bound; what is not finite, or no float, must be equal."""
    assert found.shape == expected.shape, name
    if expected.dtype.kind == "f":
        np.testing.assert_allclose(found, expected, rtol=0, atol=bound, err_msg=name)
    else:
        np.testing.assert_array_equal(found, expected, err_msg=name)


def agree(
    graph: Graph,
    inputs: dict[str, Any],
    dtype: str,
    bound: float,
    target: Target | None = None,
    **how: Any,
) -> None:
    """Check a graph's outputs against the interpreter's, relative to its values."""
    found = run(graph, inputs, dtype, target, **how)
    expected = Program(graph, dtype)(inputs)
    size = size_of(graph, inputs)
    for name, value in expected.items():
        assert_near(found[name], value, bound * size, name)
