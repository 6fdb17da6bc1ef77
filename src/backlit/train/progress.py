"""Progress of training on the terminal: one line that is rewritten, with Rich."""

from __future__ import annotations

from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backlit.train.history import Row
    from backlit.train.plan import Callback
    from backlit.train.state import TrainingState

QUIET = ("epoch", "learning_rate", "seconds")  # what the line does not tell
REST = 45  # the width of what it tells beside the figures, but for the epochs' digits


@contextmanager
def shown(epochs: int, done: int = 0) -> Iterator[Callback]:
    """Show a bar while training; yields the callback that moves it."""
    from rich.console import Console  # noqa: PLC0415 - only where progress is shown
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("epoch"),
        MofNCompleteColumn(),
        BarColumn(bar_width=10),
        TextColumn("{task.fields[figures]}"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    # On stderr: stdout is for results that a program may read.
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=epochs, completed=done, figures="", rate="")

        started = perf_counter()
        room = bar.console.width - REST - 2 * len(str(epochs))

        def move(state: TrainingState) -> None:
            row = state.history[-1]
            speed = (state.epoch - done) / max(perf_counter() - started, 1e-9)
            bar.update(
                task,
                completed=state.epoch,
                figures=_figures(row, room),
                rate=f"{speed:.3g} epochs/s",
            )

        yield move


def _figures(row: Row, room: int) -> str:
    """Return as many figures as there is room for, those that tell most first."""
    losses = [name for name in ("loss", "validation_loss") if name in row]
    others = [name for name in row if name not in {*losses, *QUIET}]
    others.sort(key=lambda name: not name.startswith("validation_"))
    shown_ = ""
    for name in (*losses, *others):
        figure = f"{name.replace('validation_', 'val. ')} {row[name]:.4g}"
        if shown_ and len(shown_) + 2 + len(figure) > room:
            break
        shown_ += f"  {figure}" if shown_ else figure
    return shown_
