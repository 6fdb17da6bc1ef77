"""`backlit explain`: one pass worked out, or one gradient."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path  # noqa: TC003 - Typer reads it when run
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backlit.errors import OptionError

if TYPE_CHECKING:
    from backlit.recorded import Explanation, Recorded


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
        str | None, typer.Option(help="The input, as in 0.5,0.8; else the file's.")
    ] = None,
    t: Annotated[
        str | None, typer.Option(help="The target, as in 1; else the file's.")
    ] = None,
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
    from backlit.model import load  # noqa: PLC0415 - the command line starts quickly

    trace = load(net).trace(
        _numbers("--x", x), _numbers("--t", t), learning_rate=learning_rate
    )
    if as_json:
        _put(_values(trace, weight), to)
        return
    explanation = trace.explain(weight, digits=digits)
    _put(_written(explanation, form, terminal=to is None), to)


def _numbers(option: str, text: str | None) -> list[Any] | None:
    """Read `0.5,0.8`; several samples are parted by semicolons."""
    if text is None:
        return None
    try:
        rows = [[float(n) for n in row.split(",")] for row in text.split(";")]
    except ValueError:
        raise OptionError(
            f"{option} {text!r}: needs numbers parted by commas, as in 0.5,0.8"
        ) from None
    return rows if ";" in text else rows[0]


def _written(explanation: Explanation, form: Format, *, terminal: bool) -> str:
    if form is not Format.text:
        text: str = getattr(explanation, form.value)()
        return text
    from rich.console import Console  # noqa: PLC0415 - only for text

    console = Console()
    colour = terminal and console.is_terminal and not console.no_color
    width = min(console.width, 100) if terminal and sys.stdout.isatty() else 88
    return explanation.text(width, colour=colour)


def _values(trace: Recorded, weight: str | None) -> str:
    """Return all values of a pass as JSON; with a weight its derivation too."""
    import msgspec  # noqa: PLC0415 - as above

    found: dict[str, Any] = {
        "quantities": {name: trace[name].tolist() for name in trace},
        "updated": {name: trace.updated[name].tolist() for name in trace.updated},
        "error": float(trace["E"]),
        "error_after": trace.error_after,
    }
    if weight is not None:
        derivation = trace.explain(weight).json(indent=None).strip()
        found["derivation"] = msgspec.Raw(derivation.encode())
    return msgspec.json.encode(found).decode()


def _put(text: str, to: Path | None) -> None:
    from backlit.files import write_whole  # noqa: PLC0415 - as above

    if to is None:
        print(text.rstrip("\n"))  # noqa: T201 - this is the output
    else:
        write_whole(to, (text.rstrip("\n") + "\n").encode())
