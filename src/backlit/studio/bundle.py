"""All that a page needs of a network: program, memory layout, picture, data.

    Spec  ->  step graph  ->  wasm with its layout
          ->  picture: where everything stands, and what stands there
          ->  samples, first parameters

The step has the learning rate as an input, so that a page may change it, and what the
numbers of derivations need besides as quantities (`rules.stored`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from backlit.compile.wasm import stepping
from backlit.errors import OptionError
from backlit.graph import Graph
from backlit.network.file import parameters
from backlit.random import key
from backlit.studio.choices import Choices, choices
from backlit.studio.picture import Picture, picture
from backlit.studio.rules import Rules, rules
from backlit.studio.rules.stored import stored
from backlit.studio.spec import Spec  # noqa: TC001 - a Struct reads its annotations
from backlit.studio.table import Table, samples_of
from backlit.update.step import phase_of, state_name, step_graph, whole_pass

if TYPE_CHECKING:
    from backlit.network.architecture import Architecture
    from backlit.update.optimizers import Optimizer

ROWS = 256  # that go through at once, at least: a page evaluates in blocks of them
LARGEST = 2**24  # bytes of a program's memory: what a page takes without effort
PARAMETERS = 200_000


class Stage(msgspec.Struct, frozen=True):
    """An operation of a pass, as a person steps through it.

    Attributes:
        phase: forward, error, backward or update.
        name: The quantity that is computed.
    """

    phase: str
    name: str


class Bundle(msgspec.Struct, frozen=True):
    """A network as a page needs it.

    Attributes:
        spec: What was asked for.
        wasm: The module.
        layout: Where each quantity lies in its memory; see `compile.wasm.Wasm`.
        control: Where the control fields lie.
        free: The first byte of memory that the module does not use.
        size: The most rows of a batch.
        key: Of the order of the samples; as text, as a page's numbers are too short.
        first: The first parameters by name, row by row.
        state: The arrays of optimizer state, which start at 0.
        stages: The operations of a pass in order.
        picture: The diagram.
        table: The samples.
        choices: What settings may be chosen from.
        rules: The derivation of every number.
    """

    spec: Spec
    wasm: bytes
    layout: dict[str, dict[str, object]]
    control: dict[str, int]
    free: int
    size: int
    key: str
    first: dict[str, list[float]]
    state: list[str]
    stages: list[Stage]
    picture: Picture
    table: Table
    choices: Choices
    rules: Rules


def bundle(spec: Spec) -> Bundle:
    """Return all that a page needs of a network.

    Raises:
        NetworkError: The spec does not describe a network.
        DataError: Its table cannot be learnt from.
        OptionError: A number is out of range, or the network too large for a page.
    """
    architecture, optimizer = spec.architecture, spec.update
    _refuse_large(architecture)
    table = samples_of(spec)
    graph = step_of(architecture, optimizer, max(ROWS, spec.batch_size))
    program = stepping(graph, "float64")
    if program.free > LARGEST:
        raise OptionError(_too_large(f"{program.free / 2**20:.0f} MiB of memory"))
    return Bundle(
        spec,
        program.code,
        program.layout,
        program.control,
        program.free,
        graph.inputs["x"].shape[0],
        str(np.uint64(key(spec.network.seed, "batches")).astype(np.int64)),
        first_parameters(spec),
        [name for name in graph.inputs if name.startswith("state.")],
        stages(architecture, optimizer, graph),
        picture(architecture),
        table,
        choices(),
        rules(architecture, optimizer, table.rows),
    )


def first_parameters(spec: Spec) -> dict[str, list[float]]:
    """Return the first parameters: those that are given, the others by the seed."""
    architecture = spec.architecture
    first = architecture.initial(spec.network.seed)
    first |= parameters(architecture, spec.layer)
    return {name: values.ravel().tolist() for name, values in first.items()}


def step_of(architecture: Architecture, optimizer: Optimizer, size: int) -> Graph:
    """Return the step that a page runs, for batches of up to a size."""
    one_pass = whole_pass(architecture, (size,), counted=True)
    graph = step_graph(one_pass, architecture, optimizer, steered=True)
    return Graph(graph.inputs, {**graph.outputs, **stored(architecture, graph)})


def stages(
    architecture: Architecture, optimizer: Optimizer, graph: Graph
) -> list[Stage]:
    """Return what a person steps through: every quantity of the diagram, in order."""
    layers = [f"{n}.{part}" for n in architecture.names for part in ("sum", "output")]
    forward = [*layers, "E"]
    backwards = [f"grad.{layers[-1]}"]
    for name in reversed(architecture.names):
        parts = ("output", "sum", "weight", "bias")
        backwards += [f"grad.{name}.{part}" for part in parts]
    updates = []
    for name in architecture.trainable:
        updates += [f"new.{state_name(kind, name)}" for kind in optimizer.state]
        updates.append(f"new.{name}")
    names = dict.fromkeys([*forward, *backwards, *updates])
    return [Stage(phase_of(name), name) for name in names if name in graph.outputs]


def _refuse_large(architecture: Architecture) -> None:
    count = sum(
        layer.units * (width + 1)
        for layer, width in zip(
            architecture.layers,
            [architecture.inputs, *(layer.units for layer in architecture.layers)],
            strict=False,
        )
    )
    if count > PARAMETERS:
        raise OptionError(_too_large(f"{count} weights and biases"))


def _too_large(what: str) -> str:
    return (
        f"the network is too large for the page: it has {what}; use smaller layers, or "
        "train it with backlit train"
    )
