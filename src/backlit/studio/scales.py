"""The way from a network's inputs and predictions back to the units of their table."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from backlit.train import columns, targets

if TYPE_CHECKING:
    from backlit.train.preparation import Preparation

Scale: TypeAlias = tuple[float, float]
"""Mean and deviation."""

PLAIN: Scale = (0.0, 1.0)
"""Of what is as it was in the table, or only marks something."""


def input_scales(about: Preparation) -> tuple[Scale, ...]:
    """Return the scale of each input, in their order."""
    return tuple(
        _scale(column) if n == 0 else PLAIN  # what comes second marks missing values
        for column in about.columns
        for n in range(len(column.inputs))
    )


def target_scale(about: Preparation) -> Scale:
    """Return the scale of the target; that of classes is plain."""
    return _scale(about.target)


def _scale(of: object) -> Scale:
    if isinstance(of, columns.Number | targets.Numbers):
        return of.mean, of.deviation
    return PLAIN
