"""Work beside the server, which goes on answering, and which ends without it."""

from __future__ import annotations

from concurrent.futures import Future
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")


def beside(work: Callable[[], Result]) -> Future[Result]:
    """Return what work will give, or raise.

    It is done in a thread that ends with the process, as those of executors do not:
    Ctrl-C ends the studio at once.
    """
    future: Future[Result] = Future()

    def do() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised by who asks for it
            future.set_exception(error)

    Thread(target=do, daemon=True).start()
    return future
