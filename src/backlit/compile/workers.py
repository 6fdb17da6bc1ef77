"""The threads that share the steps of a training run, for the length of a slice.

Each is a thread of Python that makes one native call and so lets Python go on; it ends
with the slice, so that between slices nothing waits or runs.
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from backlit.compile.crew import FIELDS, semaphore
from backlit.compile.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from backlit.compile.block import Block
    from backlit.compile.compiled import Compiled
    from backlit.compile.library import Library


def crew(program: Compiled, arena: Block, library: Library) -> Crew | None:
    """Return the threads of a program that they can share; None for another."""
    several = program.threads > 1 and sys.platform == "linux"
    return Crew(program, arena, library) if several else None


@dataclass(eq=False)
class Crew:
    """The threads of one training run.

    Attributes:
        program: What they run.
        arena: The memory of the run.
        library: Its code.
        pace: How long steps took, which decides whether they are shared.
    """

    program: Compiled
    arena: Block
    library: Library
    pace: Pace = field(default_factory=Pace)

    def __post_init__(self) -> None:
        self._address = self.arena.address + self.program.crew
        words = (ctypes.c_int64 * len(FIELDS)).from_address(self._address)
        self._block = np.ctypeslib.as_array(words)
        self._system = ctypes.CDLL(None)
        self._work = self.library.function("work", ctypes.c_void_p, ctypes.c_int64)

    def run(self, steps: int, call: Callable[[int], int]) -> None:
        """Do steps, in the way that is faster just now.

        Args:
            steps: How many.
            call: Does so many steps at most, and returns how many it did.
        """
        done = wanted = here = 0
        with ExitStack() as stack:
            while steps > 0 and done == wanted:
                share, wanted = self.pace.following()
                wanted = min(wanted, steps)
                started = perf_counter()
                if share and not here:
                    here = self.program.threads
                    stack.enter_context(self.others())
                self._set(team=here if share else 1, shared=0)
                done = call(wanted)
                if done:  # the time it took to have the others there counts too
                    self.pace.note(share, done, perf_counter() - started)
                steps -= done

    @contextmanager
    def others(self) -> Iterator[None]:
        """Have the other threads there; nobody waits for them to come."""
        threads = range(1, self.program.threads)
        self._set(closed=0, arrived=0)
        for n in (0, *threads):
            self._system.sem_init(self._semaphore(n), 0, 0)
        others: list[Thread] = []
        try:
            for n in threads:
                other = Thread(target=self._help, args=(n,), daemon=True)
                with suppress(RuntimeError):  # the system has no more threads
                    other.start()
                    others.append(other)
            yield
        finally:
            self._set(closed=1)
            for n in threads:
                self._system.sem_post(self._semaphore(n))
            for other in others:
                other.join()

    def _help(self, thread: int) -> None:
        """Be one of the others, for a slice."""
        self._work(self.arena.address, thread)

    def _semaphore(self, thread: int) -> ctypes.c_void_p:
        return ctypes.c_void_p(self._address + semaphore(thread))

    def _set(self, **fields: int) -> None:
        for name, value in fields.items():
            self._block[FIELDS.index(name)] = value

    def _get(self, name: str) -> int:
        return int(self._block[FIELDS.index(name)])
