"""A session of training: what is asked for, made ready to run.

    Wishes -> table -> Problem -> rows, penalty, epochs -> network and options

What was not asked for is chosen here, from the table's size and by trial runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backlit.cli import wishes
from backlit.cli.problem import Problem, metric_names, posed
from backlit.cli.run import Run, fingerprint
from backlit.cli.tables import opened
from backlit.cli.trial import Trial, tried
from backlit.errors import OptionError
from backlit.model import Network
from backlit.train import defaults
from backlit.train.classes import encoded
from backlit.train.preparation import split
from backlit.train.state import TrainingState

if TYPE_CHECKING:
    from collections.abc import Callable

    from backlit.cli.wishes import Wishes
    from backlit.graph.node import Array


@dataclass(frozen=True)
class Session:
    """Training, ready to begin.

    Attributes:
        problem: What is to be learnt.
        net: The network; one that is taken up again holds where it stood.
        learn: The rows to learn from.
        held: The rows held out to stop early.
        metrics: What is measured.
        run: The note that is stored with the model.
        options: For `Network.fit`: optimizer, batch size, executor, threads.
        trial: The trial runs, if there were any.
    """

    problem: Problem
    net: Network
    learn: Array
    held: Array
    metrics: tuple[str, ...]
    run: Run
    options: dict[str, Any]
    trial: Trial | None = None

    @property
    def state(self) -> TrainingState:
        """Where training stands; the beginning if it has not begun."""
        return self.net.training or TrainingState(dict(self.net.parameters))

    def samples(self, rows: Array) -> tuple[Array, Array]:
        """Return inputs and targets of some rows, as the network needs them."""
        targets = encoded(self.net.architecture, self.problem.targets[rows])
        return self.problem.X[rows], targets


def begun(wish: Wishes, tell: Callable[[str], object] = str) -> Session:
    """Return a new session.

    Args:
        wish: What is asked for.
        tell: Called with what is being done, where it takes time.

    Raises:
        DataError: The table cannot be learnt from.
        OptionError: An option does not suit it.
        KeyboardInterrupt: Ctrl-C in the trial runs.
    """
    seed = wish.seed or 0
    table = opened(wish.data, samples=wish.samples, noise=wish.noise, seed=seed)
    problem = posed(table, wish.target, wish.task, test=wish.test, seed=seed)
    metrics = metric_names(problem.preparation.task, wish.metric or ())
    share = _held_out(wish, len(problem.learn))
    learn, held = divided(problem, share, seed)
    options: dict[str, Any] = {
        "optimizer": wishes.optimizer(wish),
        "batch_size": wish.batch_size or defaults.batch_size(len(learn)),
        "executor": wish.executor or "auto",
        "threads": wish.threads,
    }
    trial = _trial(wish, problem, learn, options | {"tell": tell})
    net = _network(wish, problem, trial.l2 if trial else wish.l2 or 0.0)
    patience = wish.patience or (defaults.PATIENCE if len(held) else None)
    run = Run(
        data=wish.data,
        fingerprint=fingerprint(table, problem.preparation),
        samples=wish.samples,
        noise=wish.noise,
        seed=seed,
        test=wish.test,
        validation=share,
        epochs=wish.epochs
        or _epochs(len(learn), options["batch_size"], patience, trial),
        patience=patience,
        executor=options["executor"],
    )
    return Session(problem, net, learn, held, metrics, run, options, trial)


def divided(problem: Problem, share: float, seed: int) -> tuple[Array, Array]:
    """Return the rows to learn from, and a share of them that is held out.

    Raises:
        OptionError: The share is so small that it holds out nothing.
    """
    learn, held = split(problem.labels[problem.learn], share, seed)
    if share and not len(held):
        raise OptionError(
            f"--validation {share:g} of {len(problem.learn)} rows holds out none; a "
            "larger share is needed, or 0"
        )
    return problem.learn[learn], problem.learn[held]


def _held_out(wish: Wishes, rows: int) -> float:
    if wish.validation is not None:
        return wish.validation
    return defaults.HELD_OUT if rows >= defaults.HELD_OUT_FROM else 0.0


def _network(wish: Wishes, problem: Problem, l2: float) -> Network:
    loss = defaults.loss(wish.loss, problem.classes)
    layers = defaults.layers(
        wishes.hidden_units(wish.hidden),
        wish.activation or defaults.ACTIVATION,
        loss,
        problem.classes,
    )
    inputs = problem.X.shape[1]
    return Network(inputs, layers, loss, seed=wish.seed or 0, l1=wish.l1 or 0.0, l2=l2)


def _trial(
    wish: Wishes, problem: Problem, learn: Array, options: dict[str, Any]
) -> Trial | None:
    """Try penalties, unless one was asked for or there are too few rows."""
    net = _network(wish, problem, 0.0)
    asked = wish.l1 is not None or wish.l2 is not None
    if asked or len(learn) < defaults.TRIED_FROM:
        return None
    return tried(
        lambda l2: _network(wish, problem, l2),
        (problem.X[learn], encoded(net.architecture, problem.targets[learn])),
        problem.labels[learn],
        epochs=wish.epochs,
        seed=wish.seed or 0,
        **options,
    )


def _epochs(rows: int, batch: int, patience: int | None, trial: Trial | None) -> int:
    """Return the epochs that suit, a limit if training may stop early."""
    if patience:
        return defaults.epochs(rows, batch, steps=10_000)
    return trial.epochs if trial else defaults.epochs(rows, batch)
