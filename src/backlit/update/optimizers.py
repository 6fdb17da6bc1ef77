"""Optimizers: how a gradient becomes a step, as graph nodes.

    new parameter, new state  =  rule(parameter w, gradient g, state, step, rate η)

A description says which arrays of state each parameter has (they start at 0) and gives
the rule as a composition of operations, so that one graph holds forward, backward and
update. The learning rate may be a number or a schedule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from backlit.errors import OptionError
from backlit.graph import Node
from backlit.ops.compare import clip, maximum
from backlit.ops.elementwise import sqrt, square
from backlit.ops.reduce import sum as total
from backlit.update.schedules import Constant, Schedule

if TYPE_CHECKING:
    from collections.abc import Mapping

Moved = tuple[Node, dict[str, Node]]  # the new parameter and its new state


class Optimizer(Protocol):
    """What every optimizer has; one is equal to another of the same options."""

    def __hash__(self) -> int: ...

    @property
    def state(self) -> tuple[str, ...]:
        """The kinds of array that are kept for each parameter."""

    @property
    def clip_norm(self) -> float | None:
        """The largest norm of all gradients together, if limited."""

    @property
    def clip_value(self) -> float | None:
        """The largest size of a gradient's element, if limited."""

    @property
    def learning_rate(self) -> float | Schedule:
        """The learning rate η, or how it changes."""

    def rule(
        self, w: Node, g: Node, state: Mapping[str, Node], step: Node, rate: Node
    ) -> Moved:
        """Return the new parameter and state."""


def _check(optimizer: Any, *fractions: str) -> None:
    """Check the learning rate, clipping, and numbers that must be in [0, 1)."""
    rate = optimizer.learning_rate
    if isinstance(rate, int | float) and not 0 < rate < float("inf"):
        raise OptionError(
            f"learning_rate={rate!r}; it must be a positive number, such as 0.01"
        )
    for name in ("clip_norm", "clip_value"):
        limit = getattr(optimizer, name)
        if limit is not None and not 0 < limit < float("inf"):
            raise OptionError(f"{name}={limit!r}; it must be positive, or None")
    for name in fractions:
        if not 0 <= getattr(optimizer, name) < 1:
            raise OptionError(f"{name}={getattr(optimizer, name)!r}; 0 ≤ {name} < 1")


@dataclass(frozen=True)
class SGD:
    """Gradient descent, with momentum if wanted.

        w ← w - η g                                 momentum μ = 0
        v ← μ v - η g;   w ← w + v                  momentum (Polyak 1964)
        v ← μ v - η g;   w ← w + μ v - η g          nesterov (Nesterov 1983)

    Source: Sutskever et al. 2013, eq. 1 to 4; Nesterov's as in Bengio et al. 2013,
    eq. 7, where w stands for the point at which the gradient is taken.
    """

    learning_rate: float | Schedule = 0.01
    momentum: float = 0.0
    nesterov: bool = False
    clip_norm: float | None = None
    clip_value: float | None = None

    def __post_init__(self) -> None:
        _check(self, "momentum")
        if self.nesterov and not self.momentum:
            raise OptionError("nesterov=True needs a momentum, such as momentum=0.9")

    @property
    def state(self) -> tuple[str, ...]:
        """The velocity, if there is momentum."""
        return ("velocity",) if self.momentum else ()

    def rule(
        self, w: Node, g: Node, state: Mapping[str, Node], step: Node, rate: Node
    ) -> Moved:
        """Return the new parameter and state."""
        del step
        if not self.momentum:
            return w - rate * g, {}
        v = self.momentum * state["velocity"] - rate * g
        if self.nesterov:
            return w + self.momentum * v - rate * g, {"velocity": v}
        return w + v, {"velocity": v}


@dataclass(frozen=True)
class Adagrad:
    """Steps that shrink with the sum of squared gradients.

        s ← s + g²;   w ← w - η g / (√s + ε)

    Source: Duchi, Hazan and Singer 2011, section 1.2.
    """

    learning_rate: float | Schedule = 0.01
    epsilon: float = 1e-10
    clip_norm: float | None = None
    clip_value: float | None = None
    state: ClassVar[tuple[str, ...]] = ("square_sum",)

    def __post_init__(self) -> None:
        _check(self, "epsilon")

    def rule(
        self, w: Node, g: Node, state: Mapping[str, Node], step: Node, rate: Node
    ) -> Moved:
        """Return the new parameter and state."""
        del step
        s = state["square_sum"] + square(g)
        return w - rate * g / (sqrt(s) + self.epsilon), {"square_sum": s}


