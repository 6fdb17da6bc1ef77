"""Whether several threads are faster than one just now: by trying, never by guessing.

What else the machine is doing decides that as much as the network does. Both ways give
the same bits, so that changing between them changes only how long a run takes.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

MOST = 4  # threads to use where nothing is said
PROBE = 0.004  # seconds of trying the way that was slower
SHORTEST, LONGEST = 0.1, 3.2  # seconds between two tries
GAIN = 0.9  # of the time of one thread; several must stay below it
STRETCH = 0.02  # seconds until the times are looked at again


def useful_threads(wish: int | None) -> int:
    """Return how many threads to use: no more than there are processors.

    Args:
        wish: The most to use; a few if nothing is said.
    """
    if hasattr(os, "sched_getaffinity"):
        there = len(os.sched_getaffinity(0))
    else:
        there = os.cpu_count() or 1
    return min(wish or MOST, there)


@dataclass(eq=False)
class Pace:
    """How long a step took lately, alone and with others.

    Attributes:
        seconds: Of a step, by whether several threads shared it.
    """

    seconds: dict[bool, float] = field(default_factory=dict)
    _pause: float = SHORTEST  # until the slower way is tried again
    _left: float = SHORTEST  # of it
    _last: bool | None = None

    def following(self) -> tuple[bool, int]:
        """Return whether to share the next steps, and how many to do so."""
        for way in (True, False):
            if way not in self.seconds:
                return way, 2
        due = self._left <= 0
        way = self.faster != due
        # After a change its time may be an old one, and far too short.
        length = STRETCH if way == self._last else PROBE
        return way, max(1, int(length / self.seconds[way]))

    @property
    def faster(self) -> bool:
        """Whether several threads were faster, by what is worth it."""
        return self.seconds[True] < GAIN * self.seconds[False]

    def note(self, shared: bool, steps: int, seconds: float) -> None:
        """Take note of how long steps took."""
        before = self.faster if len(self.seconds) == 2 else None
        self.seconds[shared] = seconds / steps
        self._last = shared
        if before is None:
            return
        if self.faster != before:
            self._pause = self._left = SHORTEST
        elif shared != before:  # tried in vain
            self._pause = self._left = min(2 * self._pause, LONGEST)
        else:
            self._left -= seconds
