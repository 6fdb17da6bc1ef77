"""The work of `backlit train`: prepare, train, save, tell.

What was learnt is saved as soon as training ends, before anything is told. A run that
Ctrl-C cut short is saved too; one that met a value that is not finite only where no
file would be replaced.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import msgspec
import typer
from rich.console import Console

from backlit.cli import targets, telling
from backlit.cli.problem import metric_names
from backlit.cli.result import as_object, result
from backlit.cli.resuming import resumed
from backlit.cli.session import begun
from backlit.cli.wishes import check
from backlit.errors import NonFiniteError
from backlit.files import write_whole

if TYPE_CHECKING:
    from backlit.cli.session import Session
    from backlit.cli.wishes import Wishes


def run(wish: Wishes) -> None:
    """Train as is asked for.

    Raises:
        BacklitError: What is asked for cannot be done.
        typer.Exit: Ctrl-C ended training; what was learnt is saved, the exit code 130.
    """
    check(wish)
    out = wish.out or wish.resume or Path(f"{Path(wish.data).stem}.safetensors")
    check_targets(out, wish.plot)
    say = Console(quiet=wish.quiet or wish.as_json, highlight=False, soft_wrap=True)
    with _working(wish):
        session = resumed(wish, wish.resume) if wish.resume else begun(wish)
    names = metric_names(session.problem.preparation.task, wish.metric)
    say.print(*telling.account(session), sep="\n", markup=False)
    if wish.resume and wish.fixed: note
    seconds = _train(session, out, bars=...)
    ...
