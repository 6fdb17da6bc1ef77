"""The samples of a studio: a named data set, a table as text, or samples written out.

They are made ready as `backlit train` makes them ready. Test rows come last.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from backlit.errors import DataError
from backlit.network.file import sample_arrays
from backlit.studio.spec import DataTable, refuse_wide
from backlit.train import datasets
from backlit.train.classes import encoded
from backlit.train.samples import samples

if TYPE_CHECKING:
    from collections.abc import Collection

    import polars as pl

    from backlit.graph.node import Array
    from backlit.network.architecture import Architecture
    from backlit.network.file import SampleTable
    from backlit.studio.spec import Spec
    from backlit.train.preparation import Prepared


POINTS = 500  # of a generated set: enough for a boundary that is seen to be right


class Table(msgspec.Struct, frozen=True):
    """Samples as a page needs them.

    Attributes:
        name: Of the data.
        inputs: The names of the inputs.
        target: The name of what is to be predicted.
        classes: The labels of the classes, none for numbers.
        x: Inputs, `(samples, inputs)` float64, little-endian, row by row.
        t: Targets, `(samples, outputs)`, likewise.
        rows: The number of samples.
        test: How many of them, the last ones, are for testing.
        said: What was done to the table, in sentences.
        scales: Mean and deviation of each input; none if they are as they were.
        target_scale: Of the target, likewise; (0, 1) for classes.
        noise: Of a generated set.
    """

    name: str
    inputs: tuple[str, ...]
    target: str
    classes: tuple[str, ...]
    x: bytes
    t: bytes
    rows: int
    test: int
    said: tuple[str, ...] = ()
    scales: tuple[tuple[float, float], ...] = ()
    target_scale: tuple[float, float] = (0.0, 1.0)
    noise: float = 0.0


def samples_of(spec: Spec) -> Table:
    """Return the samples of a spec.

    Raises:
        DataError: The table cannot be learnt from.
        NetworkError: The samples written out do not fit the network.
        OptionError: An option of the data set is out of range.
    """
    if spec.data is not None:
        return _of_data(spec.data, spec.architecture)
    assert spec.sample is not None  # noqa: S101 - a checked spec has one of them
    return _written_out(spec.sample, spec.architecture)


def _written_out(sample: SampleTable, architecture: Architecture) -> Table:
    x, t = map(np.atleast_2d, sample_arrays(sample, architecture))
    found = samples(architecture, x, t)
    return Table(
        name="",
        inputs=tuple(f"x{n}" for n in range(1, architecture.inputs + 1)),
        target="t",
        classes=(),
        x=_bytes(found.X),
        t=_bytes(found.T),
        rows=len(found),
        test=0,
    )


def _of_data(data: DataTable, architecture: Architecture) -> Table:
    from backlit.studio.scales import (  # noqa: PLC0415 - polars takes 0.1 s
        input_scales,
        target_scale,
    )

    prepared, X, targets = _numbers(msgspec.json.encode(data))
    about = prepared.preparation
    _refuse_misfit(data.name, X.shape[1], len(about.classes), architecture)
    found = samples(architecture, X, encoded(architecture, targets))
    return Table(
        name=data.name,
        inputs=about.inputs,
        target=about.target.name,
        classes=tuple(map(str, about.classes)),
        x=_bytes(found.X),
        t=_bytes(found.T),
        rows=len(found),
        test=len(prepared.test_rows),
        said=tuple(about.report()),
        scales=input_scales(about),
        target_scale=target_scale(about),
        noise=_noise(data),
    )


def _noise(data: DataTable) -> float:
    generated = not data.csv and data.name in datasets.GENERATED
    if not generated or datasets.is_exact(data.name, data.samples, data.noise):
        return 0.0
    return datasets.NOISE if data.noise is None else data.noise


def _refuse_misfit(
    name: str, inputs: int, classes: int, architecture: Architecture
) -> None:
    """Refuse a table whose inputs or classes are not those of the network."""
    if inputs != architecture.inputs:
        raise DataError(
            f"{name} has {inputs} inputs, the network {architecture.inputs}; "
            "they must be equal"
        )
    outputs = architecture.outputs  # one will do for two classes, by its sign or share
    if classes and outputs != classes and (classes, outputs) != (2, 1):
        raise DataError(
            f"{name} has {classes} classes, the network {outputs} outputs; "
            "they must be equal"
        )


def _bytes(numbers: Array) -> bytes:
    return np.ascontiguousarray(numbers, "<f8").tobytes()


def prepared_table(data: DataTable) -> Prepared:
    """Return how the rows of a table become numbers.

    The last tables are kept: a network changes more often than its table.

    Raises:
        DataError: The table cannot be read or learnt from.
        OptionError: An option of a data set is out of range.
    """
    return _prepared(msgspec.json.encode(data))[1]


@lru_cache(maxsize=2)
def _numbers(wanted: bytes) -> tuple[Prepared, Array, Array]:
    """Return the features and targets of a table's rows too, test rows last."""
    frame, prepared = _prepared(wanted)
    about = prepared.preparation
    order = np.concatenate([prepared.train_rows, prepared.test_rows])
    return prepared, about.features(frame)[order], about.targets(frame)[order]


@lru_cache(maxsize=2)
def _prepared(wanted: bytes) -> tuple[pl.DataFrame, Prepared]:
    from backlit.train.preparation import (  # noqa: PLC0415 - polars takes 0.1 s
        Preparation,
        prepare,
    )

    data = msgspec.json.decode(wanted, type=DataTable)
    stored = None
    if data.preparation is not None:
        stored = Preparation.from_json(msgspec.json.encode(data.preparation))
    frame = _frame(data, stored.text_columns if stored else ())
    refuse_wide(data.name or "the table", frame.width)
    split = prepare(frame, data.target, data.task, test=data.test, seed=data.seed)
    return frame, replace(split, preparation=stored or split.preparation)


def _frame(data: DataTable, as_text: Collection[str]) -> pl.DataFrame:
    if data.csv:
        from backlit.train import delimited  # noqa: PLC0415 - as above

        name = data.name or "the table"
        return delimited.parse(data.csv.encode(), name, as_text=as_text)
    samples = data.samples
    drawn = data.name in datasets.GENERATED.keys() - datasets.GATES.keys()
    if drawn and data.preparation is None:  # a model was trained on the usual number
        samples = samples or POINTS
    found = datasets.load(data.name, samples=samples, noise=data.noise, seed=data.seed)
    return datasets.frame(found)
