"""Where the values of a program lie in its memory, as data for whoever runs it.

What is known of a program beside its code is plain data, so that a program can be
stored and be run where neither its graph nor the compiler is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backlit.compile.layout import base
from backlit.graph import CONSTANT

if TYPE_CHECKING:
    from backlit.compile.module import Module
    from backlit.graph import Node

Place = dict[str, Any]


def places(module: Module, start: int = 0) -> dict[str, Place]:
    """Return where every named quantity lies, the arena beginning at start."""
    named = {**module.graph.outputs, **module.graph.inputs}
    return {name: place(module, node, start) for name, node in named.items()}


def place(module: Module, node: Node, start: int = 0) -> Place:
    """Return where a node lies.

    Returns:
        Its byte `offset`, `shape`, `strides` in elements, and `dtype`; or, if it is a
        constant, its `value` and `shape`.
    """
    source = base(node)
    if source.op is CONSTANT:
        return {"value": source.attributes["value"].tolist(), "shape": list(node.shape)}
    access = module.layout.access(node)
    size = {"float": module.real.size, "int": 8, "bool": 1}[node.dtype]
    return {
        "offset": start + module.memory.offsets[access.base] + access.offset * size,
        "shape": list(node.shape),
        "strides": list(access.strides),
        "dtype": _dtype(module, node),
    }


def constants(module: Module, start: int = 0) -> dict[int, bytes]:
    """Return the bytes of the constants that are arrays, by the byte they begin at."""
    return {
        start + module.memory.offsets[node]: node.attributes["value"]
        .astype(f"<{_dtype(module, node)}")
        .tobytes()
        for node in module.schedule.constants
    }


def _dtype(module: Module, node: Node) -> str:
    return {"float": f"f{module.real.size}", "int": "i8", "bool": "b1"}[node.dtype]
