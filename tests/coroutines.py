"""Coroutines run to their end by tests, also where a browser keeps a loop running."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Coroutine


def finished(work: Coroutine[Any, Any, Any]) -> Any:
    """Return what a coroutine returns, run in a thread with a loop of its own."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
