"""`backlit export`: a page, a picture or a document of a network, in one file."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - Typer reads annotations
from typing import Annotated

import typer


def export(
    net: Annotated[
        str,
        typer.Argument(
            metavar="NET",
            help="A network file (.toml), a model (.safetensors), a session (.json), a "
            "table, a data set by its name, 'lesson', or a lesson of your own (.toml).",
        ),
    ],
    *,
    to: Annotated[
        Path,
        typer.Option(
            help="The file to write: .html is the studio as one page, .svg the "
            "diagram, .tex and .md the pass worked out."
        ),
    ],
    data: Annotated[
        str | None, typer.Option(help="A table or data set for a network or model.")
    ] = None,
    target: Annotated[
        str | None, typer.Option(help="The column of a table to predict.")
    ] = None,
) -> None:
    """Write a network as one file, to be given to others.

    The page needs no network and no server: it trains, steps and explains wherever it
    is opened. The diagram and the document show one pass, over the first sample.

    Example: backlit export neuron.toml --to page.html
    """
    from backlit.cli import exporting  # noqa: PLC0415 - the command line starts fast

    exporting.run(net, to, data, target)
