"""All that a page needs of a network: program, memory layout, picture, data.

    Spec  ->  step graph  ->  wasm with its layout
          ->  picture: where everything stands, and what stands there
          ->  samples, first parameters
          ->  detail, for a page that cannot ask for it

The step has the learning rate as an input, so that a page may change it, and what the
numbers of derivations need besides as quantities (`rules.stored`).
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from msgspec.structs import replace

from backlit.compile.target import WASM_AT_ONCE
from backlit.compile.wasm import stepping
from backlit.graph import Graph
from backlit.network.file import parameters
from backlit.random import key
from backlit.studio.choices import Choices, choices
from backlit.studio.lesson import Lesson  # noqa: TC001 - msgspec reads it
from backlit.studio.levels import Levels, levels
from backlit.studio.limits import refuse_greedy
from backlit.studio.picture import Picture, picture
from backlit.studio.ready import ready
from backlit.studio.refit import unfit
from backlit.studio.rules.stored import stored
from backlit.studio.script import template
from backlit.studio.spec import Spec  # noqa: TC001 - msgspec reads it
from backlit.studio.table import Table  # noqa: TC001 - msgspec reads it
from backlit.update.step import phase_of, state_name, step_graph, whole_pass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backlit.graph.node import Array
    from backlit.network.architecture import Architecture
    from backlit.studio.detail import Detail
    from backlit.update.optimizers import Optimizer

ROWS = 256  # that go through at once, at least: a page evaluates in blocks of them
SEEDS, AT_HAND = 6, 3000  # other seeds that a page has at hand; numbers for them


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
        explained: What the detail depends on; of two networks it is one if this is.
        table: The samples.
        choices: What settings may be chosen from.
        levels: Of each layer whose activation levels off on both sides.
        others: First parameters by other seeds, for a page without a server.
        unfit: Errors that the samples are not made for, with reasons.
        script: A Python script of a run; see `script.template`.
        lesson: The guided tour, if there is one.
        session: What a session file holds besides its spec; the page alone reads it.
        detail: What is shown once it is asked for; None if that can be asked for.
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
    explained: str
    table: Table
    choices: Choices
    levels: dict[str, Levels]
    others: list[First]
    unfit: dict[str, str]
    script: str
    lesson: Lesson | None = None
    session: dict[str, Any] = {}
    detail: Detail | None = None


def bundle(
    spec: Spec,
    session: dict[str, Any] | None = None,
    lesson: Lesson | None = None,
) -> Bundle:
    """Return what the first picture of a network needs, and its program.

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
    program = stepping(graph, "float64", WASM_AT_ONCE)
    refuse_greedy(program.free)
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
        spec.explained,
        table,
        choices(),
        levels(architecture),
        other_seeds(spec),
        unfit(spec, table),
        template(spec),
        lesson,
        session or {},
    )


def whole(bundle: Bundle) -> Bundle:
    """Return a bundle with its detail, for a page that has nobody to ask."""
    from backlit.studio.detail import detail  # noqa: PLC0415 - a server's page asks

    return replace(bundle, detail=detail(bundle.spec))


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
