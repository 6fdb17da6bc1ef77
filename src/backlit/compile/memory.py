"""The arena: one block of memory in which every stored value has its place.

Each value starts at a multiple of 64 bytes and has a vector's room behind its end, so
that the last vector of a loop may run over it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from backlit.compile.contraction import scratch_size
from backlit.compile.schedule import may_replace
from backlit.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backlit.compile.schedule import Schedule
    from backlit.graph import Node

ALIGNMENT = 64
LARGEST = 2**40  # bytes; beyond that indices and machines are at their end


@dataclass(frozen=True, eq=False)
class Memory:
    """Where everything lies.

    Attributes:
        offsets: Bytes from the start of the arena to each stored value.
        scratch: Bytes to where contractions copy factors.
        size: Bytes of the arena.
    """

    offsets: dict[Node, int]
    scratch: int
    size: int


def plan(
    schedule: Schedule, sizes: dict[str, int], over: Mapping[Node, Node]
) -> Memory:
    """Give every input, array constant and stored value its place.

    Args:
        schedule: The kernels.
        sizes: Bytes of an element, by dtype.
        over: Nodes to be written over others, if nothing needs these any more.

    Raises:
        OptionError: The program would need more memory than there can be.
    """
    offsets: dict[Node, int] = {}
    end = 0
    stored = [*schedule.graph.inputs.values(), *schedule.constants]
    stored += [x for kernel in schedule.kernels for x in kernel.stores]
    for node in stored:
        old = over.get(node)
        if old is not None and may_replace(schedule, old, node):
            offsets[node] = offsets[old]
        if node not in offsets:
            offsets[node] = end
            end = _aligned(end + prod(node.shape) * sizes[node.dtype])
    roots = [
        k.root for k in schedule.kernels if k.kind == "contract" and k.root is not None
    ]
    scratch = max(map(scratch_size, roots), default=0) * sizes["float"]
    whole = _aligned(end + scratch)
    if whole > LARGEST:
        raise OptionError(
            f"the program needs {whole / 2**30:.0f} GiB; use smaller layers or batches"
        )
    return Memory(offsets, end, whole)


def _aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT + ALIGNMENT
