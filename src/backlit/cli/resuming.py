"""Taking up a model again: the same rows and options, so that no bit differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from backlit.cli.problem import metric_names, posed
from backlit.cli.run import Run, fingerprint
from backlit.cli.session import Session, divided
from backlit.cli.tables import about, opened
from backlit.errors import DataError, OptionError
from backlit.model import load
from backlit.train.preparation import Preparation
from backlit.update.description import optimizer_from

if TYPE_CHECKING:
    from pathlib import Path

    from backlit.cli.tables import Table
    from backlit.cli.wishes import Wishes
    from backlit.train.state import TrainingState


def resumed(wish: Wishes, path: Path) -> Session:
    """Return a session that goes on where a model's training stopped.

    Args:
        wish: What is asked for.
        path: The model.

    Raises:
        DataError: The model was not trained on a table, or on another one.
        OptionError: There is nothing left to do.
    """
    net = load(path)
    if (
        net.training is None
        or net.options is None
        or not {"run", "preparation"} <= net.notes.keys()
    ):
        raise DataError(
            f"{path} was not written by backlit train, so that it is not known on "
            "which rows to go on"
        )
    run = Run.from_json(net.notes["run"])
    epochs = wish.epochs or run.epochs
    patience = wish.patience or run.patience
    _refuse_finished(path, net.training, epochs, patience)
    preparation = Preparation.from_json(net.notes["preparation"])
    table = opened(wish.data, samples=run.samples, noise=run.noise, seed=run.seed)
    _refuse_others(path, table, run, preparation)
    problem = posed(
        table,
        preparation.target.name,
        preparation.task,
        test=run.test,
        seed=run.seed,
        preparation=preparation,
    )
    metrics = metric_names(preparation.task, wish.metric or ())
    learn, held = divided(problem, run.validation, run.seed)
    executor = wish.executor or run.executor
    run = replace(run, epochs=epochs, patience=patience, executor=executor)
    options = {
        "optimizer": optimizer_from(net.options.optimizer),
        "batch_size": net.options.batch_size,
        "executor": executor,
        "threads": wish.threads,
        "resume": True,
    }
    return Session(problem, net, learn, held, metrics, run, options)


def _refuse_finished(
    path: Path, state: TrainingState, epochs: int, patience: int | None
) -> None:
    if state.epoch >= epochs:
        raise OptionError(
            f"{path} has had {state.epoch} epochs; to go on, give more in all, as in "
            f"--epochs {2 * state.epoch}"
        )
    if patience is not None and state.waited >= patience:
        raise OptionError(
            f"{path} stopped early, after {state.waited} epochs without improvement; "
            f"to go on, give more patience, as in --patience {2 * patience}"
        )


def _refuse_others(
    path: Path, table: Table, run: Run, preparation: Preparation
) -> None:
    with about(table.source):
        found = fingerprint(table, preparation)
    if found != run.fingerprint:
        raise DataError(
            f"{table.source} does not hold the rows that {path} was trained on "
            f"({run.data}); to go on needs the same table, to begin anew leave out "
            "--resume"
        )
