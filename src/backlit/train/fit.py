"""Training: epochs of batches, until the last one or a reason to stop before.

The loop changes a `TrainingState` in place, so that whatever ends it (the last epoch,
Ctrl-C, a value that is not finite) leaves the state whole after the last good step.
To be whole at any moment, a stretch of training becomes part of it by one call of
`vars(state).update`, which Ctrl-C does not cut in two.

A stretch may be many epochs long. Their rows are measured and judged when it is over;
if training should have stopped within it, it is taken over only up to there, so that
all comes out as if each epoch had been looked at before the next.
"""

from __future__ import annotations

from itertools import islice
from time import perf_counter
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from backlit.errors import NonFiniteError
from backlit.train.health import hint
from backlit.train.interpreted import Interpreted, remaining
from backlit.train.measures import measures
from backlit.train.samples import refuse_beyond
from backlit.train.step import start, step
from backlit.train.stopping import judged

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from backlit.graph.node import Array
    from backlit.network.architecture import Architecture
    from backlit.train.history import Row
    from backlit.train.measures import Measure
    from backlit.train.plan import Plan
    from backlit.train.samples import Samples
    from backlit.train.state import Stretch, TrainingState
    from backlit.train.stopping import Verdict


class Run(Protocol):
    """What trains: `Interpreted` or `Native`. Epochs of a stretch count from 0."""

    architecture: Architecture
    state: TrainingState
    data: Samples
    plan: Plan

    def advance(self) -> Stretch:
        """Train for a while."""

    def evaluated(self, measure: Measure, epochs: int) -> Iterator[tuple[Array, Array]]:
        """Yield predictions and errors of the last stretch's epochs, some at a time."""

    def parameters(self, epoch: int) -> dict[str, Array]:
        """Return the parameters at the end of an epoch of the last stretch."""

    def back(self, epochs: int) -> dict[str, Any]:
        """Return the changes of the last stretch up to the end of some epochs."""


def fit(
    architecture: Architecture,
    state: TrainingState,
    data: Samples,
    plan: Plan,
    validation: Samples | None = None,
) -> None:
    """Train until the plan's last epoch, changing the state in place.

    Raises:
        NonFiniteError: A value was not finite; the state holds the last good step.
        OptionError: Early stopping is to watch a column that there will not be.
        DataError: A metric is for classes, and the targets are none; or a number is
            beyond the precision.
    """
    for part in (data, validation):
        if part is not None:
            refuse_beyond(part, plan.dtype)
    wanted = measures(architecture, data, plan, validation)
    column = _column(plan, wanted)
    start(architecture, state, plan)
    history = state.history
    history.stopped = ""
    try:
        run = _run(architecture, state, data, plan, wanted)
        history.stopped = _epochs(run, wanted, column)
    except KeyboardInterrupt:
        history.stopped = "interrupted"
    except NonFiniteError as error:
        history.stopped = str(error)
        raise
    finally:
        del history.rows[state.epoch :]  # Ctrl-C came after the row, before its epoch
        history.best_epoch = state.best_epoch


def _column(plan: Plan, wanted: Sequence[Measure]) -> str:
    """Return the column that early stopping is to watch, if it is on."""
    columns = ["loss", *(name for measure in wanted for name in measure.names)]
    return plan.early_stopping.column(columns) if plan.early_stopping else ""


def _run(
    architecture: Architecture,
    state: TrainingState,
    data: Samples,
    plan: Plan,
    wanted: Sequence[Measure],
) -> Run:
    if plan.executor != "native":
        return Interpreted(architecture, state, data, plan)
    from backlit.train.native import Native  # noqa: PLC0415 - slow to import

    return Native(architecture, state, data, plan, wanted)


def _epochs(run: Run, wanted: Sequence[Measure], column: str) -> str:
    """Run the epochs that are left and return why training ended."""
    state, history = run.state, run.state.history
    started = perf_counter() - (history[-1]["seconds"] if history else 0.0)
    while state.epoch < run.plan.epochs:
        done = run.advance()
        if done.rows:
            _measure(run, done.rows, wanted)
        for row in done.rows:
            row["seconds"] = perf_counter() - started
        reason = _take_over(run, done, column)
        if reason:
            return reason
        if done.bad:
            _bad_step(run)
    return "epochs"


def _measure(run: Run, rows: list[Row], wanted: Sequence[Measure]) -> None:
    """Add the columns that depend on the parameters."""
    for measure in wanted:
        left = iter(rows)
        for predictions, errors in run.evaluated(measure, len(rows)):
            columns = measure.values(predictions, errors)
            for n, row in enumerate(islice(left, len(errors))):
                row |= {name: float(columns[name][n]) for name in measure.names}


def _take_over(run: Run, done: Stretch, column: str) -> str:
    """Make a stretch part of the state; return why to stop here, if for a reason."""
    state, plan, rule = run.state, run.plan, run.plan.early_stopping
    rows, changes = done.rows, done.changes
    if rule and rows:
        verdict = judged(rule, state, rows, column)
        rows = rows[: verdict.epochs]
        changes = _judged(run, done, verdict)
    state.history.rows.extend(rows)  # they count from the next line on
    vars(state).update(changes)
    if not rows:
        return ""
    asked = [callback(state) is True for callback in plan.callbacks]  # all of them
    if plan.progress:
        plan.progress(state)
    if rule and rule.over(state):
        return "early stopping"
    return "callback" if any(asked) else ""


def _judged(run: Run, done: Stretch, verdict: Verdict) -> dict[str, Any]:
    """Return how the state changes, which a rule may have cut short."""
    changes = done.changes | verdict.changes
    if verdict.best is not None:
        changes["best"] = run.parameters(verdict.best)
    beyond = verdict.epochs < len(done.rows) or changes["batch"]
    if verdict.over and beyond:
        changes |= run.back(verdict.epochs)
    return changes


def _bad_step(run: Run) -> NoReturn:
    """Do the step that went wrong once more where every quantity can be seen."""
    state, plan = run.state, run.plan
    rows = next(remaining(run.data, plan, state))
    step(run.architecture, state, run.data, plan, rows)
    raise NonFiniteError(
        f"a value was not finite in epoch {state.epoch + 1}, batch {state.batch}; "
        f"{hint(run.architecture, state.learning_rate)}"
    )
