"""Training: epochs of batches, until the last one or a reason to stop before.

The loop changes a `TrainingState` in place, so that whatever ends it (the last epoch,
Ctrl-C, a value that is not finite) leaves the state whole after the last good step.
To be whole at any moment, a stretch of training becomes part of it by one call of
`vars(state).update`, which Ctrl-C does not cut in two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import TYPE_CHECKING, NoReturn

from backlit.errors import NonFiniteError
from backlit.train.evaluate import error_of, measure, predict
from backlit.train.health import hint
from backlit.train.samples import batches
from backlit.train.state import Stretch
from backlit.train.step import start, step
from backlit.train.stopping import judge

if TYPE_CHECKING:
    from backlit.graph.node import Array
    from backlit.network.architecture import Architecture
    from backlit.train.history import Row
    from backlit.train.native import Native
    from backlit.train.plan import Plan
    from backlit.train.samples import Samples
    from backlit.train.state import TrainingState

Parameters = Mapping[str, "Array"]


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
    """
    _check_monitor(plan, validation)
    start(architecture, state, plan)
    history = state.history
    history.stopped = ""
    try:
        history.stopped = _epochs(architecture, state, data, plan, validation)
    except KeyboardInterrupt:
        history.stopped = "interrupted"
    except NonFiniteError as error:
        history.stopped = str(error)
        raise
    finally:
        del history.rows[state.epoch :]  # Ctrl-C came after the row, before its epoch
        history.best_epoch = state.best_epoch


def _check_monitor(plan: Plan, validation: Samples | None) -> None:
    columns = ["loss", *plan.metrics]
    if validation is not None:
        columns += [f"validation_{name}" for name in columns]
    if plan.early_stopping:
        plan.early_stopping.column(columns)


def _epochs(
    architecture: Architecture,
    state: TrainingState,
    data: Samples,
    plan: Plan,
    validation: Samples | None,
) -> str:
    """Run the epochs that are left and return why training ended."""
    history = state.history
    started = perf_counter() - (history[-1]["seconds"] if history else 0.0)
    each = bool(plan.metrics or plan.callbacks or plan.early_stopping or validation)
    advance = _advance(architecture, state, data, plan, each=each)
    while state.epoch < plan.epochs:
        done = advance()
        parameters = done.changes.get("parameters", state.parameters)
        for row in done.rows:
            row.update(_measured(architecture, parameters, data, plan))
            if validation is not None:
                row.update(_validated(architecture, parameters, validation, plan))
            row["seconds"] = perf_counter() - started
        reason = _take_over(state, done, plan)
        if done.bad:
            _bad_step(architecture, state, data, plan)
        if reason:
            return reason
    return "epochs"


def _validated(
    architecture: Architecture, parameters: Parameters, data: Samples, plan: Plan
) -> Row:
    """Return error and metrics on samples that are not trained on."""
    error = error_of(architecture, parameters, data, plan.dtype)
    found = {"loss": error} | _measured(architecture, parameters, data, plan)
    return {f"validation_{name}": value for name, value in found.items()}


def _advance(
    architecture: Architecture,
    state: TrainingState,
    data: Samples,
    plan: Plan,
    *,
    each: bool,
) -> Callable[[], Stretch]:
    """Return what trains on, for a while.

    Args:
        architecture: The network.
        state: Where training stands.
        data: The samples.
        plan: How to train.
        each: Whether it must return after every epoch.
    """
    runs: list[Native] = []  # made when first needed

    def advance() -> Stretch:
        only_to_close = state.batch * plan.batch_size >= len(data)
        if plan.executor != "native" or only_to_close:
            return _epoch(architecture, state, data, plan)
        if not runs:
            from backlit.train.native import Native  # noqa: PLC0415 - slow to import

            runs.append(Native(architecture, state, data, plan))
        return runs[0].advance(to_epoch_end=each)

    return advance


def _bad_step(
    architecture: Architecture, state: TrainingState, data: Samples, plan: Plan
) -> NoReturn:
    """Do the step that went wrong once more where every quantity can be seen."""
    order = batches(
        len(data),
        plan.batch_size,
        plan.seed,
        state.epoch,
        shuffle=plan.shuffle,
        skip=state.batch,
    )
    step(architecture, state, data, plan, next(iter(order)))
    raise NonFiniteError(
        f"a value was not finite in epoch {state.epoch + 1}, batch {state.batch}; "
        f"{hint(architecture, state.learning_rate)}"
    )


def _epoch(
    architecture: Architecture, state: TrainingState, data: Samples, plan: Plan
) -> Stretch:
    """Run what is left of an epoch, and tell how it is to be closed."""
    remaining = batches(
        len(data),
        plan.batch_size,
        plan.seed,
        state.epoch,
        shuffle=plan.shuffle,
        skip=state.batch,
    )
    for rows in remaining:
        step(architecture, state, data, plan, rows)
    row = {
        "epoch": state.epoch + 1.0,
        "loss": state.loss_sum / state.seen,
        "learning_rate": state.learning_rate,
    }
    closed = {"epoch": state.epoch + 1, "batch": 0, "loss_sum": 0.0, "seen": 0}
    return Stretch([row], closed)


def _measured(
    architecture: Architecture, parameters: Parameters, data: Samples, plan: Plan
) -> Row:
    """Return the plan's metrics on some samples."""
    if not plan.metrics:
        return {}
    prediction = predict(architecture, parameters, data.X, dtype=plan.dtype)
    return measure(plan.metrics, data.T, prediction, data.weight)


def _take_over(state: TrainingState, done: Stretch, plan: Plan) -> str:
    """Make a stretch part of the state; return why to stop here, if for a reason."""
    changes, rule = done.changes, plan.early_stopping
    parameters = changes.get("parameters", state.parameters)
    if rule and done.rows:  # of which there is one, as there is a rule
        changes = changes | judge(rule, state, done.rows[0], parameters)
    state.history.rows.extend(done.rows)  # they count from the next line on
    vars(state).update(changes)
    if not done.rows:
        return ""
    asked = [callback(state) is True for callback in plan.callbacks]  # all of them
    if rule and state.waited >= rule.patience:
        return "early stopping"
    return "callback" if any(asked) else ""
