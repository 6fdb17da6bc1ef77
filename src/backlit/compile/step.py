"""The program of whole training runs, made from the graph of a step.

graph of a step  ->  module: its kernels  ->  driver: the loop around them
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backlit.compile.body import Code
from backlit.compile.compiled import Compiled, finished
from backlit.compile.driver import Driver
from backlit.compile.layout import by_columns
from backlit.compile.module import build
from backlit.compile.shares import several_pay
from backlit.compile.target import host
from backlit.graph import Graph, Node
from backlit.ops.reduce import sum as total
from backlit.simplify import simplified
from backlit.update.step import BATCHED, training_step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from backlit.network.architecture import Architecture
    from backlit.update.optimizers import Optimizer


def training(
    architecture: Architecture,
    optimizer: Optimizer,
    size: int,
    *,
    weighted: bool,
    dtype: str,
    threads: int,
) -> Compiled:
    """Return the program that trains a network with batches of up to a size.

    Up to so many threads share a step, if it is long enough.
    """
    graph = training_step(
        architecture, optimizer, size, weighted=weighted, counted=True
    )
    driver = looped(graph, architecture, optimizer, dtype=dtype, threads=threads)
    public = ("train", "work")[: 1 + (driver.module.threads > 1)]
    return finished(driver.module, driver.text(), driver.code.needs, *public)


def looped(
    graph: Graph,
    architecture: Architecture,
    optimizer: Optimizer,
    *,
    dtype: str,
    threads: int,
) -> Driver:
    """Return the loop around the module of a step."""
    new = simplified(graph.outputs.values())
    outputs = {name: new[node] for name, node in graph.outputs.items()}
    kept = _kept(outputs, architecture, optimizer)
    inner = [
        node
        for name, node in outputs.items()
        if name.startswith("grad.dense") and name.endswith((".sum", ".output"))
    ]
    moved = {
        graph.inputs[name.removeprefix("new.")]: node
        for name, node in kept.items()
        if name.startswith("new.")
    }
    batched = [name for name in BATCHED if name in graph.inputs]
    varying = batched if graph.inputs["x"].shape[0] > 1 else []  # one row is one row
    step = Graph(graph.inputs, kept)
    module = build(
        step,
        host(),
        dtype,
        batched=varying,
        exchanged=by_columns(graph.inputs),
        over={node: old for old, node in moved.items()},
        first=[kept["E"], *inner],
        threads=threads if several_pay(step) else 1,
    )
    offsets = module.memory.offsets
    copies = {old: x for old, x in moved.items() if offsets.get(x) != offsets[old]}
    rows = tuple(graph.inputs[name] for name in batched)
    ringed = tuple(graph.inputs[name] for name in architecture.shapes)
    return Driver(module, rows, graph.inputs, kept, copies, host(), Code(), ringed)


def _kept(
    outputs: Mapping[str, Node], architecture: Architecture, optimizer: Optimizer
) -> dict[str, Node]:
    """Return what training needs of a step."""
    kept = {name: outputs[name] for name in ("E", "learning_rate")}
    kept |= {name: x for name, x in outputs.items() if name.startswith("new.")}
    if optimizer.clip_value:
        kept["health"] = _health(outputs, architecture.trainable)
    return kept


def _health(outputs: Mapping[str, Node], names: Iterable[str]) -> Node:
    """Return E, but not finite if a gradient is not: clipping would hide that."""
    found = outputs["E"]
    for name in names:
        found = found + total(outputs[f"grad.{name}"] * 0.0)
    return found
