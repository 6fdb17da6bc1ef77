"""The work of `backlit predict`: prepare new rows as those of training, and say."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import polars as pl

from backlit.cli import outputs
from backlit.cli.problem import USUAL_METRICS, measured, scores
from backlit.cli.result import label, written
from backlit.cli.tables import about, opened
from backlit.errors import DataError, OptionError
from backlit.files import write_whole
from backlit.network.architecture import LINKS
from backlit.train import checkpoint
from backlit.train.evaluate import predictions
from backlit.train.preparation import Preparation

if TYPE_CHECKING:
    from backlit.graph.node import Array

PROBABLE = (*LINKS, "binary_cross_entropy")  # losses whose outputs are probabilities


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

    Args:
        path: The model.
        data: The rows, a file or the name of a data set.
        out: A file for the predictions, in place of stdout.
        probabilities: Whether to tell the probability of each class.
        keep: Whether to begin each row with the columns of the data.
        as_json: Whether to print one object.

    Raises:
        BacklitError: What is asked for cannot be done.
    """
    model = checkpoint.load(path)
    preparation = _preparation(path, model)
    loss = model.architecture.loss
    if probabilities and (not preparation.classes or loss not in PROBABLE):
        raise DataError(
            f"{path} gives no probabilities: it was trained for "
            f"{preparation.task} with {loss}; leave out --probabilities"
        )
    if out:
        _check_out(out, path, data)
    table = opened(data, as_text=preparation.text_columns)
    with about(table.source):
        X = preparation.features(table.frame)
    output = scores(loss, predictions(model.architecture, model.parameters, X))
    said = pl.DataFrame({"prediction": preparation.decode(output)})
    if probabilities:
        said = said.hstack(_probabilities(preparation, output))
    frame = _beside(table.frame, said, data) if keep else said
    score, scored = _score(preparation, table.frame, output)
    if out:
        write_whole(out, frame.write_csv().encode())
    if as_json:
        _print_object(path, data, out, frame, score)
        return
    if not out:
        sys.stdout.write(frame.write_csv())
    for line in (scored, f"{frame.height} predictions in {out}." if out else ""):
        if line:
            print(line, file=sys.stderr)  # noqa: T201 - stdout is for the table


def _preparation(path: Path, model: checkpoint.Model) -> Preparation:
    if model.preparation is None:
        raise DataError(
            f"{path} was trained on arrays and does not know how to read a table; "
            f'use bl.load("{path}").predict(X), or train it with backlit train'
        )
    try:
        return Preparation.from_json(model.preparation)
    except DataError as error:
        raise DataError(f"{path} is damaged: {error}") from None


def _check_out(out: Path, model: Path, data: str) -> None:
    outputs.check_writable(out)
    for other in (model, Path(data)):
        if out.exists() and other.exists() and out.samefile(other):
            raise OptionError(f"--out {out} would replace what is read; name another")


def _probabilities(preparation: Preparation, output: Array) -> pl.DataFrame:
    if output.shape[1] == 1:
        output = np.hstack([1 - output, output])
    names = [f"probability {name}" for name in preparation.classes]
    return pl.DataFrame(dict(zip(names, output.T, strict=True)))


def _beside(frame: pl.DataFrame, said: pl.DataFrame, data: str) -> pl.DataFrame:
    taken = [name for name in said.columns if name in frame.columns]
    if taken:
        raise DataError(
            f"{data} has a column {taken[0]!r} already; rename it, or leave out --keep"
        )
    return frame.hstack(said)


def _score(
    preparation: Preparation, frame: pl.DataFrame, output: Array
) -> tuple[dict[str, float] | None, str]:
    """Return metrics on the rows whose target is given, and a line that tells them."""
    name = preparation.target.name
    if name not in frame.columns:
        return None, ""
    rows = np.flatnonzero(frame[name].is_not_null().to_numpy())
    if not len(rows):
        return None, ""
    try:
        targets = preparation.targets(frame[rows])
    except DataError as error:
        return None, f"Not scored: {error}."
    names = USUAL_METRICS[preparation.task]
    found = measured(preparation, names, targets, output[rows])
    told = ", ".join(f"{label(n)} {written(n, value)}" for n, value in found.items())
    return found, f"On {len(rows)} rows that have {name!r}: {told}."


def _print_object(
    model: Path,
    data: str,
    out: Path | None,
    frame: pl.DataFrame,
    score: dict[str, float] | None,
) -> None:
    columns: dict[str, Any] = {} if out else frame.to_dict(as_series=False)
    whole = {
        "model": str(model),
        "data": data,
        "rows": frame.height,
        "out": None if out is None else str(out),
        "score": score,
        "columns": columns,
    }
    print(msgspec.json.encode(whole).decode())  # noqa: T201 - this is the output
