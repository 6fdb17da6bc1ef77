"""Options checked: numbers in their range, names that exist, else one clear line.

What comes back is a plain int, float or str, whatever kind of number came in, so that
descriptions that are equal have equal parts and can be written down.
"""

from __future__ import annotations

from difflib import get_close_matches
from math import inf
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterable

LARGEST = 2**63 - 1  # of whole numbers, as in TOML and in model files
PRECISIONS = ("float64", "float32")


def whole(name: str, value: Any, least: int = 0) -> int:
    """Return a whole number from `least` on as an int; 3.0 will do, True will not.

    >>> whole("epochs", 3.0, 1)
    3

    Raises:
        OptionError: It is another number, or none.
    """
    if not (_is_number(value) and least <= value <= LARGEST and value % 1 == 0):
        most = " and below 2⁶³" if _is_number(value) and value > LARGEST else ""
        raise OptionError(
            f"{name}={value!r}; it must be a whole number ≥ {least}{most}"
        )
    return int(value)


def positive(name: str, value: Any) -> float:
    """Return a positive finite number as a float; raises OptionError."""
    return _number(name, value, "a positive number", above=0)


def not_negative(name: str, value: Any) -> float:
    """Return a finite number from 0 on as a float; raises OptionError."""
    return _number(name, value, "0 or a positive number", least=0)


def fraction(name: str, value: Any) -> float:
    """Return a number from 0 to below 1 as a float; raises OptionError."""
    return _number(name, value, "at least 0 and below 1", least=0, below=1)


def finite(name: str, value: Any) -> float:
    """Return a finite number as a float; raises OptionError."""
    return _number(name, value, "a finite number")


def known(what: str, name: Any, names: Iterable[str]) -> str:
    """Return a name that is one of those known.

    >>> known("activation", "relu", ["relu", "tanh"])
    'relu'

    Raises:
        OptionError: It is not; the message names the closest, or all.
    """
    every = list(names)
    if not isinstance(name, str) or name not in every:
        raise OptionError(f"unknown {what} {name!r}; {closest(name, every)}")
    return name


def precision(dtype: Any) -> str:
    """Return the name of a precision, which may be given as NumPy gives it.

    >>> precision("float32"), precision(np.float64)
    ('float32', 'float64')

    Raises:
        OptionError: It is none.
    """
    try:
        name = np.dtype(dtype).name
    except TypeError:
        name = ""
    return known("dtype", name if name in PRECISIONS else dtype, PRECISIONS)


def closest(name: Any, names: Iterable[str]) -> str:
    """Return which name may have been meant, or else which there are.

    >>> closest("tahn", ["relu", "tanh"]), closest("bias", ["relu", "tanh"])
    ("did you mean 'tanh'?", 'known are relu, tanh')
    """
    every = list(names)
    near = get_close_matches(str(name), every, 1)
    return f"did you mean {near[0]!r}?" if near else f"known are {', '.join(every)}"


def settle(options: Any, **checked: Any) -> None:
    """Put checked values into a frozen description, for its `__post_init__`."""
    for name, value in checked.items():
        object.__setattr__(options, name, value)


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _number(
    name: str,
    value: Any,
    needed: str,
    *,
    least: float = -inf,
    above: float = -inf,
    below: float = inf,
) -> float:
    fits = _is_number(value) and least <= value < below and value > above
    if not fits:
        raise OptionError(f"{name}={value!r}; it must be {needed}")
    return float(value)
