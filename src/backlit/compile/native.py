"""Programs that run on this machine's processor.

Arrays are checked and copied into the arena before any native code runs, and copied
out after it: no pointer of the caller's ever reaches native code. Places to gather from
are only moved about in a graph, never computed, so that they too are known to lie
inside before it runs.
"""

from __future__ import annotations

import ctypes
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.compile.block import Block
from backlit.compile.cache import object_code
from backlit.compile.layout import base
from backlit.compile.library import link
from backlit.compile.module import Module, build
from backlit.compile.places import constants
from backlit.compile.target import host
from backlit.graph import CONSTANT, Graph
from backlit.interpret import Program as Interpreter
from backlit.interpret import given
from backlit.ops.indexing import inside
from backlit.options import precision

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from backlit.graph import Node
    from backlit.graph.node import Array

_DTYPES = {"int": "i8", "bool": "?"}


class Arena(Block):
    """The memory of one program, with its values as arrays.

    Args:
        module: The program.

    Raises:
        OptionError: There is not that much memory.
    """

    def __init__(self, module: Module) -> None:
        super().__init__(module.memory.size, constants(module))
        self.module = module
        self.real = np.dtype(f"f{module.real.size}")
        self._views: dict[Node, Array] = {}

    def view(self, node: Node) -> Array:
        """Return a stored node's memory as an array, by the node's own axes."""
        if node not in self._views:
            self._views[node] = self._view(node)
        return self._views[node]

    def _view(self, node: Node) -> Array:
        dtype = np.dtype(_DTYPES.get(node.dtype, self.real))
        access = self.module.layout.access(node)
        start = self.module.memory.offsets[access.base]
        start += access.offset * dtype.itemsize
        return self.strided(node.shape, dtype, start, access.strides)


class Program:
    """A graph compiled for this processor; called like the interpreter's.

    Args:
        graph: The graph, whose outputs are wanted.
        dtype: The precision of floats, `float32` or `float64`.

    Raises:
        OptionError: Another precision, or more memory than there is.
    """

    def __init__(self, graph: Graph, dtype: Any = "float32") -> None:
        self.graph = graph
        self.module = build(graph, host(), precision(dtype))
        self._arena = Arena(self.module)
        self._busy = Lock()  # there is one arena, and native code lets threads run
        library = link(object_code(self.module.text, host()), "run")
        self._library = library
        self._run: Callable[[int, int], None] = library.function(
            "run", ctypes.c_void_p, ctypes.c_int64
        )
        self._sizes = _places(graph)
        outputs = {f"places {n}": at for n, (at, _) in enumerate(self._sizes)}
        self._places = Interpreter(Graph(graph.inputs, outputs))

    def __call__(self, inputs: Mapping[str, Any]) -> dict[str, Array]:
        """Return the graph's outputs by name.

        Raises:
            GraphError: An input is missing.
            DtypeError: An input is no number, or a fraction where an integer is needed.
            ShapeError: An input does not have the shape of its node.
            DataError: A place to gather from lies outside.
        """
        found = self._places(inputs).values()
        for (_, size), places in zip(self._sizes, found, strict=True):
            inside(places, size)
        with self._busy:
            self._put(inputs)
            self._run(self._arena.address, 1)
            outputs = self.graph.outputs.items()
            return {name: self._value(node) for name, node in outputs}

    def _put(self, inputs: Mapping[str, Any]) -> None:
        """Copy what the outputs depend on into the arena, checked."""
        needed = set(self.graph.nodes)
        for name, node in self.graph.inputs.items():
            if node in needed:
                view = self._arena.view(node)
                view[...] = given(name, node, inputs, view.dtype)

    def memory(self) -> dict[str, int]:
        """Return the bytes of the arena, and the least that any arena would need."""
        memory = self.module.memory
        return {"arena": memory.size, "bound": memory.bound}

    def _value(self, node: Node) -> Array:
        source = base(node)
        if source.op is CONSTANT and not source.shape:
            dtype = _DTYPES.get(node.dtype, self._arena.real)
            return np.full(node.shape, source.attributes["value"], dtype)
        return np.array(self._arena.view(node))


def _places(graph: Graph) -> list[tuple[Node, int]]:
    """Return the places that are read or written, each with what they must be below."""
    found = []
    for node in graph.nodes:
        if node.op.name == "gather":
            x, at = node.inputs
            found.append((at, x.shape[node.attributes["axis"]]))
        elif node.op.name == "scatter_add":
            found.append((node.inputs[1], node.attributes["size"]))
    return found
