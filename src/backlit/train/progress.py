"""Progress of training on the terminal: one line that is rewritten, with Rich."""

from __future__ import annotations

from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backlit.train.plan import Callback
    from backlit.train.state import TrainingState


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
        BarColumn(bar_width=24),
        TextColumn("{task.fields[figures]}"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    # On stderr: stdout is for results that a program may read.
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=epochs, completed=done, figures="", rate="")

        started = perf_counter()

        def move(state: TrainingState) -> None:
            row = state.history[-1]
            speed = (state.epoch - done) / max(perf_counter() - started, 1e-9)
            bar.update(
                task,
                completed=state.epoch,
                figures=_figures(row),
                rate=f"{speed:.3g} epochs/s",
            )

        yield move


def _figures(row: dict[str, float]) -> str:
    quiet = {"epoch", "learning_rate", "seconds"}
    shown_ = {k.replace("validation_", "val. "): v for k, v in row.items()}
    return "  ".join(f"{k} {v:.4g}" for k, v in shown_.items() if k not in quiet)
