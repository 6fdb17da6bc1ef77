"""The arena: one block of memory in which every stored value has its place.

Inputs, array constants and outputs keep theirs; what is only passed from one kernel to
another gives its place back after the last kernel that reads it. Each value starts at
a multiple of 64 bytes and has a vector's room behind its end, so that the last vector
of a loop may run over it: of as many elements as floats fit into 64 bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from backlit.compile.factors import scratch_bytes
from backlit.compile.layout import base
from backlit.compile.schedule import may_replace
from backlit.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from backlit.compile.schedule import Kernel, Schedule
    from backlit.graph import Node

ALIGNMENT = 64
LARGEST = 2**40  # bytes; beyond that indices and machines are at their end


@dataclass(frozen=True, eq=False)
class Memory:
    """Where everything lies.

    Attributes:
        offsets: Bytes from the start of the arena to each stored value.
        scratch: For each contraction's kernel, bytes to where it may copy a factor.
        size: Bytes of the arena.
        bound: Bytes of what is needed at the busiest moment: no arena can be smaller.
    """

    offsets: dict[Node, int]
    scratch: dict[int, int]
    size: int
    bound: int


@dataclass(frozen=True, eq=False)
class _Block:
    """Memory that is needed from one time to another, both included."""

    owner: Node | int  # a value, or the kernel whose scratch it is
    size: int
    first: int
    last: int


def plan(
    schedule: Schedule,
    sizes: dict[str, int],
    over: Mapping[Node, Node],
    groups: Sequence[int] | None = None,
    threads: int = 1,
) -> Memory:
    """Give every input, array constant and stored value its place.

    Args:
        schedule: The kernels.
        sizes: Bytes of an element, by dtype.
        over: Nodes to be written over others, if nothing needs these any more.
        groups: For each kernel the group with whose others it may run at once; by
            default each runs alone.
        threads: Threads that need scratch of their own.

    Raises:
        OptionError: The program would need more memory than there can be.
    """
    replaced = {
        new: old for new, old in over.items() if may_replace(schedule, old, new)
    }
    times = range(len(schedule.kernels)) if groups is None else groups
    blocks = list(_blocks(schedule, sizes, replaced, times, threads))
    starts, size = _placed(blocks)
    if size > LARGEST:
        raise OptionError(
            f"the program needs {size / 2**30:.0f} GiB; use smaller layers or batches"
        )
    offsets = {n: at for n, at in starts.items() if not isinstance(n, int)}
    offsets |= {new: offsets[old] for new, old in replaced.items()}
    scratch = {n: at for n, at in starts.items() if isinstance(n, int)}
    busiest = max(
        (
            sum(b.size for b in blocks if b.first <= n <= b.last)
            for n in {*times, _end(times)}
        ),
        default=0,
    )
    return Memory(offsets, scratch, size, busiest)


def _blocks(
    schedule: Schedule,
    sizes: dict[str, int],
    replaced: Mapping[Node, Node],
    times: Sequence[int],
    threads: int,
) -> Iterable[_Block]:
    """Yield what needs memory, and from when to when."""
    end = _end(times)
    for node in [*schedule.graph.inputs.values(), *schedule.constants]:
        yield _Block(node, _size(node, sizes), 0, end)
    last = _last_uses(schedule, times)
    for n, (kernel, time) in enumerate(zip(schedule.kernels, times, strict=True)):
        for node in kernel.stores:
            if node not in replaced:
                yield _Block(node, _size(node, sizes), time, last.get(node, time))
        if kernel.kind == "contract" and kernel.root is not None:
            copy = scratch_bytes(kernel.root, sizes["float"])
            yield _Block(n, copy * threads, time, time)


def _end(times: Sequence[int]) -> int:
    return max(times, default=-1) + 1


def _last_uses(schedule: Schedule, times: Sequence[int]) -> dict[Node, int]:
    """Return the last time that each value is read; outputs are read at the end."""
    found: dict[Node, int] = {}
    for kernel, time in zip(schedule.kernels, times, strict=True):
        for x in (base(x) for node in _computed(kernel) for x in node.inputs):
            found[x] = max(time, found.get(x, 0))
    end = _end(times)
    return found | {base(x): end for x in schedule.graph.outputs.values()}


def _computed(kernel: Kernel) -> list[Node]:
    return [*kernel.before, *kernel.computed]


def _placed(blocks: list[_Block]) -> tuple[dict[Node | int, int], int]:
    """Give each block the lowest place that is free while it is needed.

    The largest come first: small ones fit into what they leave.
    """
    placed: list[tuple[int, _Block]] = []
    for block in sorted(blocks, key=lambda b: -b.size):
        busy = sorted(
            ((at, other.size) for at, other in placed if _meet(block, other)),
            key=lambda pair: pair[0],
        )
        start = 0
        for at, size in busy:
            if start + block.size <= at:
                break
            start = max(start, at + size)
        placed.append((start, block))
    size = max((at + b.size for at, b in placed), default=0)
    return {b.owner: at for at, b in placed}, size


def _meet(a: _Block, b: _Block) -> bool:
    return a.first <= b.last and b.first <= a.last


def _size(node: Node, sizes: dict[str, int]) -> int:
    lanes = ALIGNMENT // sizes["float"]
    return _aligned((prod(node.shape) + lanes) * sizes[node.dtype])


def _aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT
