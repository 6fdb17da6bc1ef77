"""Training: epochs of batches, each one run of the step graph.

    parameters, state  <-  step(batch, parameters, state)

The loop changes a `TrainingState` in place, so that whatever ends it (the last epoch,
Ctrl-C, a value that is not finite) leaves the state whole after the last good step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.errors import NonFiniteError, OptionError
from backlit.graph import Graph
from backlit.interpret import Program
from backlit.simplify import simplify
from backlit.train.evaluate import error_of, measure, predict
from backlit.train.health import first_bad, hint
from backlit.train.metrics import METRICS
from backlit.train.samples import Samples, batches
from backlit.train.stopping import EarlyStopping, judge
from backlit.update.step import training_step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backlit.graph.node import Array
    from backlit.network.architecture import Architecture
    from backlit.train.history import Row
    from backlit.train.state import TrainingState
    from backlit.update.optimizers import Optimizer

Callback = Callable[["TrainingState"], Any]
EXECUTORS = ("auto", "interpret")


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
        for name in ("epochs", "batch_size"):
            value = getattr(self, name)
            if int(value) != value or value < 1:
                raise OptionError(f"{name}={value!r}; it must be a whole number ≥ 1")
        if self.threads is not None and self.threads < 1:
            raise OptionError(f"threads={self.threads}; it must be at least 1")
        for metric in self.metrics:
            if metric not in METRICS:
                raise OptionError(
                    f"unknown metric {metric!r}; known are {', '.join(METRICS)}"
                )
        if self.executor not in EXECUTORS:
            raise OptionError(
                f"executor={self.executor!r}; this version has {', '.join(EXECUTORS)}"
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
    needed = ("E", "prediction", "learning_rate")
    kept = {
        name: node
        for name, node in graph.outputs.items()
        if name in needed or name.startswith("new.")
    }
    return Program(simplify(Graph(graph.inputs, kept)), dtype)


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
    """
    _start(architecture, state, plan)
    history = state.history
    started = perf_counter() - (history[-1]["seconds"] if history else 0.0)
    history.stopped = "epochs"
    try:
        while state.epoch < plan.epochs:
            row = _epoch(architecture, state, data, plan)
            if validation is not None:
                row |= _validate(architecture, state, validation, plan)
            row["seconds"] = perf_counter() - started
            history.rows.append(row)
            if _ended(state, plan):
                break
    except KeyboardInterrupt:
        history.stopped = "interrupted"
    except NonFiniteError as error:
        history.stopped = str(error)
        raise


def _start(architecture: Architecture, state: TrainingState, plan: Plan) -> None:
    """Give every trainable parameter its optimizer state, zeros at first."""
    dtype = np.dtype(plan.dtype)
    if not state.optimizer:
        state.optimizer = {
            f"state.{kind}.{name}": np.zeros(architecture.shapes[name], dtype)
            for name in architecture.trainable
            for kind in plan.optimizer.state
        }
    state.parameters = {n: np.asarray(p, dtype) for n, p in state.parameters.items()}


def _epoch(
    architecture: Architecture, state: TrainingState, data: Samples, plan: Plan
) -> Row:
    """Run what is left of an epoch and return its row."""
    seen: list[Array] = []
    outputs: list[Array] = []
    rate = float("nan")
    remaining = batches(
        len(data),
        plan.batch_size,
        plan.seed,
        state.epoch,
        shuffle=plan.shuffle,
        skip=state.batch,
    )
    for rows in remaining:
        result = _step(architecture, state, data, plan, rows)
        rate = float(result["learning_rate"])
        if plan.metrics:
            seen.append(rows)
            outputs.append(result["prediction"])
    loss = state.loss_sum / max(state.seen, 1)
    state.epoch, state.batch = state.epoch + 1, 0
    state.loss_sum, state.seen = 0.0, 0
    row = {"epoch": float(state.epoch), "loss": loss, "learning_rate": rate}
    if outputs:
        order = np.concatenate(seen)
        weight = None if data.weight is None else data.weight[order]
        row |= measure(plan.metrics, data.T[order], np.concatenate(outputs), weight)
    return row


def one_step(
    architecture: Architecture, state: TrainingState, data: Samples, plan: Plan
) -> float:
    """Do one update on all samples as one batch, in place; return E before it.

    Raises:
        NonFiniteError: A value was not finite; the state is as it was.
    """
    _start(architecture, state, plan)
    result = _step(architecture, state, data, plan, np.arange(len(data)))
    return float(result["E"])


def _step(
    architecture: Architecture,
    state: TrainingState,
    data: Samples,
    plan: Plan,
    rows: Array,
) -> Mapping[str, Array]:
    """Do one update; the state changes only if every new value is finite."""
    weighted = data.weight is not None
    about = (architecture, plan.optimizer, len(rows))
    program = step_program(*about, weighted=weighted, dtype=plan.dtype)
    step = {"step": np.array(state.step + 1.0)}
    given = {**data.take(rows), **state.parameters, **state.optimizer, **step}
    result = program(given)
    new = {n.removeprefix("new."): v for n, v in result.items() if n[:4] == "new."}
    if not all(np.isfinite(v).all() for v in (result["E"], *new.values())):
        bad = first_bad(step_graph(*about, weighted=weighted), given, rows, plan.dtype)
        raise NonFiniteError(
            f"{bad} in epoch {state.epoch + 1}, batch {state.batch + 1}; "
            f"{hint(architecture, float(result['learning_rate']))}"
        )
    # One assignment each, of whole dicts: Ctrl-C between them loses one step at most.
    state.parameters = {n: new.get(n, p) for n, p in state.parameters.items()}
    state.optimizer = {n: new[n] for n in state.optimizer}
    state.step += 1
    state.batch += 1
    state.loss_sum += float(result["E"]) * len(rows)
    state.seen += len(rows)
    return result


def _validate(
    architecture: Architecture, state: TrainingState, data: Samples, plan: Plan
) -> Row:
    prediction = predict(architecture, state.parameters, data.X, dtype=plan.dtype)
    found = measure(plan.metrics, data.T, prediction, data.weight)
    found = {"loss": error_of(architecture, state.parameters, data, plan.dtype)} | found
    return {f"validation_{name}": value for name, value in found.items()}


def _ended(state: TrainingState, plan: Plan) -> bool:
    """Tell whether to stop before the last epoch, and note why."""
    if plan.early_stopping and judge(plan.early_stopping, state):
        state.history.stopped = "early stopping"
        return True
    asked = [callback(state) is True for callback in plan.callbacks]  # all of them
    if any(asked):
        state.history.stopped = "callback"
        return True
    return False
