"""Parameters checked when fitting begins: one clear line for the first that is wrong.

What a `Plan` or a description of the network has by the same name is checked there.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.errors import OptionError
from backlit.interop.estimators.options import ACTIVATIONS, LOSSES, hidden_sizes
from backlit.network.architecture import activations
from backlit.options import fraction, known, not_negative, positive, whole
from backlit.update.optimizers import OPTIMIZERS
from backlit.update.schedules import Schedule

if TYPE_CHECKING:
    from collections.abc import Callable

    from backlit.interop.estimators.estimator import NetworkEstimator

RATES = ("constant", "invscaling", "adaptive")


def check(options: NetworkEstimator, *, partial: bool) -> None:
    """Check every parameter that an estimator has.

    Raises:
        OptionError: One is wrong, or does not go with `partial_fit`.
    """
    for name, test in CHECKS.items():
        if hasattr(options, name):
            test(name, getattr(options, name))
    if partial and options.early_stopping:
        raise OptionError(
            "early_stopping=True; partial_fit needs False: it holds none out"
        )
    if partial and isinstance(getattr(options, "class_weight", None), str):
        raise OptionError(
            "class_weight='balanced' needs all data at once; for partial_fit give "
            "weights by class, such as those of sklearn's compute_class_weight"
        )


def _flag(name: str, value: Any) -> None:
    if not isinstance(value, bool | np.bool_):
        raise OptionError(f"{name}={value!r}; it must be True or False")


def _count(name: str, value: Any) -> None:
    whole(name, value, 1)


def _share(name: str, value: Any) -> None:
    if not (isinstance(value, float | np.floating) and 0 < value < 1):
        raise OptionError(f"{name}={value!r}; it must be above 0 and below 1")


def _or(exempt: Any, test: Callable[[str, Any], Any]) -> Callable[[str, Any], None]:
    """Return a check that lets one value more pass."""

    def wider(name: str, value: Any) -> None:
        if isinstance(value, type(exempt)) and value == exempt:
            return
        try:
            test(name, value)
        except OptionError as error:
            raise OptionError(f"{error}, or {exempt!r}") from None

    return wider


def _sizes(_: str, value: Any) -> None:
    hidden_sizes(value)


def _activation(name: str, value: Any) -> None:
    known(name, value, [*ACTIVATIONS, "linear", *activations()])


def _solver(name: str, value: Any) -> None:
    if isinstance(value, type) or not hasattr(value, "rule"):
        known(name, value, OPTIMIZERS)


def _rate(name: str, value: Any) -> None:
    if not isinstance(value, Schedule):
        known(name, value, RATES)


def _loss(name: str, value: Any) -> None:
    known(name, value, LOSSES)


def _class_weight(name: str, value: Any) -> None:
    if value is None or (isinstance(value, str) and value == "balanced"):
        return
    several = value if isinstance(value, list) else [value]
    if not all(isinstance(weights, Mapping) for weights in several):
        raise OptionError(
            f"{name}={value!r}; it must be weights by class, such as {{0: 1, 1: 5}}, "
            "or 'balanced', or None"
        )
    for weights in several:
        for label, weight in weights.items():
            not_negative(f"{name}[{label!r}]", weight)


CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "hidden_layer_sizes": _sizes,
    "activation": _activation,
    "solver": _solver,
    "alpha": not_negative,
    "l1": not_negative,
    "batch_size": _or("auto", _count),
    "learning_rate": _rate,
    "learning_rate_init": positive,
    "power_t": positive,
    "max_iter": _count,
    "shuffle": _flag,
    "tol": not_negative,
    "warm_start": _flag,
    "momentum": fraction,
    "nesterovs_momentum": _flag,
    "early_stopping": _flag,
    "validation_fraction": _share,
    "beta_1": fraction,
    "beta_2": fraction,
    "epsilon": positive,
    "n_iter_no_change": _or(inf, _count),
    "clip_norm": _or(None, positive),
    "loss": _loss,
    "normalize_y": _flag,
    "class_weight": _class_weight,
}
