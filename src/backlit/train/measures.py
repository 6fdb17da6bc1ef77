"""What the history tells of the parameters at the end of each epoch.

A measure is on one table and is computed for many epochs together. Each value depends
on its epoch alone, so that it is the same however epochs are put together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backlit.train.evaluate import measuring

if TYPE_CHECKING:
    from backlit.graph.node import Array
    from backlit.network.architecture import Architecture
    from backlit.train.plan import Plan
    from backlit.train.samples import Samples

Values = Callable[["Array", "Array"], Mapping[str, Sequence[float]]]


@dataclass(frozen=True, eq=False)
class Measure:
    """Columns of the history that depend on predictions for one table.

    Args:
        architecture: The network, with the penalties that shall count.
        data: The samples to predict.
        names: The columns.
        values: Gives each column, `(epochs,)`, for predictions `(epochs, samples,
            outputs)` and the errors E `(epochs,)`, penalties included.
    """

    architecture: Architecture
    data: Samples
    names: tuple[str, ...]
    values: Values


def measures(
    architecture: Architecture, data: Samples, plan: Plan, validation: Samples | None
) -> list[Measure]:
    """Return what a plan asks for: of training, of validation, and its own.

    Raises:
        DataError: A metric is for classes, and the targets are none.
    """
    found = []
    if plan.metrics:
        find = measuring(plan.metrics, data.T, data.weight)
        found.append(Measure(architecture, data, plan.metrics, lambda y, _: find(y)))
    if validation is not None:
        found.append(_validated(architecture, plan, validation))
    return [*found, *plan.measures]


def _validated(architecture: Architecture, plan: Plan, data: Samples) -> Measure:
    """Return error and metrics on samples that are not trained on."""
    find = measuring(plan.metrics, data.T, data.weight)
    names = tuple(f"validation_{name}" for name in ("loss", *plan.metrics))

    def values(predictions: Array, errors: Array) -> Mapping[str, Sequence[float]]:
        columns = [errors.tolist(), *find(predictions).values()]
        return dict(zip(names, columns, strict=True))

    return Measure(architecture, data, names, values)
