"""Models on disk: one safetensors file, written whole or not at all.

Tensors: the parameters by their names, `state.*` of the optimizer, and `current.*`
where the parameters that training goes on from are others. Metadata, all of it JSON:

    backlit_format   the version of this layout, a whole number
    network          the tables of a network file
    training         options and counters to resume with (optional)
    preparation      how a table becomes inputs (optional)
    run              which table it was, and which rows were for what (optional)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isnan, nan
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import numpy as np

from backlit.errors import BacklitError, DataError
from backlit.files import read_whole, write_whole
from backlit.network import file as network_file
from backlit.options import positive, whole
from backlit.train.history import History
from backlit.train.resume import Options  # noqa: TC001 - msgspec reads it when run
from backlit.train.state import TrainingState
from backlit.update.description import optimizer_from
from backlit.update.step import state_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from backlit.graph.node import Array, Shape
    from backlit.network.architecture import Architecture

FORMAT = 1
NOTES = ("preparation", "run")  # kept as they are; the command line reads them


_Format = Annotated[int, msgspec.Meta(ge=1)]
_Count = Annotated[int, msgspec.Meta(ge=0)]


class _Training(msgspec.Struct, forbid_unknown_fields=True):
    options: Options
    step: _Count
    epoch: _Count
    batch: _Count
    loss_sum: float
    seen: _Count
    learning_rate: float | None
    best_score: float | None
    waited: _Count
    rows: list[dict[str, float | None]]
    stopped: str
    best_epoch: _Count | None


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
        notes: Further metadata, those of `NOTES` that there are.
        learning_rate: The η of one step of gradient descent, as in a network file.
    """

    architecture: Architecture
    seed: int
    parameters: dict[str, Array]
    state: TrainingState | None = None
    options: Options | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
    learning_rate: float = 0.5

    @property
    def preparation(self) -> str | None:
        """JSON of how a table becomes inputs, if there was a table."""
        return self.notes.get("preparation")


def save(path: str | Path, model: Model) -> None:
    """Write a model; raises DataError if it cannot be written."""
    import safetensors.numpy  # noqa: PLC0415 - slow to import

    head, layers = network_file.describe(model.architecture)
    head.seed, head.learning_rate = model.seed, model.learning_rate
    metadata = {
        "backlit_format": str(FORMAT),
        "network": _json(_Network(head, layers)),
    }
    tensors = dict(model.parameters)
    if model.state and model.options:
        metadata["training"] = _json(_training(model.state, model.options))
        tensors |= model.state.optimizer
        last = model.state.parameters
        if not _same(last, model.parameters):
            tensors |= {f"current.{name}": p for name, p in last.items()}
    metadata |= {name: model.notes[name] for name in NOTES if name in model.notes}
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
    try:
        written = msgspec.json.decode(metadata["backlit_format"], type=_Format)
        if written <= FORMAT:
            return _model(tensors, metadata)
    except (BacklitError, msgspec.MsgspecError, RecursionError) as error:
        raise DataError(f"{path} is damaged: {error}") from None
    raise DataError(
        f"{path} was written by a newer backlit (format {written}, this one reads up "
        f"to {FORMAT}); upgrade"
    )


def _unpacked(data: bytes, path: str | Path) -> tuple[dict[str, Array], dict[str, str]]:
    """Return tensors and metadata; the length of the header comes first."""
    import safetensors.numpy  # noqa: PLC0415 - slow to import

    try:
        tensors = safetensors.numpy.load(data)
        length = int.from_bytes(data[:8], "little")
        header = msgspec.json.decode(data[8 : 8 + length], type=dict[str, Any])
    except (safetensors.SafetensorError, msgspec.MsgspecError, ValueError, KeyError):
        raise DataError(
            f"{path} is no model, or was cut off; a .safetensors file that "
            "backlit wrote is needed"
        ) from None
    return tensors, header.get("__metadata__") or {}


def _model(tensors: dict[str, Array], metadata: dict[str, str]) -> Model:
    described = msgspec.json.decode(metadata["network"], type=_Network)
    architecture = network_file.build(described.network, described.layer)
    parameters = _tensors(tensors, architecture.shapes)
    state = options = None
    if "training" in metadata:
        stored = msgspec.json.decode(metadata["training"], type=_Training)
        options, state = stored.options, _state(stored, tensors, architecture)
    return Model(
        architecture,
        whole("seed", described.network.seed),
        parameters,
        state,
        options,
        {name: metadata[name] for name in NOTES if name in metadata},
        positive("learning_rate", described.network.learning_rate),
    )


def _tensors(
    tensors: dict[str, Array], shapes: Mapping[str, Shape], start: str = ""
) -> dict[str, Array]:
    """Return the tensors of these names, with checked shapes and values."""
    for name, shape in shapes.items():
        found = tensors.get(start + name)
        if found is None or found.shape != shape:
            raise DataError(f"{start}{name} is missing, or not of the shape {shape}")
        if found.dtype.kind != "f" or not np.isfinite(found).all():
            raise DataError(f"{start}{name} holds what is no finite number")
    return {name: tensors[start + name] for name in shapes}


def _same(a: Mapping[str, Array], b: Mapping[str, Array]) -> bool:
    """Tell whether arrays are the same to the last bit, their precision included."""
    return all(a[n].dtype == b[n].dtype and a[n].tobytes() == b[n].tobytes() for n in a)


def _training(state: TrainingState, options: Options) -> _Training:
    infinite = state.best_score == float("inf")
    return _Training(
        options,
        state.step,
        state.epoch,
        state.batch,
        state.loss_sum,
        state.seen,
        None if isnan(state.learning_rate) else state.learning_rate,
        None if infinite else state.best_score,
        state.waited,
        [dict(row) for row in state.history.rows],
        state.history.stopped,
        state.best_epoch,
    )


def _state(
    stored: _Training, tensors: dict[str, Array], architecture: Architecture
) -> TrainingState:
    shapes, kinds = architecture.shapes, optimizer_from(stored.options.optimizer).state
    kept = _tensors(tensors, shapes)
    apart = any(name.startswith("current.") for name in tensors)
    rows = [{k: nan if v is None else v for k, v in r.items()} for r in stored.rows]
    arrays = {
        state_name(kind, name): shapes[name]
        for name in architecture.trainable
        for kind in kinds
    }
    return TrainingState(
        parameters=_tensors(tensors, shapes, "current.") if apart else kept,
        optimizer=_tensors(tensors, arrays) if stored.step else {},
        step=stored.step,
        epoch=stored.epoch,
        batch=stored.batch,
        loss_sum=stored.loss_sum,
        seen=stored.seen,
        learning_rate=nan if stored.learning_rate is None else stored.learning_rate,
        best={} if stored.best_epoch is None else kept,
        best_score=float("inf") if stored.best_score is None else stored.best_score,
        best_epoch=stored.best_epoch,
        waited=stored.waited,
        history=History(rows, stored.stopped, stored.best_epoch),
    )


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
