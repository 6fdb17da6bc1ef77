"""From scikit-learn's parameters to backlit's descriptions: network and optimizer."""

from __future__ import annotations

from dataclasses import replace
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils import check_random_state

from backlit.errors import OptionError
from backlit.network.architecture import Architecture, Dense
from backlit.options import whole
from backlit.update.optimizers import OPTIMIZERS, SGD, Adam, Optimizer, named
from backlit.update.schedules import InverseScaling, Schedule

if TYPE_CHECKING:
    from backlit.interop.estimators.estimator import NetworkEstimator

ACTIVATIONS = {"logistic": "sigmoid", "identity": "linear"}
LOSSES = {"squared_error": "half_sse", "absolute_error": "mae", "huber": "huber"}
# errors that are means over outputs, where scikit-learn and half_sse take the sum
MEANS = ("binary_cross_entropy_with_logits", "mae", "huber")


def hidden_sizes(given: Any) -> tuple[int, ...]:
    """Return the number of neurons of each hidden layer.

    >>> hidden_sizes(16), hidden_sizes([8, 4]), hidden_sizes(())
    ((16,), (8, 4), ())

    Raises:
        OptionError: They are not whole numbers from 1 on.
    """
    several = np.iterable(given) and not isinstance(given, str)
    try:
        return tuple(
            whole("hidden_layer_sizes", n, 1) for n in (given if several else [given])
        )
    except OptionError:
        raise OptionError(
            f"hidden_layer_sizes={given!r}; it must be a whole number ≥ 1 for each "
            "hidden layer, such as (64, 32)"
        ) from None


def seed_of(random_state: Any) -> int:
    """Return the seed that is given, or one drawn from a random state."""
    if isinstance(random_state, Integral):
        return whole("random_state", int(random_state))
    return int(check_random_state(random_state).randint(2**31 - 1))


def architecture_of(
    options: NetworkEstimator, inputs: int, outputs: int, loss: str, batch_weight: float
) -> Architecture:
    """Return the network that the parameters describe.

    Args:
        options: The parameters.
        inputs: The number of inputs.
        outputs: The number of outputs.
        loss: The name of the error.
        batch_weight: The mean sum of sample weights in a batch: what alpha and l1 are
            divided by, so that two samples do what one of weight 2 does.
    """
    name = ACTIVATIONS.get(options.activation, options.activation)
    sizes, way = hidden_sizes(options.hidden_layer_sizes), options.initialiser
    share = batch_weight * (outputs if loss in MEANS else 1)
    return Architecture(
        inputs,
        (*(Dense(n, name, way) for n in sizes), Dense(outputs, initialiser=way)),
        loss,
        l1=options.l1 / share,
        l2=options.alpha / share,
    )


def optimizer_of(options: NetworkEstimator, samples: int, batch: int) -> Optimizer:
    """Return the optimizer that the parameters describe, for so many samples."""
    chosen: Any = options.solver
    if isinstance(chosen, str):
        rate = _rate_of(options, samples, batch)
        chosen = replace(_named(options, chosen), learning_rate=rate)
    if options.clip_norm is not None:
        chosen = replace(chosen, clip_norm=options.clip_norm)
    return named(chosen)


def _named(options: NetworkEstimator, name: str) -> Any:
    """Return the optimizer of a name with those of the parameters that it has."""
    usual: Any = OPTIMIZERS[name]
    if isinstance(usual, SGD):
        momentum = options.momentum
        wanted = options.nesterovs_momentum if name == "sgd" else usual.nesterov
        return replace(usual, momentum=momentum, nesterov=bool(wanted and momentum))
    given = {"epsilon": options.epsilon}
    if isinstance(usual, Adam):
        given |= {"beta1": options.beta_1, "beta2": options.beta_2}
    return replace(usual, **given)


def _rate_of(options: NetworkEstimator, samples: int, batch: int) -> Schedule | float:
    """Return the learning rate, or how it changes from step to step."""
    if isinstance(options.learning_rate, Schedule):
        return options.learning_rate
    if (options.solver, options.learning_rate) == ("sgd", "invscaling"):
        steps = -(-samples // batch)
        return InverseScaling(
            options.learning_rate_init, options.power_t, steps, samples
        )
    return options.learning_rate_init


def adapts(options: NetworkEstimator) -> bool:
    """Tell whether a smaller learning rate is tried before training stops."""
    return (options.solver, options.learning_rate) == ("sgd", "adaptive")
