"""Values by name: `dense1.weight` a whole array, `dense1.weight[0,1]` one element."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.errors import QuantityError
from backlit.options import closest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backlit.graph.node import Array


class Quantities(Mapping[str, Any]):
    """Arrays by name; an unknown name is an error that names the closest one."""

    def __init__(self, values: Mapping[str, Array]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> Array:
        """Return a whole array, or one element: `dense1.weight[0,1]`."""
        base, place = split_name(name)
        if base not in self._values:
            hint = closest(base, self._values)
            raise QuantityError(f"there is no quantity {base!r}; {hint}")
        return element(base, self._values[base], place)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return listed(self._values)


def listed(values: Mapping[str, Any]) -> str:
    """Return names with their values, as a person reads them.

    >>> print(listed({"E": np.array(0.5), "x": np.eye(2)}))
    E = 0.5
    x = [[1. 0.]
         [0. 1.]]
    """
    return "\n".join(
        f"{name} = {np.array2string(np.asarray(value), prefix=f'{name} = ')}"
        for name, value in values.items()
    )


def split_name(name: str) -> tuple[str, tuple[int, ...]]:
    """Split `dense1.weight[0,1]` into the name and the place of one element.

    Raises:
        QuantityError: What stands in brackets is not whole numbers.
    """
    base, bracket, rest = name.partition("[")
    if not bracket:
        return name, ()
    if not re.fullmatch(r"\s*-?\d+(\s*,\s*-?\d+)*\s*\]", rest):
        raise QuantityError(f"{name!r}: an element is written NAME[0,1]")
    return base, tuple(int(n) for n in rest[:-1].split(","))


def element(name: str, value: Array, place: tuple[int, ...]) -> Array:
    """Return one element of a quantity, or all of it where no place is given."""
    if not place:
        return value
    if len(place) != np.ndim(value):
        raise QuantityError(
            f"{name} has the shape {np.shape(value)}; "
            f"{np.ndim(value)} indices are needed, got {len(place)}"
        )
    for n, size in zip(place, np.shape(value), strict=True):
        if not 0 <= n < size:
            raise QuantityError(
                f"{name} has the shape {np.shape(value)}; index {n} is outside it"
            )
    return np.asarray(value[place])
