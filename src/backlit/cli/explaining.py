"""The work of `backlit explain`: record a pass, and write what it says."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from backlit.cli import outputs
from backlit.cli.tables import opened
from backlit.errors import DataError, NetworkError, OptionError
from backlit.explain.typeset.document import Note
from backlit.explain.typeset.mathematics import Symbol
from backlit.files import write_whole
from backlit.model import load
from backlit.recorded import Explanation
from backlit.train import checkpoint
from backlit.train.classes import encoded
from backlit.train.preparation import Preparation
from backlit.train.table import located

if TYPE_CHECKING:
    from pathlib import Path

    from backlit.explain.typeset.document import Inline
    from backlit.graph.node import Array
    from backlit.model import Network
    from backlit.recorded import Recorded

NAMED = 16  # inputs whose columns are named
WIDEST = 100  # columns of text in a wide terminal


@dataclass(frozen=True)
class Given:
    """What the pass is asked to be over, as it is written on the command line.

    Attributes:
        x: An input, or several.
        t: The targets.
        data: A table or data set instead.
        rows: Which rows of it.
        rate: The η of the update, if not the network's.
    """

    x: str | None = None
    t: str | None = None
    data: str | None = None
    rows: str = "0"
    rate: float | None = None


@dataclass(frozen=True)
class Writing:
    """How it is to be written.

    Attributes:
        form: text, markdown, latex, mathml or json.
        to: A file, in place of stdout.
        digits: Significant digits of numbers.
        as_json: Whether all values are wanted, as one object.
    """

    form: str = "text"
    to: Path | None = None
    digits: int = 9
    as_json: bool = False


@dataclass(frozen=True)
class Sample:
    """What the pass is over.

    Attributes:
        x: One input, or a list or array of several; None for the network file's.
        t: The targets, likewise.
        columns: What the inputs are called, if they come from a table.
    """

    x: Any = None
    t: Any = None
    columns: tuple[str, ...] = ()


def run(path: Path, weight: str | None, given: Given, writing: Writing) -> None:
    """Explain as is asked for.

    Args:
        path: The network file or model.
        weight: The gradient to explain; None for the whole pass.
        given: What the pass is over.
        writing: How it is to be written.

    Raises:
        BacklitError: What is asked for cannot be done.
    """
    _check_to(writing.to, path)
    net = load(path)
    sample = _typed(given) if given.data is None else _of_table(path, net, given)
    trace = _recorded(path, net, sample, given.rate)
    explanation = None
    if weight is not None or not writing.as_json:
        explanation = _explained(trace, sample, weight, writing.digits)
    if writing.as_json or explanation is None:
        text = _values(trace, explanation)
    else:
        text = _rendered(explanation, writing)
    _put(text, writing.to)


def _typed(given: Given) -> Sample:
    """Read --x and --t, both or none."""
    if (given.x is None) != (given.t is None):
        known, missing = ("--x", "--t") if given.t is None else ("--t", "--x")
        raise OptionError(f"{known} is given without {missing}; a pass needs both")
    return Sample(_numbers("--x", given.x), _numbers("--t", given.t))


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
    if len({len(row) for row in rows}) > 1:
        raise OptionError(f"{option} {text!r}: all samples need as many numbers")
    return rows if ";" in text else rows[0]


def _of_table(path: Path, net: Network, given: Given) -> Sample:
    """Return rows of a table, prepared as the model's training rows were."""
    if given.x is not None or given.t is not None:
        raise OptionError("--data and --x, --t are two ways to give a sample; use one")
    stored = checkpoint.load(path).preparation if path.suffix != ".toml" else None
    if stored is None:
        raise DataError(
            f"{path} does not know how to read a table; give --x and --t, or a model "
            "that backlit train wrote"
        )
    preparation = Preparation.from_json(stored)
    table = opened(str(given.data), as_text=preparation.text_columns)
    frame = table.frame[_rows(given.rows, table.frame.height)]
    with located(table.source):
        x, targets = preparation.features(frame), preparation.targets(frame)
    t: Array = encoded(net.architecture, targets)
    one = frame.height == 1
    return Sample(x[0] if one else x, t[0] if one else t, preparation.inputs)


def _rows(text: str, height: int) -> list[int]:
    try:
        found = [int(n) for n in text.split(",")]
    except ValueError:
        raise OptionError(f"--rows {text!r}: needs row numbers, as in 0,5,7") from None
    for n in found:
        if not 0 <= n < height:
            raise OptionError(f"--rows {n}: the table has the rows 0 to {height - 1}")
    return found


def _recorded(path: Path, net: Network, sample: Sample, rate: float | None) -> Recorded:
    if rate is not None and not (np.isfinite(rate) and rate >= 0):
        raise OptionError(f"learning_rate={rate:g}; it must be 0 or larger, as 0.5")
    if sample.x is None and net.sample is None:
        raise OptionError(
            f"{path} holds no sample; give --x and --t, or --data with a table"
        )
    return net.trace(sample.x, sample.t, learning_rate=rate)


def _explained(
    trace: Recorded, sample: Sample, weight: str | None, digits: int
) -> Explanation:
    """Return the explanation, with the columns of the table named in it."""
    try:
        explanation = trace.explain(weight, digits=digits)
    except NetworkError as error:
        raise OptionError(f"--weight {weight}: {error}") from None
    if not 0 < len(sample.columns) <= NAMED:
        return explanation
    document = explanation.document
    first, *rest = document.blocks
    note = Note(tuple(_inputs(sample, batched=trace.batched)))
    return Explanation(replace(document, blocks=(first, note, *rest)))


def _inputs(sample: Sample, *, batched: bool) -> list[Inline]:
    """Say which column each input is, as the model prepares it."""
    said: list[Inline] = ["The inputs, as the model prepares them: "]
    for n, name in enumerate(sample.columns, 1):
        symbol = Symbol("x", ("n", n) if batched else (n,))
        said += [symbol, f" is {name}" + (", " if n < len(sample.columns) else ".")]
    return said


def _rendered(explanation: Explanation, writing: Writing) -> str:
    """Return an explanation in one of its forms, in colour on a terminal."""
    if writing.form != "text":
        text: str = getattr(explanation, writing.form)()
        return text
    if writing.to is not None or not sys.stdout.isatty():
        return explanation.text()
    from rich.console import Console  # noqa: PLC0415 - only for a terminal

    console = Console()
    colour = console.is_terminal and not console.no_color
    return explanation.text(min(console.width, WIDEST), colour=colour)


def _values(trace: Recorded, derivation: Explanation | None) -> str:
    """Return all values of a pass as JSON; with a derivation, that too."""
    found: dict[str, Any] = {
        "quantities": {name: trace[name].tolist() for name in trace},
        "updated": {name: trace.updated[name].tolist() for name in trace.updated},
        "error": float(trace["E"]),
        "error_after": trace.error_after,
    }
    if derivation is not None:
        whole = derivation.json(indent=None).strip()
        found["derivation"] = msgspec.Raw(whole.encode())
    return msgspec.json.encode(found).decode()


def _put(text: str, to: Path | None) -> None:
    """Print a text, or write it to a file, whole or not at all."""
    whole = text.rstrip("\n") + "\n"
    if to is None:
        sys.stdout.write(whole)
    else:
        write_whole(to, whole.encode())


def _check_to(to: Path | None, net: Path) -> None:
    """Refuse a file that cannot be written, or is the network itself."""
    if to is None:
        return
    outputs.check_writable(to)
    if to.exists() and net.exists() and to.samefile(net):
        raise OptionError(f"--to {to} would replace the network; name another file")
