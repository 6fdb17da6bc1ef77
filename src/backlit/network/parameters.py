"""The parameters of a network by name, checked on assignment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.errors import NetworkError
from backlit.network.quantities import Quantities, listed, split_name

if TYPE_CHECKING:
    from backlit.graph.node import Array, Shape
    from backlit.network.architecture import Architecture


class Parameters(MutableMapping[str, "Array"]):
    """The parameters of a network by name; what is assigned is checked.

    A name with a place, `dense1.weight[0,1]`, stands for one element.

    Raises:
        QuantityError: There is no parameter of that name.
        NetworkError: On assignment: another shape, or a value that is not finite.
    """

    def __init__(self, architecture: Architecture, values: Mapping[str, Array]) -> None:
        self._shapes = architecture.shapes
        self._values = {name: np.array(values[name]) for name in self._shapes}

    def __getitem__(self, name: str) -> Array:
        return Quantities(self._values)[name]

    def __setitem__(self, name: str, value: Any) -> None:
        array = _checked(name, value, np.shape(self[name]))
        base, place = split_name(name)
        if not place:
            self._values[base] = array
            return
        whole = self._values[base].astype("f8")
        whole[place] = array
        self._values[base] = whole

    def __delitem__(self, name: str) -> None:
        raise NetworkError(f"{name} belongs to the network and cannot be removed")

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return listed(self._values)


def _checked(name: str, value: Any, shape: Shape) -> Array:
    try:
        array = np.array(value, "f8")
    except (TypeError, ValueError, OverflowError):
        raise NetworkError(f"{name} must be numbers of the shape {shape}") from None
    if array.shape != shape:
        raise NetworkError(f"{name} has the shape {shape}, got {array.shape}")
    if not np.isfinite(array).all():
        raise NetworkError(f"{name} must be finite numbers")
    return array
