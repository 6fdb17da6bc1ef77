"""Training: epochs of batches, each one run of the step graph.

    parameters, state  <-  step(batch, parameters, state)

The loop changes a `TrainingState` in place, so that whatever ends it (the last epoch,
Ctrl-C, a value that is not finite) leaves the state whole after the last good step.
To be whole at any moment, a step or the end of an epoch changes it by one call of
`vars(state).update`, which Ctrl-C does not cut in two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.errors import NonFiniteError
from backlit.graph import Graph
from backlit.interpret import Program
from backlit.options import known, settle, whole
from backlit.simplify import simplify
from backlit.train.evaluate import error_of, measure, predict
from backlit.train.health import first_bad, hint
from backlit.train.metrics import METRICS
from backlit.train.native import Native
from backlit.train.samples import Samples, batches
from backlit.train.state import Stretch
from backlit.train.stopping import EarlyStopping, judge
from backlit.update.optimizers import named
from backlit.update.step import state_name, training_step

if TYPE_CHECKING:
    from backlit.graph.node import Array
    from backlit.network.architecture import Architecture
    from backlit.train.history import Row
    from backlit.train.state import TrainingState
    from backlit.update.optimizers import Optimizer

Callback = Callable[["TrainingState"], Any]
Parameters = Mapping[str, "Array"]
EXECUTORS = ("auto", "native", "interpret")
DTYPES = ("float64", "float32")


@dataclass(frozen=True)
class Plan:
    """How to train.

    Args:
        optimizer: The update rule.
        epochs: The number of epochs in all, those of an earlier run included.
        batch_size: Samples per step; the last batch of an epoch may be smaller.
        shuffle: Whether each epoch takes the samples in an order of its own.
        seed: Of the order of samples.
        metrics: Names of metrics to compute each epoch.
        early_stopping: When to stop before the last epoch, if at all.
        callbacks: Called with the state after each epoch; one that returns True ends
            training.
        dtype: The precision, "float64" or "float32".
        executor: What runs the graph: "auto" or "interpret".
        threads: Threads to use; the interpreter leaves it to NumPy.

    Raises:
        OptionError: A value outside its range, or a name that does not exist.
    """

    optimizer: Optimizer
    epochs: int = 50
    batch_size: int = 32
    shuffle: bool = True
    seed: int = 0
    metrics: tuple[str, ...] = ()
    early_stopping: EarlyStopping | None = None
    callbacks: tuple[Callback, ...] = ()
    dtype: str = "float64"
    executor: str = "auto"
    threads: int | None = None

    def __post_init__(self) -> None:
        threads = self.threads
        settle(
            self,
            optimizer=named(self.optimizer),
            epochs=whole("epochs", self.epochs, 1),
            batch_size=whole("batch_size", self.batch_size, 1),
            shuffle=bool(self.shuffle),
            seed=whole("seed", self.seed),
            metrics=tuple(known("metric", m, METRICS) for m in self.metrics),
            dtype=known("dtype", self.dtype, DTYPES),
            executor=known("executor", self.executor, EXECUTORS),
            threads=None if threads is None else whole("threads", threads, 1),
        )


@lru_cache(maxsize=64)
def step_graph(
    architecture: Architecture, optimizer: Optimizer, rows: int, *, weighted: bool
) -> Graph:
    """Return the step for a length of batch, with all its quantities."""
    return training_step(architecture, optimizer, rows, weighted=weighted)


@lru_cache(maxsize=64)
def step_program(
    architecture: Architecture,
    optimizer: Optimizer,
    rows: int,
    *,
    weighted: bool,
    dtype: str,
) -> Program:
    """Return the step made ready to run, with what the loop needs of it."""
    graph = step_graph(architecture, optimizer, rows, weighted=weighted)
    kept = ["E", "learning_rate"]
    kept += [name for name in graph.outputs if name.startswith("new.")]
    if optimizer.clip_value:  # clipping would hide an infinite gradient
        kept += [f"grad.{name}" for name in architecture.trainable]
    outputs = {name: graph.outputs[name] for name in kept}
    return Program(simplify(Graph(graph.inputs, outputs)), dtype)


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
    _start(architecture, state, plan)
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


def _start(architecture: Architecture, state: TrainingState, plan: Plan) -> None:
    """Give every trainable parameter its optimizer state, zeros at first."""
    dtype = np.dtype(plan.dtype)
    if not state.optimizer:
        state.optimizer = {
            state_name(kind, name): np.zeros(architecture.shapes[name], dtype)
            for name in architecture.trainable
            for kind in plan.optimizer.state
        }
    state.parameters = {n: np.asarray(p, dtype) for n, p in state.parameters.items()}


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
            row |= _measured(architecture, parameters, data, plan)
            if validation is not None:
                row |= _validated(architecture, parameters, validation, plan)
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
            runs.append(Native(architecture, state, data, plan))
        return runs[0].advance(to_epoch_end=each)

    return advance


def _bad_step(
    architecture: Architecture, state: TrainingState, data: Samples, plan: Plan
) -> None:
    """Do the step that went wrong once more where every quantity can be seen."""
    order = batches(
        len(data),
        plan.batch_size,
        plan.seed,
        state.epoch,
        shuffle=plan.shuffle,
        skip=state.batch,
    )
    _step(architecture, state, data, plan, next(iter(order)))
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
        _step(architecture, state, data, plan, rows)
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
    for row in done.rows if rule else ():
        parameters = changes.get("parameters", state.parameters)
        changes = changes | judge(rule, state, row, parameters)
    state.history.rows.extend(done.rows)  # they count from the next line on
    vars(state).update(changes)
    if not done.rows:
        return ""
    asked = [callback(state) is True for callback in plan.callbacks]  # all of them
    if rule and state.waited >= rule.patience:
        return "early stopping"
    return "callback" if any(asked) else ""


def one_step(
    architecture: Architecture, state: TrainingState, data: Samples, plan: Plan
) -> float:
    """Do one update on all samples as one batch, in place; return E before it.

    Raises:
        NonFiniteError: A value was not finite; the state is as it was.
    """
    _start(architecture, state, plan)
    return _step(architecture, state, data, plan, np.arange(len(data)))


def _step(
    architecture: Architecture,
    state: TrainingState,
    data: Samples,
    plan: Plan,
    rows: Array,
) -> float:
    """Do one update and return E; the state changes only if all values are finite."""
    weighted = data.weight is not None
    about = (architecture, plan.optimizer, len(rows))
    program = step_program(*about, weighted=weighted, dtype=plan.dtype)
    step = {"step": np.array(state.step + 1.0)}
    given = {**data.take(rows), **state.parameters, **state.optimizer, **step}
    result = program(given)
    if not all(np.isfinite(value).all() for value in result.values()):
        graph = step_graph(*about, weighted=weighted)
        bad = first_bad(graph, given, data.numbers(rows), plan.dtype)
        raise NonFiniteError(
            f"{bad} in epoch {state.epoch + 1}, batch {state.batch + 1}; "
            f"{hint(architecture, float(result['learning_rate']))}"
        )
    error = float(result["E"])
    new = {n.removeprefix("new."): v for n, v in result.items() if n[:4] == "new."}
    vars(state).update(
        parameters={n: new.get(n, p) for n, p in state.parameters.items()},
        optimizer={n: new[n] for n in state.optimizer},
        step=state.step + 1,
        batch=state.batch + 1,
        loss_sum=state.loss_sum + error * len(rows),
        seen=state.seen + len(rows),
        learning_rate=float(result["learning_rate"]),
    )
    return error
