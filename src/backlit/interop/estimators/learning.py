"""Learning as MLPClassifier has it, by `backlit.train.fit`: when to stop, what to keep.

    value < best + tol for more than n_iter_no_change epochs in a row  ->  stop

The value is the error with its sign changed, or the score on samples held out; best is
the largest value so far. With samples held out, the parameters of the best are kept.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Any
from warnings import warn

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from backlit.errors import DataError
from backlit.interop.estimators.options import adapts, architecture_of, optimizer_of
from backlit.train.fit import fit
from backlit.train.history import History
from backlit.train.measures import Measure
from backlit.train.plan import Plan
from backlit.train.progress import shown
from backlit.train.resume import forget_best
from backlit.train.state import TrainingState
from backlit.train.stopping import Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from backlit.graph.node import Array
    from backlit.interop.estimators.estimator import NetworkEstimator
    from backlit.network.architecture import Architecture
    from backlit.train.history import Row
    from backlit.train.samples import Samples

SCORE = "validation_score"  # the column of the history
SMALLEST_RATE = 1e-6  # "adaptive" goes no further


@dataclass(frozen=True)
class Problem:
    """What is to be learnt.

    Attributes:
        data: The samples; their weights, if any, have a mean of about 1.
        unit: What a weight of 1 was before.
        loss: The name of the error.
        score: How good predictions are: (targets, predictions, weights) -> number.
        classes: Class numbers `(samples,)`, to hold out some of each.
    """

    data: Samples
    unit: float
    loss: str
    score: Callable[[Array, Array, Array | None], float]
    classes: Array | None = None


@dataclass(frozen=True)
class Convergence:
    """Stop when a value has not improved for a while, as in the module.

    Attributes:
        tol: The least improvement that counts.
        patience: Epochs without one that are borne.
        keeps: Whether samples are held out: then their score decides, and the
            parameters of the best are kept.
    """

    tol: float
    patience: float
    keeps: bool

    def column(self, _: Sequence[str]) -> str:
        """Return the column to watch."""
        return SCORE if self.keeps else "loss"

    def judge(self, before: Standing, row: Row, column: str) -> Standing:
        """Return how things stand after an epoch."""
        score = -row[column] if self.keeps else row[column]
        waited = before.waited + 1 if score > before.best_score - self.tol else 0
        if score < before.best_score:
            best = int(row["epoch"]) if self.keeps else None
            return Standing(score, best, waited)
        return before._replace(waited=waited)

    def over(self, standing: Standing | TrainingState) -> bool:
        """Tell whether to stop."""
        return standing.waited > self.patience


@dataclass(frozen=True)
class Learnt:
    """What learning ends with; the state holds the parameters that are kept."""

    architecture: Architecture
    state: TrainingState
    epochs: int
    samples: int


def learn(
    options: NetworkEstimator,
    problem: Problem,
    seed: int,
    before: TrainingState | None = None,
) -> Learnt:
    """Train until the rule or `max_iter` ends it, from the weights of before if given.

    Raises:
        DataError: The network so far has other layers, or there is too little to hold
            out.
        NonFiniteError: A value was not finite.
    """
    held = None
    if options.early_stopping:
        problem, held = _held_out(problem, float(options.validation_fraction), seed)
    architecture, plan = _planned(options, problem, seed)
    state = TrainingState(architecture.initial(seed))
    if before is not None:  # a state of its own, should training fail
        rows = History(list(before.history))
        state = TrainingState(dict(before.parameters), epoch=before.epoch, history=rows)
    _same_layers(architecture, state)
    first, last = state.epoch, state.epoch + int(options.max_iter)
    plan = replace(
        plan,
        epochs=last,
        measures=(_scored(architecture, held),) if held else (),
        early_stopping=Convergence(
            options.tol, options.n_iter_no_change, keeps=held is not None
        ),
    )
    bar = shown(last, first) if options.verbose else nullcontext()
    with bar as move:
        plan = replace(plan, progress=move)
        _train(architecture, state, problem.data, plan, adaptive=adapts(options))
    _warn(options, state.history.stopped)
    state.parameters = state.kept
    forget_best(state)
    return Learnt(architecture, state, state.epoch - first, len(problem.data))


def learn_more(
    options: NetworkEstimator,
    problem: Problem,
    seed: int,
    before: TrainingState | None = None,
) -> Learnt:
    """Do one epoch, going on with everything of before; raises as `learn` does."""
    architecture, plan = _planned(options, problem, seed)
    state = before or TrainingState(architecture.initial(seed))
    _same_layers(architecture, state)
    state.batch, state.loss_sum, state.seen = 0, 0.0, 0  # if the last was cut short
    if {name.split(".")[1] for name in state.optimizer} != set(plan.optimizer.state):
        state.optimizer, state.step = {}, 0  # another optimizer starts afresh
    first = state.epoch
    fit(architecture, state, problem.data, replace(plan, epochs=first + 1))
    return Learnt(architecture, state, state.epoch - first, len(problem.data))


def _planned(
    options: NetworkEstimator, problem: Problem, seed: int
) -> tuple[Architecture, Plan]:
    """Return the network, and how to train it for one epoch."""
    data = problem.data
    most = 200 if options.batch_size == "auto" else int(options.batch_size)
    size = min(most, len(data))
    outputs, weight = data.T.shape[1], problem.unit * size
    architecture = architecture_of(
        options, data.X.shape[1], outputs, problem.loss, weight
    )
    plan = Plan(
        optimizer_of(options, len(data), size),
        batch_size=size,
        shuffle=bool(options.shuffle),
        seed=seed,
        dtype=options.dtype,
        executor=options.executor,
        threads=options.threads,
    )
    return architecture, plan


def _train(
    architecture: Architecture,
    state: TrainingState,
    data: Samples,
    plan: Plan,
    *,
    adaptive: bool,
) -> None:
    """Train; if adaptive, go on with a fifth of the learning rate after each stop."""
    fit(architecture, state, data, plan)
    optimizer: Any = plan.optimizer
    while adaptive and state.history.stopped == "early stopping":
        if optimizer.learning_rate <= SMALLEST_RATE:
            break
        state.waited = 0
        optimizer = replace(optimizer, learning_rate=optimizer.learning_rate / 5)
        fit(architecture, state, data, replace(plan, optimizer=optimizer))


def _scored(architecture: Architecture, held: Problem) -> Measure:
    """Return what scores parameters on the samples held out."""
    data = held.data

    def values(predictions: Array, _: Array) -> dict[str, list[float]]:
        return {SCORE: [held.score(data.T, y, data.weight) for y in predictions]}

    return Measure(architecture, data, (SCORE,), values)


def _same_layers(architecture: Architecture, state: TrainingState) -> None:
    found = {name: np.shape(value) for name, value in state.parameters.items()}
    if found != architecture.shapes:
        raise DataError(
            f"the network so far has weights {_weights(found)}, the parameters ask for "
            f"{_weights(architecture.shapes)}; to change layers, fit a clone"
        )


def _weights(shapes: Mapping[str, tuple[int, ...]]) -> str:
    return ", ".join(" × ".join(map(str, s)) for s in shapes.values() if len(s) == 2)


def _warn(options: NetworkEstimator, stopped: str) -> None:
    """Warn if training did not come to its own end."""
    if stopped == "epochs":
        warn(
            f"training had not converged after max_iter={options.max_iter} epochs; "
            "raise max_iter, or the learning rate",
            ConvergenceWarning,
            stacklevel=6,
        )
    if stopped == "interrupted":
        warn("training was interrupted; what was learnt is kept", stacklevel=6)


def _held_out(problem: Problem, share: float, seed: int) -> tuple[Problem, Problem]:
    """Split a problem into one to train on and one to validate on."""
    count, data = len(problem.data), problem.data
    train, held = train_test_split(
        np.arange(count),
        test_size=share,
        random_state=seed % 2**32,
        stratify=_strata(problem.classes, share),
    )
    if len(held) < 2:
        raise DataError(
            f"validation_fraction={share} of {count} samples holds {len(held)} out; "
            "at least two are needed"
        )
    problem, validation = (replace(problem, data=data.part(x)) for x in (train, held))
    return problem, validation


def _strata(classes: Array | None, share: float) -> Array | None:
    """Return the class numbers if there is enough of each class for both sides."""
    if classes is None:
        return None
    counts = np.unique(classes, return_counts=True)[1]
    held = ceil(share * len(classes))
    room = min(held, len(classes) - held)
    return classes if counts.min() > 1 and len(counts) <= room else None
