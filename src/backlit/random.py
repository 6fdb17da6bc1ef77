"""Counter-based randomness: the same bits for the same key, in every executor.

    bits(key, n) = mix(key + (n + 1) · 0x9E3779B97F4A7C15)   in 64-bit arithmetic

There is no state: a number depends on its key and position only, so that a run can be
resumed, replayed backwards or spread over threads without changing a bit. `mix` is
the finaliser of SplitMix64 (Steele, Lea and Flood 2014, figure 16).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST = np.uint64(0xBF58476D1CE4E5B9)
SECOND = np.uint64(0x94D049BB133111EB)


def _mix(z: NDArray[np.uint64]) -> NDArray[np.uint64]:
    z = (z ^ (z >> np.uint64(30))) * FIRST
    z = (z ^ (z >> np.uint64(27))) * SECOND
    return z ^ (z >> np.uint64(31))


def key(seed: int, *parts: int | str) -> int:
    """Return the key of a stream, from a seed and what it is for.

    >>> key(0, "dense1.weight") != key(0, "dense2.weight")
    True
    """
    state = np.array([seed % 2**64], np.uint64)
    for part in parts:
        number = crc32(part.encode()) if isinstance(part, str) else part
        place = np.array([number % 2**64], np.uint64)  # arrays wrap, scalars warn
        state = _mix(state + place * GOLDEN + GOLDEN)
    return int(state[0])


def bits(stream: int, count: int) -> NDArray[np.uint64]:
    """Return `count` random 64-bit integers of a stream."""
    places = np.arange(1, count + 1, dtype=np.uint64)
    return _mix(np.uint64(stream) + places * GOLDEN)


def uniform(stream: int, count: int) -> NDArray[np.float64]:
    """Return `count` numbers in [0, 1), multiples of 2^-53."""
    return np.ldexp((bits(stream, count) >> np.uint64(11)).astype(np.float64), -53)


def normal(stream: int, count: int) -> NDArray[np.float64]:
    """Return `count` standard normal numbers (Box and Muller 1958)."""
    u = uniform(stream, 2 * count)
    radius = np.sqrt(-2 * np.log1p(-u[::2]))
    result: NDArray[np.float64] = radius * np.cos(2 * np.pi * u[1::2])
    return result


def permutation(stream: int, count: int) -> NDArray[np.int64]:
    """Return the integers below `count` in random order (Fisher and Yates).

    >>> permutation(key(0, "example"), 5).tolist()
    [4, 3, 0, 2, 1]
    """
    high = bits(stream, count) >> np.uint64(32)
    below = np.arange(1, count + 1, dtype=np.uint64)
    partner = ((high * below) >> np.uint64(32)).tolist()
    order = list(range(count))
    for last in range(count - 1, 0, -1):
        other = partner[last]
        order[last], order[other] = order[other], order[last]
    return np.array(order, np.int64)
