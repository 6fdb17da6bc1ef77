"""Optimizers and schedules as plain data, to be stored in a model, and back."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from backlit.errors import OptionError
from backlit.update import optimizers, schedules

if TYPE_CHECKING:
    from backlit.update.optimizers import Optimizer

_KINDS: dict[str, Any] = {
    kind.__name__: kind
    for kind in (
        optimizers.SGD,
        optimizers.Adagrad,
        optimizers.RMSprop,
        optimizers.Adam,
        optimizers.AdamW,
        schedules.Constant,
        schedules.Step,
        schedules.Exponential,
        schedules.Cosine,
        schedules.InverseScaling,
        schedules.WarmUp,
    )
}


def to_data(described: Any) -> Any:
    """Return an optimizer or schedule as a dict with its kind; numbers as they are."""
    if type(described).__name__ not in _KINDS:
        return described
    values = {f.name: to_data(getattr(described, f.name)) for f in fields(described)}
    return {"kind": type(described).__name__, **values}


def from_data(data: Any) -> Any:
    """Return the optimizer or schedule that `to_data` described.

    Raises:
        OptionError: It is of no known kind, or has a field that its kind lacks.
    """
    if not isinstance(data, dict):
        return data
    kind = _KINDS.get(str(data.get("kind")))
    if kind is None:
        raise OptionError(f"unknown kind {data.get('kind')!r} of optimizer or schedule")
    try:
        return kind(**{n: from_data(v) for n, v in data.items() if n != "kind"})
    except TypeError as error:
        raise OptionError(f"{data['kind']}: {error}") from None


def optimizer_from(data: Any) -> Optimizer:
    """Return the optimizer that `to_data` described; raises as `from_data`."""
    return optimizers.named(from_data(data))
