"""`backlit predict`: what a model says of the rows of a table."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - Typer reads it when run
from typing import Annotated

import typer


def predict(
    model: Annotated[
        Path,
        typer.Argument(
            metavar="MODEL", help="A model that backlit train wrote (.safetensors)."
        ),
    ],
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA", help="A file or data set with the columns of training."
        ),
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option(help="Write the CSV to this file, not to the terminal."),
    ] = None,
    probabilities: Annotated[
        bool, typer.Option("--probabilities", help="Add the probability of each class.")
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Begin each row with the columns of DATA.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one object, not CSV.")
    ] = False,
) -> None:
    """Predict the target of each row of a table, in its order, as CSV.

    The rows are prepared as those of training were. If DATA has the target too, the
    score is told on stderr.

    Example: backlit predict iris.safetensors new.csv --out predictions.csv
    """
    from backlit.cli.predicting import run  # noqa: PLC0415 - the command line starts fast

    run(model, data, out=out, probabilities=probabilities, keep=keep, as_json=as_json)
