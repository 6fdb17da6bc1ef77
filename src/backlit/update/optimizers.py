"""Optimizers: how a gradient becomes a step, as graph nodes.

    new parameter, new state  =  rule(parameter w, gradient g, state, step, rate η)

A description says which arrays of state each parameter has (they start at 0) and gives
the rule as a composition of operations, so that one graph holds forward, backward and
update. The learning rate may be a number or a schedule.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from backlit.errors import OptionError
from backlit.graph import Node
from backlit.ops.compare import clip, maximum
from backlit.ops.elementwise import sqrt, square
from backlit.ops.reduce import sum as total
from backlit.options import fraction, known, not_negative, positive, settle
from backlit.update.schedules import Schedule, scheduled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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


def _check(optimizer: Any, **checks: Callable[[str, Any], float]) -> None:
    """Check the learning rate, the clipping, and further fields by their functions."""
    if not isinstance(optimizer.learning_rate, Schedule):
        checks["learning_rate"] = positive
    for name in ("clip_norm", "clip_value"):
        if getattr(optimizer, name) is not None:
            checks[name] = positive
    for name, check in checks.items():
        settle(optimizer, **{name: check(name, getattr(optimizer, name))})


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
        _check(self, momentum=fraction)
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
        _check(self, epsilon=positive)

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
        _check(self, decay=fraction, epsilon=positive)

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
        _check(self, beta1=fraction, beta2=fraction, epsilon=positive)

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
        Adam.__post_init__(self)
        _check(self, weight_decay=not_negative)

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
        OptionError: There is no optimizer of that name, or it is no optimizer.
    """
    if isinstance(optimizer, str):
        return OPTIMIZERS[known("optimizer", optimizer, OPTIMIZERS)]
    if isinstance(optimizer, type) or not hasattr(optimizer, "rule"):
        raise OptionError(
            f"optimizer={optimizer!r}; one such as Adam(0.001) is needed, or its name"
        )
    return optimizer


def rate_of(optimizer: Optimizer, step: Node) -> Node:
    """Return the learning rate in a step, as a node."""
    return scheduled("learning_rate", optimizer.learning_rate).rate(step)


def clipped(optimizer: Optimizer, gradients: dict[str, Node]) -> dict[str, Node]:
    """Limit gradients: each element first, then the norm of all together."""
    if optimizer.clip_value is not None:
        c = optimizer.clip_value
        gradients = {name: clip(g, low=-c, high=c) for name, g in gradients.items()}
    if optimizer.clip_norm is not None:
        norm = sqrt(reduce(add, [total(square(g)) for g in gradients.values()]))
        # Divide by the larger of norm and limit: 1 below the limit, safe at norm 0.
        factor = optimizer.clip_norm / maximum(norm, optimizer.clip_norm)
        gradients = {name: g * factor for name, g in gradients.items()}
    return gradients
