"""A graph as a module of LLVM IR: a function for each kernel, and one for all.

run(arena, rows)   computes every kernel in order
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from typing import TYPE_CHECKING

from backlit.compile import axes as batch
from backlit.compile.alike import Kernels
from backlit.compile.body import Code, function
from backlit.compile.contraction import emit_contraction
from backlit.compile.crew import KERNEL as SHARED
from backlit.compile.crew import block_size, emit_crew
from backlit.compile.emitter import Emitter
from backlit.compile.factors import batch_letter
from backlit.compile.ir import F32, F64, I64, PTR, Type
from backlit.compile.layout import Layout, base, exchanged_nodes
from backlit.compile.loops import emit_map
from backlit.compile.memory import Memory, plan
from backlit.compile.moves import emit_move
from backlit.compile.reductions import emit_reduction
from backlit.compile.schedule import Kernel, Schedule
from backlit.compile.shares import share_out

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from backlit.compile.target import Target
    from backlit.graph import Graph, Node

KERNEL = (("arena", PTR), ("rows", I64))


@dataclass(frozen=True, eq=False)
class Module:
    """The text of a program and where its values lie.

    Attributes:
        text: Functions in LLVM IR, `run` among them.
        schedule: The kernels.
        memory: The places of stored values.
        layout: Their strides.
        real: The type of floats.
        threads: Threads that can share a step.
        crew: Where in the arena the block begins through which they do so.
    """

    text: str
    graph: Graph
    schedule: Schedule
    memory: Memory
    layout: Layout
    real: Type
    threads: int = 1
    crew: int = 0


def build(
    graph: Graph,
    target: Target,
    dtype: str = "float32",
    *,
    batched: Collection[str] = (),
    exchanged: Collection[str] = (),
    over: Mapping[Node, Node] | None = None,
    first: Sequence[Node] = (),
    phases: Mapping[Node, str] | None = None,
    wanted: Collection[Node] = (),
    threads: int = 1,
) -> Module:
    """Return the module of a graph.

    Args:
        graph: The graph.
        target: The processor.
        dtype: The precision of floats.
        batched: Inputs whose first axis is the batch, of any length up to theirs.
        exchanged: Two-axis inputs to store with their axes exchanged.
        over: Nodes to write over inputs, where nothing needs these any more.
        first: Nodes to compute as early as can be.
        phases: The part of a step each node belongs to, if each is to be a function.
        wanted: What `step` computes, if not everything.
        threads: Threads that can share a step; not together with phases.

    Raises:
        GraphError: A batch is taken apart.
        OptionError: The program would need more memory than there can be.
    """
    real = {"float32": F32, "float64": F64}[dtype]
    layout = Layout(exchanged_nodes(graph, exchanged))
    known = batch.batch_axes(graph, batched)
    schedule = Schedule(graph, layout, tuple(first), phases or {}, known)
    sizes = {"float": real.size, "int": 8, "bool": 1}
    shares = share_out(schedule, known, over or {}) if threads > 1 else None
    groups = shares.groups if shares else None
    memory = plan(schedule, sizes, over or {}, groups, threads)
    needs: set[str] = set()
    made = Kernels(SHARED if shares else KERNEL, alike=target.alike)
    for n, kernel in enumerate(schedule.kernels):
        cut = shares.cuts[n] if shares else ""
        emitter = Emitter(layout, memory.offsets, real, cut)
        if prod(kernel.space):
            _emit(emitter, kernel, known, memory.scratch.get(n, 0), target)
        needs |= emitter.code.needs
        made.add(emitter.code)
    kernels = schedule.kernels
    functions = [*made.functions, *(_parts(kernels, made.calls) if phases else ())]
    crew = memory.size
    if shares:
        functions.append(emit_crew(shares, made.calls, crew, target))
        memory = replace(memory, size=crew + block_size(threads))
    else:
        needed = _needed(kernels, wanted)
        functions.append(_calls("step", [made.calls[n] for n in needed]))
    text = "\n".join([*sorted(needs), *functions, _RUN])
    return Module(text, graph, schedule, memory, layout, real, threads, crew)


def _emit(
    emitter: Emitter,
    kernel: Kernel,
    known: batch.BatchAxes,
    scratch: int,
    target: Target,
) -> None:
    lanes = target.width // emitter.real.size
    root = kernel.root
    match kernel.kind:
        case "contract":
            assert root is not None  # noqa: S101 - a contraction has one
            letter = batch_letter(root, known)
            emit_contraction(
                emitter,
                kernel,
                letter,
                lanes=lanes,
                registers=target.registers,
                scratch=scratch,
            )
        case "reduce":
            assert root is not None  # noqa: S101 - a reduction has one
            emit_reduction(emitter, kernel, known.get(root.inputs[0]), lanes)
        case "move":
            emit_move(emitter, kernel)
        case "map":
            emit_map(emitter, kernel, known.get(kernel.nodes[0]), lanes)


def _calls(name: str, calls: Iterable[str]) -> str:
    """Return a function of calls in order."""
    code = Code()
    for call in calls:
        code.do(call)
    return function(name, KERNEL, code)


def _parts(kernels: Sequence[Kernel], calls: Sequence[str]) -> Iterator[str]:
    """Yield the functions of the parts of a step."""
    for part in dict.fromkeys(kernel.phase for kernel in kernels):
        own = [calls[n] for n, kernel in enumerate(kernels) if kernel.phase == part]
        yield _calls(f"part_{part}", own)


def _needed(kernels: Sequence[Kernel], wanted: Collection[Node]) -> list[int]:
    """Return the kernels that nodes depend on; all of them if there are no nodes."""
    if not wanted:
        return [*range(len(kernels))]
    sought, found = {base(x) for x in wanted}, []
    for n, kernel in reversed([*enumerate(kernels)]):
        if not sought.isdisjoint(kernel.stores):
            found.append(n)
            nodes = (*kernel.before, *kernel.computed)
            sought |= {base(x) for node in nodes for x in node.inputs}
    return found[::-1]


_RUN = (
    "define void @run(ptr %arena, i64 %rows) nounwind {\n"
    "entry:\n  call void @step(ptr %arena, i64 %rows)\n  ret void\n}\n"
)
