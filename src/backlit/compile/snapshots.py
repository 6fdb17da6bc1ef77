"""The parameters of many epochs side by side: training writes them, evaluation reads.

    slot 0: dense1.weight | dense1.bias | ...    slot 1: dense1.weight | ...

Each parameter lies in a slot as it lies in the arena, and begins at a multiple of 16
elements. A copy goes in whole vectors, and so may run over its end: behind every value
in the arena, and in every slot, there is room for that.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from backlit.compile.body import Code
    from backlit.compile.ir import Type, Value
    from backlit.compile.places import Place
    from backlit.graph import Node
    from backlit.graph.node import Array

ALIGNMENT = 16  # elements; at least those of a vector
BLOCK = 256  # rows that are evaluated at once


def offsets(sizes: Iterable[int]) -> tuple[list[int], int]:
    """Return where each value begins in a slot, and the slot's length, in elements."""
    found, end = [], 0
    for size in sizes:
        found.append(end)
        end += -(-size // ALIGNMENT) * ALIGNMENT
    return found, end


def pairs(
    code: Code,
    slot: Value,
    nodes: Sequence[Node],
    at: Callable[[Node], Value],
    size: int,
) -> list[tuple[Value, Value, int]]:
    """Return for each parameter its address in the arena, in a slot, and its length.

    Args:
        code: Where the addresses are written.
        slot: The slot's address.
        nodes: The parameters, in order.
        at: Writes the address of a value in the arena.
        size: Bytes of an element.
    """
    starts, _ = offsets(node.size for node in nodes)
    return [
        (at(node), code.address(slot, start, size), node.size)
        for node, start in zip(nodes, starts, strict=True)
    ]


def copy(
    code: Code, source: Value, target: Value, count: Value | int, vector: Type
) -> None:
    """Copy elements in vectors, over the end of the last one if they do not fit."""

    def piece(i: Value, _: list[Value]) -> list[Value]:
        value = code.load(code.address(source, i, vector.size), vector)
        code.store(value, code.address(target, i, vector.size))
        return []

    code.loop(0, count, vector.lanes, piece)


class Ring:
    """Memory for the parameters of some epochs.

    Args:
        layout: Where the parameters lie in a program's arena.
        names: The parameters, in order.
        slots: How many epochs there is room for.
    """

    def __init__(
        self, layout: Mapping[str, Place], names: Iterable[str], slots: int
    ) -> None:
        self.slots = slots
        self._places = {name: layout[name] for name in names}
        sizes = [prod(place["shape"]) for place in self._places.values()]
        self._starts, self.width = offsets(sizes)
        dtype = next(iter(self._places.values()))["dtype"]
        self._array = np.empty((slots, self.width), dtype)
        self.address = self._array.ctypes.data

    def take(self, slot: int) -> dict[str, Array]:
        """Return the parameters in a slot, as copies."""
        return {name: view.copy() for name, view in self._views(slot).items()}

    def put(self, slot: int, values: Mapping[str, Array]) -> None:
        """Write the parameters of a slot."""
        for name, view in self._views(slot).items():
            view[...] = values[name]

    def _views(self, slot: int) -> dict[str, Array]:
        array = self._array
        return {
            name: np.ndarray(
                place["shape"],
                array.dtype,
                array,
                (slot * self.width + start) * array.itemsize,
                [s * array.itemsize for s in place["strides"]],
            )
            for (name, place), start in zip(
                self._places.items(), self._starts, strict=True
            )
        }
