"""Data sets by name: measured ones, from scikit-learn's files, and generated ones.

None of them needs the network. A generated set is the same for the same samples,
noise and seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from backlit.errors import DataError, OptionError
from backlit.train.measured import MEASURED, read

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SAMPLES = 200  # rows of a generated set
NOISE = 0.1  # standard deviation added to points of a generated set


@dataclass(frozen=True)
class Dataset:
    """A table for learning, in memory.

    Attributes:
        name: one of `NAMES`.
        X: features (rows, features), float64.
        target: class indices (rows,), int64, or numbers (rows,), float64.
        features: names of the features.
        target_name: what is to be predicted.
        task: classification or regression.
        classes: names of the classes by index, none for regression.
    """

    name: str
    X: Floats
    target: NDArray[Any]
    features: tuple[str, ...]
    target_name: str
    task: Literal["classification", "regression"]
    classes: tuple[str, ...] = ()


def load(
    name: str, *, samples: int | None = None, noise: float | None = None, seed: int = 0
) -> Dataset:
    """Return a data set by its name, one of `NAMES`.

    Args:
        name: `iris`, `wine`, `breast-cancer`, `digits` and `diabetes` are measured.
            `and`, `or` and `xor` are truth tables of four rows, or with samples or
            noise, points in the four quadrants. `circles`, `moons`, `spirals` and
            `gaussians` are points of two classes in the plane. `plane` is
            y = x1 / 2 - x2 / 4 + 1 / 8.
        samples: rows of a generated set, at least 4; `SAMPLES` if not given.
        noise: standard deviation of what is added to each coordinate of a point (to y
            in `plane`) of a generated set; `NOISE` if not given.
        seed: of a generated set.

    Raises:
        DataError: there is no set of this name.
        OptionError: samples or noise are out of range, or for a measured set.

    Example:
        >>> load("xor").X.tolist(), load("xor").target.tolist()
        ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])
    """
    if name not in NAMES:
        close = get_close_matches(name.lower(), NAMES, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise DataError(f"no data set {name!r}{hint}; there are {', '.join(NAMES)}")
    if name in MEASURED:
        if samples is not None or noise is not None:
            raise OptionError(
                f"{name} is measured data: samples and noise are for generated sets"
            )
        return _measured(name)
    if samples is not None and samples < 4:
        raise OptionError(f"samples is {samples}; at least 4 are needed")
    if noise is not None and not 0 <= noise < np.inf:
        raise OptionError(f"noise is {noise}; a number from 0 is needed")
    if is_exact(name, samples, noise):
        return _gate(name)
    return GENERATED[name](
        name,
        SAMPLES if samples is None else samples,
        NOISE if noise is None else noise,
        seed,
    )


def is_exact(name: str, samples: int | None, noise: float | None) -> bool:
    """Tell a truth table as it is: one of which nothing else is asked for."""
    return name in GATES and samples is None and noise is None


def frame(dataset: Dataset) -> pl.DataFrame:
    """Return the set as a table, like one read from a file.

    Returns:
        One column for each feature and the target as the last one, with the names of
        the classes as its values.

    Example:
        >>> frame(load("and")).rows()[-1]
        (1.0, 1.0, '1')
    """
    import polars as pl  # noqa: PLC0415 - 0.1 s that a list of names need not cost

    target = dataset.target
    if dataset.classes:
        target = np.asarray(dataset.classes)[target]
    columns = dict(zip(dataset.features, dataset.X.T, strict=True))
    return pl.DataFrame({**columns, dataset.target_name: target})


def _measured(name: str) -> Dataset:
    kept = MEASURED[name]
    table = read(kept)
    X, target = table[:, :-1], table[:, -1]
    return Dataset(
        name,
        np.ascontiguousarray(X),
        target.astype(np.int64 if kept.classes else np.float64),
        kept.features,
        kept.target_name,
        "classification" if kept.classes else "regression",
        kept.classes,
    )


GATES: dict[str, Callable[[Any, Any], Any]] = {
    "and": np.logical_and,
    "or": np.logical_or,
    "xor": np.logical_xor,
}


def _gate(name: str) -> Dataset:
    """Return the truth table of a gate."""
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float64)
    return _points(name, X, GATES[name](*X.T), ("0", "1"), target_name="y")


def _quadrants(name: str, samples: int, noise: float, seed: int) -> Dataset:
    """Return points in the quadrants of [-1, 1]², off the axes; above 0 is true."""
    random = np.random.default_rng(seed)
    signs = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])
    signs = signs[random.permutation(samples) % 4]
    X = signs * random.uniform(0.2, 1, (samples, 2))
    true = GATES[name](*(signs > 0).T)
    X += noise * random.standard_normal(X.shape)
    return _points(name, X, true, ("0", "1"), target_name="y")


def _circles(name: str, samples: int, noise: float, seed: int) -> Dataset:
    """Return points on two circles, one of half the other's radius, evenly spaced."""
    random = np.random.default_rng(seed)
    place = random.permutation(samples)
    t, angle = place % 2, 2 * np.pi * place / samples
    X = np.where(t, 0.5, 1)[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    X += noise * random.standard_normal(X.shape)
    return _points(name, X, t, ("outer", "inner"))


def _moons(name: str, samples: int, noise: float, seed: int) -> Dataset:
    """Return points on two half circles, each with an end within the other."""
    random = np.random.default_rng(seed)
    place = random.permutation(samples)
    t, angle = place % 2, np.pi * place / (samples - 1)
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    X = np.where(t[:, None], [1, 0.5] - upper, upper)
    X += noise * random.standard_normal(X.shape)
    return _points(name, X, t, ("upper", "lower"))


def _gaussians(name: str, samples: int, noise: float, seed: int) -> Dataset:
    """Return two clouds of deviation 1/2, widened by the noise."""
    random = np.random.default_rng(seed)
    t = random.permutation(samples) % 2
    X = np.where(t, 1, -1)[:, None] + np.hypot(0.5, noise) * random.standard_normal(
        (samples, 2)
    )
    return _points(name, X, t, ("lower", "upper"))


def _spirals(name: str, samples: int, noise: float, seed: int) -> Dataset:
    """Return two arms of one and three quarters turns, half a turn apart."""
    random = np.random.default_rng(seed)
    t = random.permutation(samples) % 2
    radius = np.sqrt(random.uniform(0.01, 1, samples))  # as many points near as far
    angle = 1.75 * 2 * np.pi * radius + np.pi * t
    X = 5 * radius[:, None] * np.column_stack([np.sin(angle), np.cos(angle)])
    X += noise * random.standard_normal(X.shape)
    return _points(name, X, t, ("first", "second"))


def _plane(name: str, samples: int, noise: float, seed: int) -> Dataset:
    random = np.random.default_rng(seed)
    X = random.uniform(-1, 1, (samples, 2))
    y = X @ [0.5, -0.25] + 0.125 + noise * random.standard_normal(samples)
    return Dataset(name, X, y, ("x1", "x2"), "y", "regression")


def _points(
    name: str,
    X: Floats,
    target: NDArray[Any],
    classes: tuple[str, ...],
    *,
    target_name: str = "class",
) -> Dataset:
    features = ("x1", "x2")
    indices = np.asarray(target, np.int64)
    return Dataset(name, X, indices, features, target_name, "classification", classes)


GENERATED: dict[str, Callable[[str, int, float, int], Dataset]] = {
    **dict.fromkeys(GATES, _quadrants),
    "circles": _circles,
    "moons": _moons,
    "spirals": _spirals,
    "gaussians": _gaussians,
    "plane": _plane,
}
NAMES = (*MEASURED, *GENERATED)
