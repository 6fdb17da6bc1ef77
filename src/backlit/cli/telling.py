"""What `backlit train` tells people: the data, the network, and how well it does."""

from __future__ import annotations

import shlex
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from rich.table import Table as Grid

from backlit.cli.result import label, written

if TYPE_CHECKING:
    from pathlib import Path

    from backlit.cli.result import Result
    from backlit.cli.session import Session


def account(session: Session) -> list[str]:
    """Return what was done to the data, and what is trained, in lines."""
    return [
        f"{session.problem.table.source}: {_rows(session)}",
        *(f"  {sentence}" for sentence in session.problem.preparation.report()),
        *_trial(session),
        f"Network: {_network(session)}",
        f"Training: {_training(session)}",
        "",
    ]


def _rows(session: Session) -> str:
    problem = session.problem
    parts = [f"{len(problem.X)} rows", f"{len(session.learn)} to learn from"]
    if len(session.held):
        parts.append(f"{len(session.held)} held out to tell when to stop")
    tested = len(problem.test)
    parts.append(f"{tested} to test on" if tested else "none to test on")
    return f"{', '.join(parts)}."


def _trial(session: Session) -> list[str]:
    trial = session.trial
    if trial is None:
        return []
    *others, last = (f"{l2:g}" for l2 in trial.compared)
    chosen = f"{trial.l2:g} was best"
    if session.run.epochs == trial.epochs and not session.run.patience:
        chosen += f", after {trial.epochs} epochs"
    line = f"compared l2 {', '.join(others)} and {last}: {chosen}."
    return [f"  Trial runs on parts of the training rows {line}"]


def _network(session: Session) -> str:
    a = session.net.architecture
    layers = [f"{a.inputs} input{'s' * (a.inputs != 1)}"]
    layers += [f"{layer.units} {layer.activation}" for layer in a.layers]
    count = sum(p.size for p in session.net.parameters.values())
    penalties = "".join(
        f" + {name} {value:g}" for name, value in (("l1", a.l1), ("l2", a.l2)) if value
    )
    return f"{' → '.join(layers)}; {count} parameters; error {a.loss}{penalties}."


def _training(session: Session) -> str:
    run, options = session.run, session.options
    limit = f"up to {run.epochs} epochs" if run.patience else f"{run.epochs} epochs"
    before = session.net.training
    return (
        f"{_optimizer(options['optimizer'])}; batches of {options['batch_size']}; "
        f"{limit}{f', {before.epoch} of them done' if before else ''}; "
        f"seed {run.seed}."
    )


def _optimizer(optimizer: Any) -> str:
    """Return an optimizer's name, its learning rate, and what is not as usual."""
    told = [type(optimizer).__name__]
    for option in fields(optimizer):
        value = getattr(optimizer, option.name)
        if option.name == "learning_rate" or value != option.default:
            name = option.name.replace("_", " ")
            told.append(name if value is True else f"{name} {value:g}")
    return ", ".join(told)


def figures(found: Result) -> Grid:
    """Return the figures as a table."""
    grid = Grid(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    grid.add_column("")
    for part in found.parts:
        grid.add_column(part, justify="right", style="bold" if part == "test" else "")
    where = "" if "test" in found.parts else " (training)"
    grid.add_column(f"always {found.saying}{where}", justify="right", style="dim")
    for name in found.parts["training"]:
        told = "error" if name == "loss" else label(name)
        cells = [written(name, part.get(name)) for part in found.parts.values()]
        grid.add_row(told, *cells, written(name, found.baseline.get(name)))
    return grid


def ending(session: Session, out: Path, *, again: bool) -> list[str]:
    """Return how training ended, where the model is, and what to type next.

    Args:
        session: That was run.
        out: The model.
        again: Whether another model was there before.
    """
    instead = ", in place of the model that was there" if again else ""
    data, model = shlex.quote(session.run.data), shlex.quote(str(out))
    following = f"Next: backlit predict {model} new.csv"
    if session.state.history.stopped == "interrupted":
        following = f"To go on: backlit train {data} --resume {model}"
    return ["", _ended(session), f"Saved as {out}{instead}.", following]


def _ended(session: Session) -> str:
    state, wanted = session.state, session.run.epochs
    rows = state.history.rows
    took = f"{rows[-1]['seconds'] if rows else 0:.1f} s"
    match state.history.stopped:
        case "early stopping":
            best = f"kept is the best, that after {state.best_epoch}"
            return f"Stopped early after {state.epoch} epochs in {took}; {best}."
        case "interrupted":
            return f"Interrupted after {state.epoch} of {wanted} epochs in {took}."
        case _:
            return f"Trained for {state.epoch} epochs in {took}."
