"""The work of `backlit train`: prepare, train, save, tell.

What was learnt is saved as soon as training ends, before anything is told. A run that
Ctrl-C cut short is saved too; one that met a value that is not finite only where no
file would be replaced.
"""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import msgspec
import typer
from rich.console import Console

from backlit.cli import outputs, telling
from backlit.cli.result import as_object, result
from backlit.cli.resuming import resumed
from backlit.cli.session import begun
from backlit.cli.wishes import check
from backlit.errors import NonFiniteError
from backlit.files import write_whole
from backlit.train.stopping import EarlyStopping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from backlit.cli.session import Session
    from backlit.cli.wishes import Wishes


def run(wish: Wishes) -> None:
    """Train as is asked for.

    Raises:
        BacklitError: What is asked for cannot be done.
        KeyboardInterrupt: Ctrl-C before anything was learnt.
        typer.Exit: Ctrl-C; what was learnt is saved, and the exit code is 130.
    """
    started = perf_counter()
    check(wish)
    out = wish.out or wish.resume or Path(f"{Path(wish.data).stem}.safetensors")
    if out != wish.resume:
        outputs.check_model(out)
    if wish.plot:
        outputs.check_picture(wish.plot)
    with _working(wish) as tell:
        session = resumed(wish, wish.resume) if wish.resume else begun(wish, tell)
    if wish.resume and wish.fixed and not wish.quiet:
        note = f"{', '.join(wish.fixed)}: as it was, since the model is taken up again"
        print("backlit:", note, file=sys.stderr)  # noqa: T201 - no result
    say = Console(quiet=wish.quiet or wish.as_json, highlight=False, markup=False)
    say.print(*telling.account(session), sep="\n", soft_wrap=True)
    _fit(session, out, progress=_watched(wish))
    seconds = perf_counter() - started
    again = out.exists()
    _save(session, out)
    if wish.plot:
        write_whole(wish.plot, session.state.history.plot().encode())
    found = result(session)
    if wish.as_json:
        typer.echo(
            msgspec.json.encode(as_object(session, found, str(out), seconds)).decode()
        )
    say.print(telling.figures(found))
    say.print(*telling.ending(session, out, again=again), sep="\n", soft_wrap=True)
    if session.state.history.stopped == "interrupted":
        raise typer.Exit(130)


def _watched(wish: Wishes) -> bool:
    return sys.stderr.isatty() and not wish.quiet


@contextmanager
def _working(wish: Wishes) -> Iterator[Callable[[str], object]]:
    """Show what is done where there is no progress to show; yields what tells it."""
    if not _watched(wish):
        yield str
        return
    with Console(stderr=True).status(f"Reading {wish.data} ...") as status:
        yield status.update


def _fit(session: Session, out: Path, *, progress: bool) -> None:
    """Train; save what was learnt before a value that is not finite, if it may be."""
    patience = session.run.patience
    try:
        session.net.fit(
            *session.samples(session.learn),
            validation=session.samples(session.held) if len(session.held) else None,
            epochs=session.run.epochs,
            early_stopping=EarlyStopping(patience) if patience else None,
            seed=session.run.seed,
            progress=progress,
            **session.options,
        )
    except NonFiniteError as error:
        fate = f"{out} is as it was" if out.exists() else "nothing was saved"
        if session.state.step and not out.exists():
            _save(session, out)
            fate = f"what was learnt before is saved as {out}"
        raise NonFiniteError(f"{_with_rows(str(error), session)}; {fate}") from None
    if session.state.history.stopped == "interrupted" and not session.state.step:
        raise KeyboardInterrupt


def _with_rows(message: str, session: Session) -> str:
    """Write the row of the table, from 1, in place of the number of a sample."""
    return re.sub(
        r"sample (\d+)",
        lambda found: f"row {session.learn[int(found[1])] + 1}",
        message,
    )


def _save(session: Session, out: Path) -> None:
    preparation = session.problem.preparation.to_json()
    session.net.save(out, preparation=preparation, run=session.run.to_json())
