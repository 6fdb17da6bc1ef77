"""Models on disk: one safetensors file, written whole or not at all.

Tensors: the parameters by their names, `state.*` of the optimizer, and `current.*`
where the parameters kept are not the last ones. Metadata, all of it JSON:

    backlit_format   the version of this layout, a whole number
    network          the tables of a network file
    training         options and counters to resume with (optional)
    preparation      how a table becomes inputs (optional)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from backlit.errors import BacklitError, DataError
from backlit.files import read_whole, write_whole
from backlit.network import file as network_file
from backlit.train.history import History
from backlit.train.state import TrainingState
from backlit.update.description import optimizer_from, to_data

if TYPE_CHECKING:
    from pathlib import Path

    from backlit.graph.node import Array
    from backlit.network.architecture import Architecture
    from backlit.update.optimizers import Optimizer

FORMAT = 1


class Options(msgspec.Struct, forbid_unknown_fields=True):
    """The options of a run that must stay the same when it is resumed."""

    optimizer: dict[str, Any]
    batch_size: int
    shuffle: bool
    seed: int
    dtype: str
    samples: int

    def build(self) -> Optimizer:
        """Return the optimizer."""
        return optimizer_from(self.optimizer)


class _Training(msgspec.Struct, forbid_unknown_fields=True):
    options: Options
    step: int
    epoch: int
    batch: int
    loss_sum: float
    seen: int
    best_score: float | None
    waited: int
    rows: list[dict[str, float | None]]
    stopped: str
    best_epoch: int | None


class _Network(msgspec.Struct, forbid_unknown_fields=True):
    network: network_file.NetworkTable
    layer: list[network_file.LayerTable]


@dataclass(frozen=True)
class Model:
    """What a model file holds.

    Attributes:
        architecture: The network.
        seed: The seed of its first weights.
        parameters: The parameters to predict with, by name.
        state: Where training stands, if it was stored.
        options: The options of the run, likewise.
        preparation: JSON of how a table becomes inputs, if there was a table.
    """

    architecture: Architecture
    seed: int
    parameters: dict[str, Array]
    state: TrainingState | None = None
    options: Options | None = None
    preparation: str | None = None


def save(path: str | Path, model: Model) -> None:
    """Write a model; raises DataError if it cannot be written."""
    import safetensors.numpy  # noqa: PLC0415 - slow to import

    head, layers = network_file.describe(model.architecture)
    head.seed = model.seed
    metadata = {
        "backlit_format": str(FORMAT),
        "network": _json(_Network(head, layers)),
    }
    tensors = dict(model.parameters)
    if model.state and model.options:
        metadata["training"] = _json(_training(model.state, model.options))
        tensors |= model.state.optimizer
        if model.state.best:
            current = model.state.parameters
            tensors |= {f"current.{name}": p for name, p in current.items()}
    if model.preparation:
        metadata["preparation"] = model.preparation
    whole = {name: np.ascontiguousarray(t) for name, t in tensors.items()}
    write_whole(path, safetensors.numpy.save(whole, metadata))


def load(path: str | Path) -> Model:
    """Read a model.

    Raises:
        DataError: The file cannot be read, is no model, is cut off, or was written by
            a newer version.
    """
    data = read_whole(path, "a model (.safetensors)")
    tensors, metadata = _unpacked(data, path)
    if "backlit_format" not in metadata or "network" not in metadata:
        raise DataError(f"{path} holds tensors, but is no backlit model")
    if not metadata["backlit_format"].isdigit():
        raise DataError(f"{path}: the model's format is not a number")
    if int(metadata["backlit_format"]) > FORMAT:
        raise DataError(
            f"{path} was written by a newer backlit (format "
            f"{metadata['backlit_format']}, this one reads up to {FORMAT}); upgrade"
        )
    try:
        return _model(tensors, metadata)
    except (BacklitError, msgspec.MsgspecError, KeyError) as error:
        raise DataError(f"{path} is damaged: {error}") from None


def _unpacked(data: bytes, path: str | Path) -> tuple[dict[str, Array], dict[str, str]]:
    """Return tensors and metadata; the length of the header comes first."""
    import safetensors.numpy  # noqa: PLC0415 - slow to import

    try:
        tensors = safetensors.numpy.load(data)
        length = int.from_bytes(data[:8], "little")
        header = msgspec.json.decode(data[8 : 8 + length], type=dict[str, Any])
    except (safetensors.SafetensorError, msgspec.MsgspecError, ValueError):
        raise DataError(
            f"{path} is no model, or was cut off; a .safetensors file that "
            "backlit wrote is needed"
        ) from None
    return tensors, header.get("__metadata__", {})


def _model(tensors: dict[str, Array], metadata: dict[str, str]) -> Model:
    described = msgspec.json.decode(metadata["network"], type=_Network)
    architecture = network_file.build(described.network, described.layer)
    for name, shape in architecture.shapes.items():
        if name not in tensors or tensors[name].shape != shape:
            raise DataError(f"{name} is missing or not of the shape {shape}")
    parameters = {name: tensors[name] for name in architecture.shapes}
    state = options = None
    if "training" in metadata:
        stored = msgspec.json.decode(metadata["training"], type=_Training)
        options, state = stored.options, _state(stored, tensors, parameters)
    return Model(
        architecture,
        described.network.seed,
        parameters,
        state,
        options,
        metadata.get("preparation"),
    )


def _training(state: TrainingState, options: Options) -> _Training:
    infinite = state.best_score == float("inf")
    return _Training(
        options,
        state.step,
        state.epoch,
        state.batch,
        state.loss_sum,
        state.seen,
        None if infinite else state.best_score,
        state.waited,
        [dict(row) for row in state.history.rows],
        state.history.stopped,
        state.history.best_epoch,
    )


def _state(
    stored: _Training, tensors: dict[str, Array], parameters: dict[str, Array]
) -> TrainingState:
    start, state = "current.", "state."
    last = {n.removeprefix(start): t for n, t in tensors.items() if n.startswith(start)}
    nan = float("nan")
    rows = [{k: nan if v is None else v for k, v in r.items()} for r in stored.rows]
    return TrainingState(
        parameters=last or parameters,
        optimizer={n: t for n, t in tensors.items() if n.startswith(state)},
        step=stored.step,
        epoch=stored.epoch,
        batch=stored.batch,
        loss_sum=stored.loss_sum,
        seen=stored.seen,
        best=parameters if last else {},
        best_score=float("inf") if stored.best_score is None else stored.best_score,
        waited=stored.waited,
        history=History(rows, stored.stopped, stored.best_epoch),
    )


def options_of(
    optimizer: Optimizer, batch_size: int, seed: int, samples: int, **more: Any
) -> Options:
    """Return the options of a run as they are stored."""
    return Options(
        optimizer=to_data(optimizer),
        batch_size=batch_size,
        seed=seed,
        samples=samples,
        **more,
    )


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
