"""Learning rates that change from step to step, as nodes of the step's number.

Steps count from 1. Each schedule is a description; `rate(step)` builds the node.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi
from typing import TYPE_CHECKING, Any

from backlit.graph import Node, constant
from backlit.ops.compare import minimum, where
from backlit.ops.elementwise import cos, floor
from backlit.options import not_negative, positive, settle, whole

if TYPE_CHECKING:
    from collections.abc import Callable


def _settle(schedule: Schedule, **checks: Callable[[str, Any], Any]) -> None:
    """Check the fields of a schedule, each by a function of name and value."""
    for name, check in checks.items():
        settle(schedule, **{name: check(name, getattr(schedule, name))})


def _steps(name: str, value: Any) -> int:
    return whole(name, value, 1)


def _fraction(step: Node, steps: int) -> Node:
    """Return how much of the steps is done before this step, from 0 to 1."""
    return minimum((step - 1) / float(steps), 1.0)  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Constant:
    """The same learning rate in every step."""

    initial: float

    def __post_init__(self) -> None:
        _settle(self, initial=positive)

    def rate(self, step: Node) -> Node:
        """Return the learning rate as a node."""
        del step
        return constant(self.initial)


@dataclass(frozen=True)
class Step:
    """The learning rate is multiplied by `factor` after every `every` steps."""

    initial: float
    every: int
    factor: float = 0.1

    def __post_init__(self) -> None:
        _settle(self, initial=positive, every=_steps, factor=positive)

    def rate(self, step: Node) -> Node:
        """Return the learning rate as a node."""
        drops: Node = floor((step - 1) / float(self.every))
        return self.initial * self.factor**drops


@dataclass(frozen=True)
class Exponential:
    """The learning rate is multiplied by `decay` after every step."""

    initial: float
    decay: float

    def __post_init__(self) -> None:
        _settle(self, initial=positive, decay=positive)

    def rate(self, step: Node) -> Node:
        """Return the learning rate as a node."""
        return self.initial * self.decay ** (step - 1)


@dataclass(frozen=True)
class Cosine:
    """Half a cosine from `initial` down to `final` over `steps`, then `final`.

    Source: Loshchilov and Hutter 2017, eq. 5.
    """

    initial: float
    steps: int
    final: float = 0.0

    def __post_init__(self) -> None:
        _settle(self, initial=positive, steps=_steps, final=not_negative)

    def rate(self, step: Node) -> Node:
        """Return the learning rate as a node."""
        wave: Node = cos(_fraction(step, self.steps) * pi)
        return self.final + (self.initial - self.final) * (1 + wave) / 2.0


@dataclass(frozen=True)
class InverseScaling:
    """The learning rate falls as a power of time: initial / (1 + scale · n)^power.

    n counts whole rounds of `every` steps. With a round for each epoch and the number
    of samples as scale it is scikit-learn's "invscaling".

    Source: Robbins and Monro 1951, who take a power of 1.
    """

    initial: float
    power: float = 0.5
    every: int = 1
    scale: float = 1.0

    def __post_init__(self) -> None:
        _settle(self, initial=positive, power=positive, every=_steps, scale=positive)

    def rate(self, step: Node) -> Node:
        """Return the learning rate as a node."""
        rounds: Node = floor((step - 1) / float(self.every))
        return self.initial / (1.0 + self.scale * rounds) ** self.power


@dataclass(frozen=True)
class WarmUp:
    """A straight rise over the first `steps`, then another schedule from its start.

    Args:
        steps: The steps of the rise; in the last of them it is at its top.
        then: The schedule, or a number for one that stays the same.
    """

    steps: int
    then: Schedule | float

    def __post_init__(self) -> None:
        _settle(self, steps=_steps, then=scheduled)

    def rate(self, step: Node) -> Node:
        """Return the learning rate as a node."""
        then = scheduled("then", self.then)
        rising = then.rate(constant(1.0)) * (step / float(self.steps))
        after = then.rate(step - float(self.steps))
        return where(step <= self.steps, rising, after)  # type: ignore[no-any-return]


Schedule = Constant | Step | Exponential | Cosine | InverseScaling | WarmUp


def scheduled(name: str, rate: Any) -> Schedule:
    """Return a schedule itself, or the constant one of a number.

    Raises:
        OptionError: It is neither, or the number is not positive.
    """
    return rate if isinstance(rate, Schedule) else Constant(positive(name, rate))
