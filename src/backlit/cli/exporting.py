"""The work of `backlit export`: open, make, write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import typer

from backlit.cli.naming import naming
from backlit.cli.outputs import check_writable
from backlit.errors import OptionError
from backlit.files import write_whole
from backlit.recorded import Recorded
from backlit.studio.bundle import bundle, first_parameters
from backlit.studio.opening import opening
from backlit.studio.page import page
from backlit.studio.table import samples_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from backlit.studio.opening import Opening


def run(source: str, to: Path, data: str | None, target: str | None) -> None:
    """Write what the name of the file asks for.

    Args:
        source: What is opened.
        to: The file.
        data: A table for a network.
        target: The column to predict, of a table.

    Raises:
        BacklitError: What is asked for cannot be opened or written.
    """
    make = FORMS.get(to.suffix.lower())
    if make is None:
        raise OptionError(f"to={to}; the name of the file must end in {_suffixes()}")
    check_writable(to)
    if to.exists() and Path(source).exists() and to.samefile(source):
        raise OptionError(f"to={to} would replace what is read; name another file")
    with naming(data or source):
        text = make(opening(source, data=data, target=target), _title(source))
    whole = text.encode()
    write_whole(to, whole)
    typer.echo(f"{to}: {_size(len(whole))}, {SAID[to.suffix.lower()]}")


def _studio(begins: Opening, title: str) -> str:
    return page(bundle(begins.spec, begins.session, begins.lesson), title)


def _diagram(begins: Opening, _: str) -> str:
    return str(first_pass(begins).draw())


def _latex(begins: Opening, _: str) -> str:
    return first_pass(begins).explain().latex()


def _markdown(begins: Opening, _: str) -> str:
    return first_pass(begins).explain().markdown()


def first_pass(begins: Opening) -> Recorded:
    """Return the pass over the first sample, with the first weights."""
    spec = begins.spec
    architecture, table = spec.architecture, samples_of(spec)
    x, t = (np.frombuffer(part, "<f8") for part in (table.x, table.t))
    return Recorded.record(
        architecture,
        first_parameters(spec),
        x[: architecture.inputs],
        t[: architecture.outputs],
        learning_rate=spec.network.learning_rate,
    )


FORMS: dict[str, Callable[[Opening, str], str]] = {
    ".html": _studio,
    ".svg": _diagram,
    ".tex": _latex,
    ".md": _markdown,
}
SAID = {
    ".html": "opens from disk, with no network and no server",
    ".svg": "one pass over the first sample",
    ".tex": "one pass over the first sample, worked out",
    ".md": "one pass over the first sample, worked out",
}


def _suffixes() -> str:
    *most, last = FORMS
    return f"{', '.join(most)} or {last}"


def _title(source: str) -> str:
    return f"{Path(source).stem} – backlit studio"


def _size(count: int) -> str:
    """Return a size as people say it: `104 kB`.

    >>> _size(104_321), _size(1_234_567)
    ('104 kB', '1.2 MB')
    """
    return (
        f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} kB"
    )
