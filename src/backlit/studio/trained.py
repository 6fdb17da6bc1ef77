"""Networks with weights as specs: network files, models, networks in memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
from msgspec.structs import replace

from backlit.errors import DataError, OptionError
from backlit.network import file as network_file
from backlit.studio import fitting
from backlit.studio.sources import given, table
from backlit.studio.spec import DataTable, Spec
from backlit.train import checkpoint, datasets
from backlit.update.description import to_data
from backlit.update.optimizers import SGD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backlit.graph.node import Array
    from backlit.network.architecture import Architecture
    from backlit.network.file import LayerTable, NetworkTable
    from backlit.network.parameters import Parameters
    from backlit.train.resume import Options
    from backlit.train.state import TrainingState


class Network(Protocol):
    """What is read of a `model.Network`, whose module comes after this one."""

    architecture: Architecture
    seed: int
    parameters: Parameters
    training: TrainingState | None
    options: Options | None
    notes: dict[str, str]
    learning_rate: float
    sample: tuple[Array, Array] | None


def from_file(path: str, data: DataTable | None = None) -> Spec:
    """Return the spec of a network file, with a table in place of its sample if given.

    Raises:
        DataError: The file cannot be read, or the table not be learnt from.
        NetworkError: It does not describe a network.
    """
    found = network_file.read(path)
    head, layers = _tables(found.architecture, found.parameters)
    head.seed, head.learning_rate = found.seed, found.learning_rate
    if data is not None:
        return Spec(head, layers, data=data, batch_size=fitting.batch_size(data))
    return Spec(head, layers, fitting.sample_for(found.architecture, found.sample))


def from_model(
    path: str, data: str | Path | None = None, target: str | None = None
) -> Spec:
    """Return the spec of a model, on its own table or another one.

    Raises:
        DataError: It is no model, or its table is not there.
        OptionError: The target is another than the one that it has learnt.
    """
    model = checkpoint.load(path)
    if model.preparation is None:
        return _described(model, given(data, target))
    how = msgspec.json.decode(model.preparation, type=dict[str, Any])
    goal = str(how.get("target", {}).get("name"))
    if target is not None and target != goal:
        raise OptionError(f"target={target}; the model has learnt {goal}")
    if data is not None:
        return _described(model, table(str(data), goal, how))
    run = model.notes.get("run", "")
    return _described(model, _trained_on(path, run, goal, how))


class _Run(msgspec.Struct):
    """What of a model's note on its run tells which table it was."""

    data: str
    samples: int | None = None
    noise: float | None = None
    seed: int = 0
    test: float | None = None


def _trained_on(path: str, run: str, target: str, how: dict[str, Any]) -> DataTable:
    try:
        was = msgspec.json.decode(run, type=_Run)
    except msgspec.DecodeError:
        raise DataError(
            f"{path} does not tell what table it was trained on; give one with --data"
        ) from None
    if was.data not in datasets.NAMES and not Path(was.data).is_file():
        raise DataError(
            f"{path} was trained on {was.data}, which is not here; give a table with "
            "--data"
        )
    return replace(
        table(was.data, target, how),
        samples=was.samples,
        noise=was.noise,
        seed=was.seed,
        test=was.test,
    )


def from_network(net: Network, data: DataTable | None = None) -> Spec:
    """Return the spec of a network in memory, on a table or on its sample."""
    model = checkpoint.Model(
        net.architecture,
        net.seed,
        dict(net.parameters),
        net.training,
        net.options,
        net.notes,
        net.learning_rate,
    )
    return _described(model, data, net.sample)


def _described(
    model: checkpoint.Model,
    data: DataTable | None,
    sample: tuple[Array, Array] | None = None,
) -> Spec:
    head, layers = _tables(model.architecture, model.parameters)
    head.seed, head.learning_rate = model.seed, model.learning_rate
    written = None if data else fitting.sample_for(model.architecture, sample)
    options = model.options
    if options is None:
        return Spec(head, layers, written, data)
    optimizer = dict(options.optimizer)
    head.learning_rate = _rate(model.state, optimizer.pop("learning_rate", None))
    return Spec(
        head, layers, written, data, optimizer, options.batch_size, options.shuffle
    )


def _rate(state: TrainingState | None, of_optimizer: Any) -> float:
    """Return the learning rate of a run; a schedule's is the last that it gave."""
    if isinstance(of_optimizer, int | float):
        return float(of_optimizer)
    last = state.learning_rate if state else 0.0
    return last if last > 0 else float(to_data(SGD())["learning_rate"])


def _tables(
    architecture: Architecture, weights: Mapping[str, Array]
) -> tuple[NetworkTable, list[LayerTable]]:
    """Return the tables of a network file, with the weights that are given."""
    head, layers = network_file.describe(architecture)
    for name, values in weights.items():
        layer, _, part = name.partition(".")
        setattr(layers[architecture.names.index(layer)], part, values.tolist())
    return head, layers
