"""One block of memory in which a program finds all its values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backlit.compile.places import Place
    from backlit.graph.node import Array

ALIGNMENT = 64


class Block:
    """The memory of one program.

    Args:
        size: Its bytes.
        constants: Bytes that it begins with, by the byte they begin at.

    Raises:
        OptionError: There is not that much memory.
    """

    def __init__(self, size: int, constants: Mapping[int, bytes]) -> None:
        try:
            self._bytes = np.zeros(size + ALIGNMENT, np.uint8)
        except MemoryError:
            raise OptionError(
                f"the program needs {size / 2**20:.0f} MiB, which this machine does "
                "not have"
            ) from None
        self._start = -self._bytes.ctypes.data % ALIGNMENT
        self.address = self._bytes.ctypes.data + self._start
        for at, data in constants.items():
            first = self._start + at
            self._bytes[first : first + len(data)] = np.frombuffer(data, np.uint8)

    def array(self, place: Place) -> Array:
        """Return the values at a place."""
        dtype = np.dtype(place["dtype"])
        return self.strided(
            tuple(place["shape"]), dtype, place["offset"], place["strides"]
        )

    def strided(
        self, shape: tuple[int, ...], dtype: Any, offset: int, strides: Any
    ) -> Array:
        """Return values of a shape from a byte on, with strides in elements."""
        steps = tuple(s * dtype.itemsize for s in strides)
        return np.ndarray(shape, dtype, self._bytes, self._start + offset, steps)
