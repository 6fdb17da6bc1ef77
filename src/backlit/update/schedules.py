"""Learning rates that change from step to step, as nodes of the step's number.

Steps count from 1. Each schedule is a description; `rate(step)` builds the node.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi
from typing import Any

from backlit.errors import OptionError
from backlit.graph import Node, constant
from backlit.ops.compare import minimum, where
from backlit.ops.elementwise import cos, floor


def _positive(schedule: Any, *names: str) -> None:
    for name in names:
        value = getattr(schedule, name)
        if not 0 < value < float("inf"):
            raise OptionError(f"{name}={value!r}; it must be a positive number")


def _fraction(step: Node, steps: int) -> Node:
    """Return how much of the steps is done before this step, from 0 to 1."""
    return minimum((step - 1) / float(steps), 1.0)  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Constant:
    """The same learning rate in every step."""

    initial: float

    def __post_init__(self) -> None:
        _positive(self, "initial")

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
        _positive(self, "initial", "every", "factor")

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
        _positive(self, "initial", "decay")

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
        _positive(self, "initial", "steps")

    def rate(self, step: Node) -> Node:
        """Return the learning rate as a node."""
        wave: Node = cos(_fraction(step, self.steps) * pi)
        return self.final + (self.initial - self.final) * (1 + wave) / 2.0


@dataclass(frozen=True)
class WarmUp:
    """A straight rise over the first `steps`, then another schedule from its start."""

    steps: int
    then: Schedule

    def __post_init__(self) -> None:
        _positive(self, "steps")

    def rate(self, step: Node) -> Node:
        """Return the learning rate as a node."""
        rising = self.then.rate(constant(1.0)) * (step / float(self.steps))
        after = self.then.rate(step - float(self.steps))
        return where(step <= self.steps, rising, after)  # type: ignore[no-any-return]


Schedule = Constant | Step | Exponential | Cosine | WarmUp