@dataclass(frozen=True)
class RMSprop:
    """Steps scaled by a running mean of squared gradients.

        s ← ρ s + (1-ρ) g²;   w ← w - η g / (√s + ε)

    Source: Tieleman and Hinton 2012, lecture 6.5.
    """

    learning_rate: float | Schedule = 0.001
    decay: float = 0.9
    epsilon: float = 1e-8
    clip_norm: float | None = None
    clip_value: float | None = None
    state: ClassVar[tuple[str, ...]] = ("square_mean",)

    def __post_init__(self) -> None:
        _check(self, "decay", "epsilon")

    def rule(
        self, w: Node, g: Node, state: Mapping[str, Node], step: Node, rate: Node
    ) -> Moved:
        """Return the new parameter and state."""
        del step
        s = self.decay * state["square_mean"] + (1 - self.decay) * square(g)
        return w - rate * g / (sqrt(s) + self.epsilon), {"square_mean": s}


@dataclass(frozen=True)
class Adam:
    """Momentum and scaling together, both corrected for their start at 0.

        m ← β₁ m + (1-β₁) g;   v ← β₂ v + (1-β₂) g²
        w ← w - η (m / (1-β₁ᵗ)) / (√(v / (1-β₂ᵗ)) + ε)

    Source: Kingma and Ba 2015, algorithm 1.
    """

    learning_rate: float | Schedule = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    clip_norm: float | None = None
    clip_value: float | None = None
    state: ClassVar[tuple[str, ...]] = ("mean", "square_mean")

    def __post_init__(self) -> None:
        _check(self, "beta1", "beta2", "epsilon")

    def rule(
        self, w: Node, g: Node, state: Mapping[str, Node], step: Node, rate: Node
    ) -> Moved:
        """Return the new parameter and state."""
        m = self.beta1 * state["mean"] + (1 - self.beta1) * g
        v = self.beta2 * state["square_mean"] + (1 - self.beta2) * square(g)
        m_hat = m / (1 - self.beta1**step)
        v_hat = v / (1 - self.beta2**step)
        moved = w - rate * m_hat / (sqrt(v_hat) + self.epsilon)
        return moved, {"mean": m, "square_mean": v}


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam, with weights that also decay by themselves: w ← w - η λ w.

    Source: Loshchilov and Hutter 2019, algorithm 2.
    """

    weight_decay: float = 0.01

    def __post_init__(self) -> None:
        _check(self, "beta1", "beta2", "epsilon", "weight_decay")

    def rule(
        self, w: Node, g: Node, state: Mapping[str, Node], step: Node, rate: Node
    ) -> Moved:
        """Return the new parameter and state."""
        moved, new = Adam.rule(self, w, g, state, step, rate)
        return moved - rate * self.weight_decay * w, new


OPTIMIZERS: dict[str, Optimizer] = {
    "sgd": SGD(),
    "momentum": SGD(momentum=0.9),
    "nesterov": SGD(momentum=0.9, nesterov=True),
    "adagrad": Adagrad(),
    "rmsprop": RMSprop(),
    "adam": Adam(),
    "adamw": AdamW(),
}


def named(optimizer: Optimizer | str) -> Optimizer:
    """Return the optimizer itself, or the one of a name with its usual options.

    Raises:
        OptionError: There is no optimizer of that name.
    """
    if not isinstance(optimizer, str):
        return optimizer
    if optimizer not in OPTIMIZERS:
        raise OptionError(
            f"unknown optimizer {optimizer!r}; known are {', '.join(OPTIMIZERS)}"
        )
    return OPTIMIZERS[optimizer]


def rate_of(optimizer: Optimizer, step: Node) -> Node:
    """Return the learning rate in a step, as a node."""
    rate = optimizer.learning_rate
    schedule = Constant(float(rate)) if isinstance(rate, int | float) else rate
    return schedule.rate(step)


def clipped(optimizer: Optimizer, gradients: dict[str, Node]) -> dict[str, Node]:
    """Limit gradients: each element first, then the norm of all together."""
    if optimizer.clip_value is not None:
        c = optimizer.clip_value
        gradients = {name: clip(g, low=-c, high=c) for name, g in gradients.items()}
    if optimizer.clip_norm is not None:
        norm = sqrt(_added([total(square(g)) for g in gradients.values()]))
        # Divide by the larger of norm and limit: 1 below the limit, safe at norm 0.
        factor = optimizer.clip_norm / maximum(norm, optimizer.clip_norm)
        gradients = {name: g * factor for name, g in gradients.items()}
    return gradients


def _added(nodes: list[Node]) -> Node:
    result = nodes[0]
    for node in nodes[1:]:
        result = result + node
    return result
