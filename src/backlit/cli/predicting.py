"""The work of `backlit predict`: prepare new rows as those of training, and say."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import polars as pl
import typer

from backlit.cli import outputs
from backlit.cli.problem import USUAL_METRICS, measured, scores
from backlit.cli.result import NAMES, written
from backlit.cli.tables import opened
from backlit.errors import DataError, OptionError
from backlit.files import write_whole
from backlit.network.architecture import LINKS
from backlit.train import checkpoint
from backlit.train.evaluate import predictions
from backlit.train.preparation import Preparation
from backlit.train.table import located

if TYPE_CHECKING:
    from pathlib import Path

    from backlit.cli.tables import Table
    from backlit.graph.node import Array

Scored = tuple[dict[str, float], int]  # metrics, and on how many rows


def run(
    path: Path,
    data: str,
    *,
    out: Path | None,
    probabilities: bool,
    keep: bool,
    as_json: bool,
) -> None:
    """Predict as is asked for.

    Raises:
        BacklitError: What is asked for cannot be done.
    """
    model = checkpoint.load(path)
    preparation = _preparation(path, model)
    if probabilities:
        _refuse_without_probabilities(model.architecture.loss, preparation)
    if out:
        _check_out(out, path, data)
    table = opened(data, as_text=preparation.text_columns)
    with located(table.source):
        X = preparation.features(table.frame)
    found = predictions(model.architecture, model.parameters, X)
    output = scores(model.architecture.loss, found)
    columns = {"prediction": preparation.decode(output)}
    if probabilities:
        columns |= _probabilities(preparation, output)
    frame = _with_columns(table, columns) if keep else pl.DataFrame(columns)
    if out:
        write_whole(out, frame.write_csv().encode())
    told = _scored(table, preparation, output)
    if as_json:
        ...
    elif not out:
        sys.stdout.write(frame.write_csv())
