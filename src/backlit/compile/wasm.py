"""Programs for the browser: the same kernels as a WebAssembly module.

    forward(rows)  backward(rows)  update(rows)  train(steps)

The module imports one memory, `env.memory`. Where each quantity lies in it is data
(`Wasm.layout`); the host writes inputs there and reads results. For `train` the host
also places the data, and says where (`Wasm.control`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backlit.compile.body import Code, function
from backlit.compile.cache import object_code
from backlit.compile.driver import Driver
from backlit.compile.fields import FIELDS
from backlit.compile.ir import I64, PTR
from backlit.compile.layout import by_columns
from backlit.compile.module import Module, build
from backlit.compile.places import constants, places
from backlit.compile.target import WASM, Target
from backlit.compile.wasm_format import linked
from backlit.simplify import simplify
from backlit.update.step import BATCHED, phases, training_step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from backlit.compile.places import Place
    from backlit.graph import Graph
    from backlit.network.architecture import Architecture
    from backlit.update.optimizers import Optimizer

ARENA = 1024  # the start of the arena; address 0 stays free, as null
POINTERS = ("order", "sums", *BATCHED)  # behind the control fields, 8 bytes each


@dataclass(frozen=True)
class Wasm:
    """A WebAssembly program and where its values lie.

    Attributes:
        code: The module.
        layout: For each quantity its byte `offset` in memory, `shape`, `strides` in
            elements, and `dtype`; or its `value`, if it is a constant.
        control: The byte offset of each control field (64-bit integers) and pointer.
        free: The first byte that the program does not use itself.
    """

    code: bytes
    layout: dict[str, Place]
    control: dict[str, int]
    free: int


def training(
    architecture: Architecture,
    optimizer: Optimizer,
    size: int,
    *,
    weighted: bool = False,
) -> Wasm:
    """Return the program that passes and trains a network in the browser.

    Args:
        architecture: The network.
        optimizer: The update rule.
        size: The largest number of samples in a batch.
        weighted: Whether samples have weights.
    """
    return stepping(
        training_step(architecture, optimizer, size, weighted=weighted, counted=True)
    )


def stepping(step: Graph, dtype: str = "float32", target: Target = WASM) -> Wasm:
    """Return the program of a training step.

    Every quantity has a place of its own, so that all of them can be read after each
    part of a step. `train` computes only what it needs: parameters, the optimizer's
    state, E and the learning rate are those of the last step, other quantities need not
    be.

    Args:
        step: The step, `counted`, for the largest batch.
        dtype: The precision of floats.
        target: `WASM`, or `WASM_AT_ONCE` for a person who waits.
    """
    graph = simplify(step)
    size = graph.inputs["x"].shape[0]
    batched = [n for n in BATCHED if n in graph.inputs] * (size > 1)
    module = _module(graph, batched, dtype, target)
    control = ARENA + module.memory.size
    driver = _driver(module, graph)
    texts = [driver.text(), *_parts(module, driver), _train(control)]
    fields = {name: control + 8 * n for n, name in enumerate((*FIELDS, *POINTERS))}
    needs = sorted(driver.code.needs - set(module.text.splitlines()))
    code = linked(
        object_code("\n".join([*needs, module.text, *texts]), target),
        constants(module, ARENA),
        ("forward", "forward"),
        ("backward", "backward"),
        ("update", "update"),
        ("train", "train_steps"),
    )
    return Wasm(code, places(module, ARENA), fields, control + 8 * len(fields))


def program(graph: Graph) -> Wasm:
    """Return the program of a graph, with one function `run`.

    Places to gather from are the host's to check; a wrong one reads other memory of the
    module, never memory outside it.
    """
    module = _module(graph, [])
    text = "\n".join([module.text, _wrapper("run_here", ["step"])])
    object_ = object_code(text, WASM)
    code = linked(object_, constants(module, ARENA), ("run", "run_here"))
    return Wasm(code, places(module, ARENA), {}, ARENA + module.memory.size)


def _module(
    graph: Graph, batched: list[str], dtype: str = "float32", target: Target = WASM
) -> Module:
    parts = {node: _part(phase) for node, phase in phases(graph).items()}
    return build(
        graph,
        target,
        dtype,
        batched=batched,
        exchanged=by_columns(graph.inputs),
        phases=parts,
        wanted=[x for name, x in graph.outputs.items() if _is_kept(name)],
    )


def _is_kept(name: str) -> bool:
    """Tell whether the next step, or who trains, needs an output of a step."""
    return name in {"E", "learning_rate"} or name.startswith("new.")


def _part(phase: str) -> str:
    return "forward" if phase == "error" else phase


def _driver(module: Module, graph: Graph) -> Driver:
    outputs = graph.outputs
    new = {n: x for n, x in outputs.items() if n.startswith("new.")}
    copies = {graph.inputs[n.removeprefix("new.")]: x for n, x in new.items()}
    rows = tuple(graph.inputs[n] for n in BATCHED if n in graph.inputs)
    kept = {"E": outputs["E"], "learning_rate": outputs["learning_rate"]}
    return Driver(module, rows, graph.inputs, kept, copies, WASM, Code())


def _parts(module: Module, driver: Driver) -> Iterator[str]:
    """Yield the functions of single parts; an update also replaces the old values."""
    have = {kernel.phase for kernel in module.schedule.kernels}
    for part in ("forward", "backward"):
        yield _wrapper(part, [f"part_{part}"] if part in have else [])
    code = Code()
    copying = Driver(
        module, driver.rows, driver.inputs, driver.outputs, driver.copies, WASM, code
    )
    arena = code.integer(ARENA)
    code.do(f"%arena = inttoptr i64 {arena.name} to ptr")
    if "update" in have:
        code.do("call void @part_update(ptr %arena, i64 %rows)")
    copying.replace()
    yield function("update", (("rows", I64),), code, public=True)


def _wrapper(name: str, calls: Iterable[str]) -> str:
    code = Code()
    code.do(f"%arena = inttoptr i64 {ARENA} to ptr")
    for call in calls:
        code.do(f"call void @{call}(ptr %arena, i64 %rows)")
    return function(name, (("rows", I64),), code, public=True)


def _train(control: int) -> str:
    """Return the function that runs steps, with everything where control says."""
    code = Code()
    code.do(f"%arena = inttoptr i64 {ARENA} to ptr")
    code.do(f"%control = inttoptr i64 {control} to ptr")
    start = code.parameter("control", PTR)
    steps = code.parameter("steps", I64)
    code.store(steps, code.address(start, FIELDS.index("budget"), 8))
    first = len(FIELDS)
    order, sums = (code.load(code.address(start, first + n, 8), PTR) for n in range(2))
    data = code.address(start, first + 2, 8)
    code.do(
        f"call void @train(ptr %arena, ptr {data.name}, ptr {order.name}, "
        f"ptr %control, ptr {sums.name})"
    )
    return function("train_steps", (("steps", I64),), code, public=True)
