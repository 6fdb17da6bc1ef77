"""Object code kept on disk, so that the same program is compiled once.

An entry is named by a hash of everything that its code depends on: the text of the
program, the processor, the versions of LLVM and backlit. It lies in a folder of the
user's own, begins with a hash of the rest, and is only used if the folder and the file
belong to the user, nobody else can write them, and the hash is right.
"""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from typing import TYPE_CHECKING

from backlit.compile.target import RECIPE, assembled
from backlit.errors import DataError
from backlit.files import cache_folder, is_own, write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from backlit.compile.target import Target

LARGEST = 256 * 2**20  # bytes of all entries together
MAGIC = b"backlit object 1\n"


def object_code(text: str, target: Target) -> bytes:
    """Return the object code of a module, from the cache if it is there."""
    folder = cache_folder()
    if folder is None:
        return assembled(text, target)
    file = folder / _name(text, target)
    code = _read(file)
    if code is None:
        code = assembled(text, target)
        _write(file, code)
    return code


def _name(text: str, target: Target) -> str:
    versions = (version("backlit"), RECIPE, version("llvmlite"))
    about = (*versions, *map(str, vars(target).values()))
    return sha256("\0".join([*about, text]).encode()).hexdigest()


def _read(file: Path) -> bytes | None:
    """Return an entry's code; None if there is none, or none to be trusted."""
    if not is_own(file):
        return None
    try:
        data = file.read_bytes()
    except OSError:
        return None
    start = len(MAGIC) + 32
    code = data[start:]
    if data[:start] != MAGIC + sha256(code).digest():
        return None
    with suppress(OSError):
        os.utime(file)  # the entries used last are kept longest
    return code


def _write(file: Path, code: bytes) -> None:
    """Store an entry; a cache that cannot be written is none, not a fault."""
    with suppress(DataError):
        write_whole(file, MAGIC + sha256(code).digest() + code, secret=True)
        _trim(file.parent)


def _trim(folder: Path) -> None:
    """Remove the entries that have not been used for longest, if there are too many."""
    with suppress(OSError):
        entries = [(f.stat().st_mtime, f.stat().st_size, f) for f in folder.iterdir()]
        excess = sum(size for _, size, _ in entries) - LARGEST
        for _, size, file in sorted(entries):
            if excess <= 0:
                break
            file.unlink()
            excess -= size
