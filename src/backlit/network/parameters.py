"""The parameters of a network by name, checked on assignment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.errors import NetworkError
from backlit.network.quantities import Quantities

if TYPE_CHECKING:
    from backlit.graph.node import Array
    from backlit.network.architecture import Architecture


class Parameters(MutableMapping[str, "Array"]):
    """The parameters of a network by name; what is assigned is checked.

    Raises:
        NetworkError: On assignment: an unknown name, another shape, or a value that is
            not finite.
    """

    def __init__(self, architecture: Architecture, values: Mapping[str, Array]) -> None:
        self._shapes = architecture.shapes
        self._values = {name: np.array(values[name]) for name in self._shapes}

    def __getitem__(self, name: str) -> Array:
        return Quantities(self._values)[name]

    def __setitem__(self, name: str, value: Any) -> None:
        Quantities(self._values)[name]  # an unknown name is an error
        try:
            array = np.array(value, "f8")
        except (TypeError, ValueError):
            raise NetworkError(f"{name} must be numbers") from None
        if array.shape != self._shapes[name]:
            raise NetworkError(
                f"{name} has the shape {self._shapes[name]}, got {array.shape}"
            )
        if not np.isfinite(array).all():
            raise NetworkError(f"{name} must be finite numbers")
        self._values[name] = array

    def __delitem__(self, name: str) -> None:
        raise NetworkError(f"{name} belongs to the network and cannot be removed")

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return "\n".join(f"{name} = {value}" for name, value in self._values.items())
