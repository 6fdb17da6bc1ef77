"""The process that compiles for the server; see `compiler`.

Each line of stdin is a spec; the answer on stdout is a line with status and length,
and so many bytes. It ends when stdin does, so it never outlives the server.
"""

from __future__ import annotations

import os
import signal
import sys
import warnings
from typing import IO

import msgspec

from backlit.errors import BacklitError
from backlit.studio.bundle import bundle
from backlit.studio.spec import read


def main() -> None:
    """Answer every line of stdin."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server
    warnings.simplefilter("ignore")
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)  # whatever a library prints is no answer
        serve(sys.stdin.buffer, out)


def serve(lines: IO[bytes], out: IO[bytes]) -> None:
    """Answer lines, one after another."""
    for line in lines:
        status, body = answer(line)
        out.write(b"%d %d\n" % (status, len(body)) + body)
        out.flush()


def answer(spec: bytes) -> tuple[int, bytes]:
    """Return a status, and the bundle of a spec as JSON, or what is wrong in a line."""
    try:
        return 200, msgspec.json.encode(bundle(read(spec)))
    except BacklitError as error:
        return 422, _line(str(error))
    except MemoryError:
        return 422, _line("there is not enough memory for this network")
    except Exception as error:  # noqa: BLE001 - the next network may be sound
        return 500, _line(f"{type(error).__name__}: {error} (an error in backlit)")


def _line(text: str) -> bytes:
    return " ".join(text.split()).encode()


if __name__ == "__main__":
    main()
