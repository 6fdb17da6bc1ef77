"""One step of training: a batch through the step graph, and the state after it.

    parameters, state  <-  step(batch, parameters, state)

The state changes by one call of `vars(state).update`, which Ctrl-C does not cut in two,
and only if every value is finite.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from backlit.errors import NonFiniteError
from backlit.graph import Graph
from backlit.interpret import Program
from backlit.simplify import simplify
from backlit.train.health import first_bad, hint
from backlit.update.step import state_name, training_step

if TYPE_CHECKING:
    from backlit.graph.node import Array
    from backlit.network.architecture import Architecture
    from backlit.train.plan import Plan
    from backlit.train.samples import Samples
    from backlit.train.state import TrainingState
    from backlit.update.optimizers import Optimizer


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


def start(architecture: Architecture, state: TrainingState, plan: Plan) -> None:
    """Give every trainable parameter its optimizer state, zeros at first."""
    dtype = np.dtype(plan.dtype)
    if not state.optimizer:
        state.optimizer = {
            state_name(kind, name): np.zeros(architecture.shapes[name], dtype)
            for name in architecture.trainable
            for kind in plan.optimizer.state
        }
    state.parameters = {n: np.asarray(p, dtype) for n, p in state.parameters.items()}


def step(
    architecture: Architecture,
    state: TrainingState,
    data: Samples,
    plan: Plan,
    rows: Array,
) -> float:
    """Do one update on some rows, in place; return E before it.

    Raises:
        NonFiniteError: A value was not finite; the state is as it was.
    """
    weighted = data.weight is not None
    about = (architecture, plan.optimizer, len(rows))
    program = step_program(*about, weighted=weighted, dtype=plan.dtype)
    number = {"step": np.array(state.step + 1.0)}
    given = {**data.take(rows), **state.parameters, **state.optimizer, **number}
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


def one_step(
    architecture: Architecture, state: TrainingState, data: Samples, plan: Plan
) -> float:
    """Do one update on all samples as one batch, in place; return E before it.

    Raises:
        NonFiniteError: A value was not finite; the state is as it was.
    """
    start(architecture, state, plan)
    return step(architecture, state, data, plan, np.arange(len(data)))
