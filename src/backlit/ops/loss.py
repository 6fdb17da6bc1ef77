"""Errors: how far an output is from its target, per sample.

Each takes the output and the target with the outputs on the last axis and returns one
number per sample. What is meant by "the" squared error differs from book to book, so
each convention has a name of its own.
"""

from __future__ import annotations

from typing import Any

from backlit.ops.activation import relu, softplus
from backlit.ops.compare import clip, where
from backlit.ops.elementwise import abs as absolute
from backlit.ops.elementwise import log, square
from backlit.ops.record import derived, draw, sample
from backlit.ops.reduce import logsumexp, mean
from backlit.ops.reduce import sum as total

_PAIR = (sample(draw(3), draw(3)), sample(draw(2, 3), draw(2, 3)))
_SHARES = (
    sample(draw(3, low=0.1, high=0.9), draw(3, low=0, high=1)),
    sample(draw(2, 1, low=0.1, high=0.9), draw(2, 1, low=0, high=1)),
)


@derived(reference="np.mean((y - t)**2, axis=-1)", samples=_PAIR)
def mse(y: Any, t: Any) -> Any:
    """Return the mean over outputs of (y - t)^2."""
    return mean(square(y - t), axis=-1)


@derived(reference="np.mean((y - t)**2, axis=-1)/2", samples=_PAIR)
def half_mse(y: Any, t: Any) -> Any:
    """Return half the mean over outputs of (y - t)^2."""
    return mse(y, t) / 2.0


@derived(reference="np.sum((y - t)**2, axis=-1)", samples=_PAIR)
def sse(y: Any, t: Any) -> Any:
    """Return the sum over outputs of (y - t)^2."""
    return total(square(y - t), axis=-1)


@derived(
    reference="np.sum((y - t)**2, axis=-1)/2",
    samples=_PAIR,
    source="Rumelhart, Hinton and Williams 1986, eq. 3.",
)
def half_sse(y: Any, t: Any) -> Any:
    """Return half the sum over outputs of (y - t)^2."""
    return sse(y, t) / 2.0


@derived(reference="np.mean(np.abs(y - t), axis=-1)", samples=_PAIR)
def mae(y: Any, t: Any) -> Any:
    """Return the mean over outputs of |y - t|."""
    return mean(absolute(y - t), axis=-1)


@derived(
    reference="np.mean(scipy.special.huber(1, y - t), axis=-1)",
    samples=_PAIR,
    source="Huber 1964, with k = 1.",
)
def huber(y: Any, t: Any) -> Any:
    """Return the mean over outputs of d^2/2 where d = |y - t| ≤ 1, else d - 1/2."""
    d = absolute(y - t)
    return mean(where(d <= 1.0, square(d) / 2.0, d - 0.5), axis=-1)


@derived(
    reference="np.mean(np.maximum(0, 1 - t*y), axis=-1)",
    samples=_PAIR,
    source="Cortes and Vapnik 1995, eq. 20.",
)
def hinge(y: Any, t: Any) -> Any:
    """Return the mean over outputs of max(0, 1 - t y), with targets -1 and 1."""
    return mean(relu(1.0 - t * y), axis=-1)


@derived(
    reference="-np.mean(scipy.special.xlogy(t, y)"
    " + scipy.special.xlog1py(1 - t, -y), axis=-1)",
    samples=_SHARES,
)
def binary_cross_entropy(y: Any, t: Any) -> Any:
    """Return the mean over outputs of -t log y - (1-t) log(1-y), y a probability.

    y is kept within 1e-7 of 0 and 1: a saturated output would give 0 · log 0.
    """
    p = clip(y, low=1e-7, high=1 - 1e-7)
    return mean(-(t * log(p) + (1.0 - t) * log(1.0 - p)), axis=-1)


@derived(
    reference="-np.mean(t*scipy.special.log_expit(y)"
    " + (1 - t)*scipy.special.log_expit(-y), axis=-1)",
    samples=_PAIR,
)
def binary_cross_entropy_with_logits(y: Any, t: Any) -> Any:
    """Return binary cross-entropy of sigmoid(y), stable for large logits y."""
    return mean(softplus(y) - t * y, axis=-1)


@derived(
    reference="scipy.special.logsumexp(y, axis=-1) - np.sum(t*y, axis=-1)",
    samples=_PAIR,
)
def cross_entropy(y: Any, t: Any) -> Any:
    """Return log(sum(e^y)) - sum(t y): cross-entropy of softmax(y), stable.

    The targets are shares that sum to 1, as one-hot rows do; then this equals
    -sum(t log(softmax(y))), and its derivative is softmax(y) - t.
    """
    return logsumexp(y, axis=-1) - total(t * y, axis=-1)


LOSSES = (
    mse, half_mse, sse, half_sse, mae, huber, hinge, binary_cross_entropy,
    binary_cross_entropy_with_logits, cross_entropy,
)  # fmt: skip
