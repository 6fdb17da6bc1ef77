"""What of a program's work each of several threads does.

    rows       a thread computes some rows of the batch
    columns    a thread computes some columns of a contraction
    elements   a thread computes some of the elements of a value
    nothing    one thread computes it all

Kernels go in groups: all threads finish one before any begins the next. Invariant:
within a group no kernel reads what another thread writes, so that where the work is
cut, and who does it, changes no bit of the results.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from backlit.compile.factors import letter_sizes
from backlit.compile.layout import base

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from backlit.compile.axes import BatchAxes
    from backlit.compile.emitter import Cut
    from backlit.compile.schedule import Kernel, Schedule
    from backlit.graph import Graph, Node

WIDE = 128  # columns that are enough for a few threads
ENOUGH = 10_000_000  # multiplications of a step that pay for threads
LEAST = 400_000  # multiplications of a group that pay for waking another thread


@dataclass(frozen=True)
class Shares:
    """How the work of a program is shared out.

    Attributes:
        cuts: How each kernel is cut.
        groups: The group of each kernel, from 0 on.
        together: The groups that are worth more than one thread.
    """

    cuts: tuple[Cut, ...]
    groups: tuple[int, ...]
    together: frozenset[int]

    def members(self, group: int) -> list[int]:
        """Return the kernels of a group in order."""
        return [n for n, g in enumerate(self.groups) if g == group]


def several_pay(graph: Graph) -> bool:
    """Tell whether a program has so much to do that several threads may pay."""
    contractions = [x for x in graph.nodes if x.op.name == "contract"]
    return sum(prod(letter_sizes(x).values()) for x in contractions) >= ENOUGH


def share_out(schedule: Schedule, axes: BatchAxes, over: Mapping[Node, Node]) -> Shares:
    """Cut the kernels of a schedule, and put them in groups.

    Args:
        schedule: The kernels.
        axes: The batch axis of each node that has one.
        over: Nodes that may be written over others.
    """
    cuts = tuple(_cut(kernel, axes) for kernel in schedule.kernels)
    groups = tuple(_groups(schedule, cuts, over))
    work: dict[int, int] = {}
    for kernel, cut, group in zip(schedule.kernels, cuts, groups, strict=True):
        work[group] = work.get(group, 0) + _work(kernel) * (cut != "")
    return Shares(cuts, groups, frozenset(g for g, n in work.items() if n >= LEAST))


def _cut(kernel: Kernel, axes: BatchAxes) -> Cut:
    axis = axes.get(kernel.computed[0])
    if kernel.kind == "contract" and (axis is None or _is_wide(kernel, axis)):
        return "columns"
    if axis is not None:
        return "rows"
    return "elements" if kernel.kind == "map" else ""


def _is_wide(kernel: Kernel, axis: int) -> bool:
    """Tell whether there are more columns than rows.

    Each thread then copies its columns of a factor, not all of it.
    """
    rows, columns = kernel.space[axis], prod(kernel.space) // kernel.space[axis]
    return columns >= max(rows, WIDE)


def _groups(
    schedule: Schedule, cuts: Sequence[Cut], over: Mapping[Node, Node]
) -> list[int]:
    """Give each kernel the first group in which all that it needs is there."""
    written: dict[Node, int] = {}
    readers: dict[Node, list[int]] = {}
    found: list[int] = []
    for n, kernel in enumerate(schedule.kernels):
        reads = {base(x) for node in _nodes(kernel) for x in node.inputs}
        before = [written[x] for x in reads if x in written]
        for node in kernel.stores:
            before += readers.get(over.get(node, node), [])
        alone = [m for m in before if cuts[m] == cuts[n] and cuts[n] in {"rows", ""}]
        apart = [found[m] + 1 for m in before if m not in alone]
        found.append(max([0, *(found[m] for m in alone), *apart]))
        written |= dict.fromkeys(kernel.stores, n)
        for x in reads:
            readers.setdefault(x, []).append(n)
    return found


def _nodes(kernel: Kernel) -> list[Node]:
    return [*kernel.before, *kernel.computed]


def _work(kernel: Kernel) -> int:
    """Return about how much there is to do, as multiplications of a contraction."""
    if kernel.kind == "contract" and kernel.root is not None:
        return prod(letter_sizes(kernel.root).values())
    root = kernel.root
    size = prod(kernel.space if root is None else root.inputs[0].shape)
    return 8 * size * len(_nodes(kernel))
