"""Compiles networks in a process of its own, which is ended if it takes too long.

    Spec  ->  line of JSON  ->  worker  ->  status, length, bundle or what is wrong

One network at a time. The process is started before it is needed, since its imports
take longer than compiling, and again when it had to be ended.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from asyncio.subprocess import Process

    from backlit.studio.spec import Spec

SECONDS = 10.0  # for one network
WAITING = 4  # requests, including the one at work; a page sends one after another

Answer = tuple[int, bytes]
"""An HTTP status with a bundle as JSON, or with one line on what is wrong."""

TOO_LONG = (
    "the network takes too long to compile for the page; use fewer layers or samples, "
    "or train it with backlit train"
)
BUSY = "the studio still compiles another network; try again in a moment"
ENDED = "compiling ended without a result, perhaps for want of memory; try again"


class Compiler:
    """A process that compiles, started when it is needed."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._process: Process | None = None
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._given_up = False

    async def bundle(self, spec: Spec) -> Answer:
        """Return the bundle of a checked spec, or why there is none."""
        if self._waiting >= WAITING:
            return 503, BUSY.encode()
        self._waiting += 1
        try:
            async with self._turn:
                return await self._asked(msgspec.json.encode(spec))
        finally:
            self._waiting -= 1

    async def _asked(self, line: bytes) -> Answer:
        try:
            process = await self._running()
            async with asyncio.timeout(self._seconds):
                return await _conversation(process, line)
        except TimeoutError:
            await self.close()
            return 422, TOO_LONG.encode()
        except (EOFError, OSError):
            await self.close()
            return 500, ENDED.encode()
        except asyncio.CancelledError:  # half an answer would be taken for the next
            self._given_up = True
            raise

    async def _running(self) -> Process:
        if self._given_up:
            await self.close()
        if self._process is None or self._process.returncode is not None:
            # -P: a file random.py where the user works is not the standard library's
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "backlit.studio.worker"),
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
            )
        return self._process

    async def close(self) -> None:
        """End the process, whatever it does."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        self._process, self._given_up = None, False


async def _conversation(process: Process, line: bytes) -> Answer:
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101
    process.stdin.write(line + b"\n")
    await process.stdin.drain()
    head = await process.stdout.readuntil(b"\n")
    status, length = map(int, head.split())
    return status, await process.stdout.readexactly(length)
