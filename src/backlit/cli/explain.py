"""`backlit explain`: one pass worked out, or one gradient."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path  # noqa: TC003 - Typer reads annotations
from typing import Annotated

import typer


class Format(StrEnum):
    """The forms of an explanation."""

    text = "text"
    markdown = "markdown"
    latex = "latex"
    mathml = "mathml"
    json = "json"


def explain(
    net: Annotated[
        Path, typer.Argument(help="A network file (.toml) or a model (.safetensors).")
    ],
    *,
    weight: Annotated[
        str | None,
        typer.Option("--weight", "-w", help="One gradient, as in dense1.weight[0,1]."),
    ] = None,
    x: Annotated[
        str | None,
        typer.Option(
            help="The input, as in 0.5,0.8; samples are parted by semicolons. Without "
            "it, the sample of the network file."
        ),
    ] = None,
    t: Annotated[str | None, typer.Option(help="The target, as in 1.")] = None,
    data: Annotated[
        str | None,
        typer.Option(help="A table or data set, for a model that was trained on one."),
    ] = None,
    rows: Annotated[
        str, typer.Option(help="Rows of DATA, counted from 0, as in 0,5,7.")
    ] = "0",
    learning_rate: Annotated[
        float | None, typer.Option(help="The η of the update that is shown.")
    ] = None,
    form: Annotated[
        Format, typer.Option("--format", "-f", help="How it is written.")
    ] = Format.text,
    to: Annotated[
        Path | None, typer.Option(help="Write it to this file, not to the terminal.")
    ] = None,
    digits: Annotated[
        int, typer.Option(min=1, max=17, help="Significant digits of numbers.")
    ] = 9,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help="Print all values as one object, at full precision."
        ),
    ] = False,
) -> None:
    """Work out one forward and backward pass, with symbols and numbers.

    Example: backlit explain neuron.toml --weight "dense1.weight[0,1]"
    """
    from backlit.cli import explaining  # noqa: PLC0415 - the command line starts fast

    given = explaining.Given(x, t, data, rows, learning_rate)
    writing = explaining.Writing(form.value, to, digits, as_json)
    explaining.run(net, weight, given, writing)
