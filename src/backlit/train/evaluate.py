"""Running a network forward over many samples: predictions, error, metrics."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.graph import Graph
from backlit.interpret import Program
from backlit.simplify import simplify
from backlit.train.classes import class_indices, signed
from backlit.train.metrics import METRICS
from backlit.train.predictions import confusions
from backlit.train.samples import as_numbers, inputs
from backlit.update.step import forward_pass, whole_pass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from backlit.graph.node import Array
    from backlit.network.architecture import Architecture
    from backlit.train.samples import Samples

ROWS = 1024  # rows that go through at once, to bound memory


@lru_cache(maxsize=64)
def _program(architecture: Architecture, rows: int, dtype: str) -> Program:
    return Program(simplify(forward_pass(architecture, (rows,))), dtype)


def predict(
    architecture: Architecture,
    parameters: Mapping[str, Array],
    X: Array,
    quantity: str = "prediction",
    dtype: str = "float64",
) -> Array:
    """Return a forward quantity for every row of X, `(samples, outputs)`."""
    parts = []
    for start in range(0, len(X), ROWS):
        rows = X[start : start + ROWS]
        program = _program(architecture, len(rows), dtype)
        parts.append(program({**parameters, "x": rows})[quantity])
    if not parts:
        return np.zeros((0, architecture.outputs))
    return np.concatenate(parts)


def predictions(
    architecture: Architecture, parameters: Mapping[str, Array], X: Any
) -> Array:
    """Return the prediction for every row of X, or for one sample `(inputs,)`.

    Raises:
        DataError: X is no numbers, or has another width.
    """
    array = as_numbers("X", X)
    table = inputs(architecture, np.atleast_2d(array))
    found = predict(architecture, parameters, table)
    return found[0] if array.ndim == 1 else found


@lru_cache(maxsize=64)
def _error_program(architecture: Architecture, rows: int, dtype: str) -> Program:
    one_pass = whole_pass(architecture, (rows,), weighted=True)
    outputs = {name: one_pass.quantities[name] for name in ("prediction", "E")}
    return Program(simplify(Graph(one_pass.inputs, outputs)), dtype)


def evaluated(
    architecture: Architecture,
    parameters: Mapping[str, Array],
    data: Samples,
    dtype: str = "float64",
) -> tuple[Array, float]:
    """Return predictions and the error E over all samples, penalties included."""
    weight = np.ones(len(data)) if data.weight is None else data.weight
    total, parts = 0.0, []
    for start in range(0, len(data), ROWS):
        rows = slice(start, start + ROWS)
        given = {"x": data.X[rows], "t": data.T[rows], "sample_weight": weight[rows]}
        program = _error_program(architecture, len(given["x"]), dtype)
        found = program({**parameters, **given})
        total += float(found["E"]) * len(given["x"])
        parts.append(found["prediction"])
    return np.concatenate(parts), total / len(data)


def error_of(
    architecture: Architecture,
    parameters: Mapping[str, Array],
    data: Samples,
    dtype: str = "float64",
) -> float:
    """Return the error E over all samples, penalties included."""
    return evaluated(architecture, parameters, data, dtype)[1]


def measuring(
    names: Sequence[str], T: Array, weight: Array | None = None
) -> Callable[[Array], dict[str, list[float]]]:
    """Return what finds metrics from predictions `(epochs, samples, outputs)`.

    Raises:
        DataError: A metric is for classes, and the targets are none.
    """
    classes = any(METRICS[name].task == "classification" for name in names)
    indices = class_indices(T) if classes else T
    # between classes -1 and 1 an output decides at 0, not at 0.5
    half = classes and signed(T)

    def find(predictions: Array) -> dict[str, list[float]]:
        scores = predictions / 2 + 0.5 if half else predictions
        confusion = confusions(indices, scores, weight) if classes else None
        found: dict[str, list[float]] = {}
        for name in names:
            metric = METRICS[name]
            if metric.of_confusion and confusion is not None:
                found[name] = metric.of_confusion(confusion).tolist()
                continue
            of_classes = metric.task == "classification"
            target, outputs = (indices, scores) if of_classes else (T, predictions)
            found[name] = [metric.measure(target, y, weight) for y in outputs]
        return found

    return find


def measure(
    names: Sequence[str], T: Array, prediction: Array, weight: Array | None = None
) -> dict[str, float]:
    """Return metrics by name; targets `(samples, outputs)` as in training.

    Raises:
        DataError: A metric is for classes, and the targets are none.
    """
    found = measuring(names, T, weight)(prediction[None])
    return {name: values[0] for name, values in found.items()}
