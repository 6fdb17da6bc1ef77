"""The samples of a studio: a named data set, a table as text, or samples written out.

They are made ready as `backlit train` makes them ready. Test rows come last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from backlit.errors import DataError
from backlit.network.file import sample_arrays
from backlit.train import datasets, delimited
from backlit.train.classes import encoded
from backlit.train.preparation import prepare
from backlit.train.samples import samples

if TYPE_CHECKING:
    import polars as pl

    from backlit.graph.node import Array
    from backlit.network.architecture import Architecture
    from backlit.studio.spec import DataTable, Spec
    from backlit.train.preparation import Prepared


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


def samples_of(spec: Spec) -> Table:
    """Return the samples of a spec.

    Raises:
        DataError: The table cannot be learnt from.
        NetworkError: The samples written out do not fit the network.
        OptionError: An option of the data set is out of range.
    """
    architecture = spec.architecture
    if spec.data is None:
        assert spec.sample is not None  # noqa: S101 - a checked spec has one of them
        x, t = map(np.atleast_2d, sample_arrays(spec.sample, architecture))
        names = tuple(f"x{n}" for n in range(1, architecture.inputs + 1))
        return _table("", names, "t", (), _checked(architecture, x, t), len(x))
    return _of_data(spec.data, architecture)


def _checked(architecture: Architecture, X: Array, T: Array) -> tuple[Array, Array]:
    found = samples(architecture, X, T)
    return found.X, found.T


def _of_data(data: DataTable, architecture: Architecture) -> Table:
    frame, prepared = prepared_table(data)
    about = prepared.preparation
    order = np.concatenate([prepared.train_rows, prepared.test_rows])
    X, targets = about.features(frame)[order], about.targets(frame)[order]
    if X.shape[1] != architecture.inputs:
        raise DataError(
            f"{data.name} has {X.shape[1]} inputs, the network {architecture.inputs}; "
            "they must be equal"
        )
    pair = _checked(architecture, X, encoded(architecture, targets))
    return _table(
        data.name,
        about.inputs,
        about.target.name,
        tuple(map(str, about.classes)),
        pair,
        len(prepared.train_rows),
        tuple(about.report()),
    )


def prepared_table(data: DataTable) -> tuple[pl.DataFrame, Prepared]:
    """Return a table's rows, and how they become numbers.

    Raises:
        DataError: The table cannot be read or learnt from.
        OptionError: An option of a data set is out of range.
    """
    frame = _frame(data)
    split = prepare(frame, data.target, data.task, test=data.test, seed=data.seed)
    return frame, split


def _frame(data: DataTable) -> pl.DataFrame:
    if data.csv:
        return delimited.parse(data.csv.encode(), data.name or "the table")
    found = datasets.load(
        data.name, samples=data.samples, noise=data.noise, seed=data.seed
    )
    return datasets.frame(found)


def _table(
    name: str,
    inputs: tuple[str, ...],
    target: str,
    classes: tuple[str, ...],
    pair: tuple[Array, Array],
    learn: int,
    said: tuple[str, ...] = (),
) -> Table:
    x, t = (np.ascontiguousarray(part, "<f8").tobytes() for part in pair)
    rows = len(pair[0])
    return Table(name, inputs, target, classes, x, t, rows, rows - learn, said)
