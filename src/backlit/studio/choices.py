"""What the settings of a studio may be chosen from: the names that backlit knows."""

from __future__ import annotations

from dataclasses import fields

import msgspec

from backlit.network.architecture import activations
from backlit.network.initialise import KINDS
from backlit.ops.loss import LOSSES
from backlit.train import datasets
from backlit.update.optimizers import OPTIMIZERS


class Choices(msgspec.Struct, frozen=True):
    """Names for settings.

    Attributes:
        activations: Of layers.
        losses: The error's conventions, each with what it is.
        optimizers: Each with the names and usual values of its own options.
        initialisers: Of weights.
        datasets: Each with whether it is generated.
        gates: Those of them that are truth tables, unless more is asked for.
    """

    activations: list[str]
    losses: dict[str, str]
    optimizers: dict[str, dict[str, float]]
    initialisers: list[str]
    datasets: dict[str, bool]
    gates: list[str]


def choices() -> Choices:
    """Return all names that there are."""
    return Choices(
        ["linear", *sorted({*activations()})],
        {loss.name: (loss.__doc__ or "").splitlines()[0] for loss in LOSSES},
        {
            kind.__name__: _options(kind)
            for kind in dict.fromkeys(map(type, OPTIMIZERS.values()))
        },
        sorted(KINDS),
        {name: name in datasets.GENERATED for name in datasets.NAMES},
        [*datasets.GATES],
    )


def _options(kind: type) -> dict[str, float]:
    return {
        f.name: f.default
        for f in fields(kind)
        if f.name != "learning_rate" and isinstance(f.default, int | float)
    }
