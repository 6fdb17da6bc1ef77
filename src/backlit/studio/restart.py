"""What lets an open page go on when the studio is started again: its port and secret.

They lie in one file in the user's cache folder that nobody else may read, and are
taken up if the port is still free. The price is that a cookie outlives the server: a
program of another user of this computer that takes the port in between may be sent it
by a page left open. So a secret is never used again once its port was found taken,
lasts a day, and BACKLIT_CACHE=off keeps none. Tokens of links are never kept.
"""

from __future__ import annotations

from contextlib import suppress
from time import time
from typing import TYPE_CHECKING, Annotated

import msgspec

from backlit.errors import DataError, OptionError
from backlit.files import cache_folder, is_own, write_whole
from backlit.studio.gate import Gate
from backlit.studio.server import listening

if TYPE_CHECKING:
    import socket
    from pathlib import Path

NAME = "studio.json"
LASTS_S = 24 * 3600


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the last studio used.

    Attributes:
        port: Its port.
        secret: Its cookie's value.
        made: When the secret was made, in seconds.
    """

    port: Annotated[int, msgspec.Meta(ge=1, lt=2**16)]
    secret: Annotated[str, msgspec.Meta(pattern=r"^[\w-]{43}$")]
    made: float


def opened(port: int | None = None) -> tuple[Gate, socket.socket]:
    """Return a gate and a listening socket: those of the last studio if they are free.

    Args:
        port: The port that is asked for; else that of the last studio, or any.

    Raises:
        OptionError: The port that is asked for is not free.
    """
    before = read()
    if before and port in {None, before.port}:
        try:
            listener = listening(before.port)
        except OptionError:
            _forget()
            if port is not None:
                raise
        else:
            return Gate(before.port, before.secret), listener
    listener = listening(port or 0)
    gate = Gate(listener.getsockname()[1])
    _keep(gate)
    return gate, listener


def _keep(gate: Gate) -> None:
    """Keep a gate's port and secret; a folder that cannot be written is no fault."""
    folder = cache_folder()
    if folder is not None:
        kept = msgspec.json.encode(Kept(gate.port, gate.secret, time()))
        with suppress(DataError):
            write_whole(folder / NAME, kept, secret=True)


def _forget() -> None:
    folder = cache_folder()
    if folder is not None:
        with suppress(OSError):
            (folder / NAME).unlink()


def read() -> Kept | None:
    """Return what the last studio used; None if there is nothing to be trusted."""
    folder = cache_folder()
    kept = _read(folder / NAME) if folder else None
    return kept if kept and 0 <= time() - kept.made < LASTS_S else None


def _read(file: Path) -> Kept | None:
    if not is_own(file, secret=True):
        return None
    try:
        return msgspec.json.decode(file.read_bytes(), type=Kept)
    except (OSError, msgspec.DecodeError):
        return None
