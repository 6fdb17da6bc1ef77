"""A network that suits a table, small enough to be seen whole, and that trains well.

What `backlit train` takes is for the best prediction; here the picture counts too: few
neurons, smooth activations in the plane, and plain gradient descent where it suffices.
The rates were found by trial; tests hold that they work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backlit.network.file import LayerTable, NetworkTable, SampleTable
from backlit.studio.spec import DataTable, Spec
from backlit.studio.table import prepared_table
from backlit.train import defaults

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backlit.graph.node import Array
    from backlit.network.architecture import Architecture

TRUTH_TABLE = 16  # rows; up to so many, a step is over all of them
NEURONS: dict[str, Sequence[int]] = {"and": (), "or": (), "plane": (), "xor": (4,)}
"""Hidden neurons for sets that need but few: what one line parts, one neuron learns."""


def network_for(data: DataTable) -> Spec:
    """Return a network for a table, and how it is trained.

    Raises:
        DataError: The table cannot be learnt from.
        OptionError: An option of a data set is out of range.
    """
    prepared = prepared_table(data)
    about, rows = prepared.preparation, len(prepared.train_rows)
    inputs, classes = len(about.inputs), len(about.classes)
    error = defaults.loss(None, classes)
    hidden = _hidden(data, inputs)
    in_plane = inputs <= 2
    layers = defaults.layers(
        hidden, "tanh" if in_plane else defaults.ACTIVATION, error, classes
    )
    rate, optimizer = _rule(rows, hidden, in_plane=in_plane)
    return Spec(
        NetworkTable(inputs, error, rate),
        [LayerTable(layer.units, activation=layer.activation) for layer in layers],
        data=data,
        optimizer=optimizer,
        batch_size=_batch(rows, in_plane=in_plane),
    )


def _hidden(data: DataTable, inputs: int) -> Sequence[int]:
    if not data.csv and data.name in NEURONS:
        return NEURONS[data.name]
    if inputs <= 2:
        return (8, 8)
    return (8,) if inputs <= 16 else (32,)


def _rule(
    rows: int, hidden: Sequence[int], *, in_plane: bool
) -> tuple[float, dict[str, Any]]:
    """Return the learning rate and the optimizer."""
    if not in_plane:
        return defaults.ADAM_RATE, {"kind": "Adam"}
    small = rows <= TRUTH_TABLE
    return (0.5 if small and hidden else 0.1), {"kind": "SGD"}


def _batch(rows: int, *, in_plane: bool) -> int:
    if rows <= TRUTH_TABLE:
        return rows
    return 10 if in_plane else defaults.batch_size(rows)


def batch_size(data: DataTable) -> int:
    """Return the samples of a step that suit a table, for a network that is given."""
    prepared = prepared_table(data)
    two = len(prepared.preparation.inputs) <= 2
    return _batch(len(prepared.train_rows), in_plane=two)


def sample_for(
    architecture: Architecture, given: tuple[Array, Array] | None
) -> SampleTable:
    """Return a sample that is given, or one that a network without data can show."""
    if given is not None:
        return SampleTable(given[0].tolist(), given[1].tolist())
    count = architecture.inputs
    x: list[float | list[float]] = [
        round(0.2 + 0.6 * (n + 0.5) / count, 3) for n in range(count)
    ]
    other = -1.0 if architecture.loss == "hinge" else 0.0
    return SampleTable(x, [1.0, *[other] * (architecture.outputs - 1)])
