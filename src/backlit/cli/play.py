"""`backlit play`: the studio, in the browser."""

from __future__ import annotations

from typing import Annotated

import typer


def play(
    net: Annotated[
        str | None,
        typer.Argument(
            metavar="[NET|DATASET]",
            help="A network file (.toml), a model (.safetensors), a session (.json), a "
            "table (.csv, .parquet, .npz), a data set by its name (spirals, xor, "
            "digits, iris ...), 'lesson', or a lesson of your own (.toml); without it, "
            "the neuron of the lesson.",
        ),
    ] = None,
    *,
    data: Annotated[
        str | None, typer.Option(help="A table or data set for a network or model.")
    ] = None,
    target: Annotated[
        str | None, typer.Option(help="The column of a table to predict.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=1, max=65535, help="The port to use; else the last one, or a free one."
        ),
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the browser.")
    ] = True,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the address as an object.")
    ] = False,
) -> None:
    """Play with a network in the browser: step, train, touch and ask why.

    The page trains by itself; Ctrl-C ends the server, and when it is started again an
    open page goes on with it. The link opens one browser, once.

    Example: backlit play spirals
    """
    from backlit.cli import playing  # noqa: PLC0415 - the command line starts fast

    playing.run(net, data, target, playing.Way(port, browser, as_json))
