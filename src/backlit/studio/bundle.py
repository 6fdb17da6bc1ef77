"""All that a page needs of a network: program, memory layout, picture, data.

    Spec  ->  step graph  ->  wasm with its layout
          ->  picture: where everything stands, and what stands there
          ->  samples, first parameters

The step has the learning rate as an input, so that a page may change it, and what the
numbers of derivations need besides as quantities (`rules.stored`).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from math import prod
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from backlit.compile.target import WASM_AT_ONCE
from backlit.compile.wasm import stepping
from backlit.errors import OptionError
from backlit.graph import Graph
from backlit.network.file import parameters
from backlit.random import key
from backlit.studio.choices import Choices, choices
from backlit.studio.lesson import Lesson  # noqa: TC001 - msgspec reads it
from backlit.studio.levels import Levels, levels
from backlit.studio.near import Opening, neurons, openings
from backlit.studio.picture import Picture, picture
from backlit.studio.refit import as_wished, unfit
from backlit.studio.rules import Rules, rules
from backlit.studio.rules.stored import stored
from backlit.studio.script import template
from backlit.studio.spec import Spec  # noqa: TC001 - msgspec reads it
from backlit.studio.table import Table, samples_of
from backlit.update.step import phase_of, state_name, step_graph, whole_pass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backlit.graph.node import Array
    from backlit.network.architecture import Architecture
    from backlit.update.optimizers import Optimizer

ROWS = 256  # that go through at once, at least: a page evaluates in blocks of them
LARGEST = 2**24  # bytes of a program's memory: what a page takes without effort
PARAMETERS = 200_000
SEEDS, AT_HAND = 6, 3000  # other seeds that a page has at hand; numbers for them
LAYERS = 64


class Stage(msgspec.Struct, frozen=True):
    """An operation of a pass, as a person steps through it.

    Attributes:
        phase: forward, error, backward or update.
        name: The quantity that is computed.
    """

    phase: str
    name: str


class First(msgspec.Struct, frozen=True):
    """First parameters, by a seed.

    Attributes:
        seed: The seed.
        key: Of the order of the samples by this seed, as in `Bundle`.
        first: Every parameter.
    """

    seed: int
    key: str
    first: dict[str, list[float]]


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
        levels: Of each layer whose activation levels off on both sides.
        openings: The diagram with a wide layer opened, by the name of its fold.
        neurons: The drawing of a neuron of each layer.
        rules: The derivation of every number.
        others: First parameters by other seeds, for a page without a server.
        unfit: Errors that the samples are not made for, with reasons.
        script: A Python script of a run; see `script.template`.
        lesson: The guided tour, if there is one.
        session: What a session file holds besides its spec; the page alone reads it.
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
    levels: dict[str, Levels]
    openings: dict[str, Opening]
    neurons: dict[str, Picture]
    rules: Rules
    others: list[First]
    unfit: dict[str, str]
    script: str
    lesson: Lesson | None = None
    session: dict[str, Any] = {}


def bundle(
    spec: Spec,
    session: dict[str, Any] | None = None,
    lesson: Lesson | None = None,
) -> Bundle:
    """Return all that a page needs of a network.

    Args:
        spec: What is to be shown.
        session: What a session file says besides.
        lesson: The guided tour.

    Raises:
        NetworkError: The spec does not describe a network.
        DataError: Its table cannot be learnt from.
        OptionError: A number is out of range, or the network too large for a page.
    """
    spec, table = ready(spec)
    architecture, optimizer = spec.architecture, spec.update
    graph = step_of(architecture, optimizer, max(ROWS, spec.batch_size))
    with ThreadPoolExecutor(1) as beside:  # LLVM works while Python reads the rules
        compiling = beside.submit(stepping, graph, "float64", WASM_AT_ONCE)
        read = rules(architecture, optimizer, table.rows)
        near = openings(architecture), neurons(architecture)
        program = compiling.result()
    if program.free > LARGEST:
        raise OptionError(_too_large(f"{program.free / 2**20:.0f} MiB of memory"))
    return Bundle(
        spec,
        program.code,
        program.layout,
        program.control,
        program.free,
        graph.inputs["x"].shape[0],
        order_key(spec.network.seed),
        _flat(first_parameters(spec)),
        [name for name in graph.inputs if name.startswith("state.")],
        stages(architecture, optimizer, graph),
        picture(architecture),
        table,
        choices(),
        levels(architecture),
        *near,
        read,
        other_seeds(spec),
        unfit(spec, table),
        template(spec),
        lesson,
        session or {},
    )


def order_key(seed: int) -> str:
    """Return the key of the order of samples: a signed number, as text."""
    return str(np.uint64(key(seed, "batches")).astype(np.int64))


def other_seeds(spec: Spec) -> list[First]:
    """Return what the next seeds give, if that is not much."""
    architecture, seed = spec.architecture, spec.network.seed
    count = sum(map(prod, architecture.shapes.values()))
    return [
        First(other, order_key(other), _flat(architecture.initial(other)))
        for other in range(seed + 1, seed + 1 + min(SEEDS, AT_HAND // count))
    ]


def _flat(values: Mapping[str, Array]) -> dict[str, list[float]]:
    return {name: value.ravel().tolist() for name, value in values.items()}


def first_parameters(spec: Spec) -> dict[str, Array]:
    """Return the first parameters: those that are given, the others by the seed."""
    architecture = spec.architecture
    first = architecture.initial(spec.network.seed)
    return first | parameters(architecture, spec.layer)


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


def ready(spec: Spec) -> tuple[Spec, Table]:
    """Return a spec with its wishes fulfilled, and its samples, before compiling.

    Raises:
        NetworkError: The spec does not describe a network.
        DataError: Its table cannot be learnt from.
        OptionError: A number is out of range, or the network too large for a page.
    """
    spec = as_wished(spec)
    _refuse_large(spec.architecture)
    return spec, samples_of(spec)


def _refuse_large(architecture: Architecture) -> None:
    if len(architecture.layers) > LAYERS:
        raise OptionError(_too_large(f"{len(architecture.layers)} layers"))
    count = sum(map(prod, architecture.shapes.values()))
    if count > PARAMETERS:
        raise OptionError(_too_large(f"{count} weights and biases"))


def _too_large(what: str) -> str:
    return (
        f"the network is too large for the page: it has {what}; use fewer or smaller "
        "layers, or train it with backlit train"
    )
