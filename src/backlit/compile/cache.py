"""Programs kept on disk, so that the same one is compiled once.

An entry is named by a hash of everything that it depends on: the text of the program
or what was asked for, the processor, the versions of LLVM and of backlit. It lies in a
folder of the user's own, begins with a hash of its name and the rest, and is only used
if the folder and the file belong to the user, nobody else can write them, and the hash
is right.
"""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING

from backlit.compile.target import RECIPE, assembled, compiler
from backlit.errors import DataError
from backlit.files import cache_folder, is_own, write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from backlit.compile.target import Target

LARGEST = 256 * 2**20  # bytes of all entries together
MAGIC = b"backlit program 2\n"


def object_code(text: str, target: Target) -> bytes:
    """Return the object code of a module, from the cache if it is there."""
    if cache_folder() is None:
        return assembled(text, target)
    name = named(text, *map(str, vars(target).values()), RECIPE, compiler())
    code = entry(name)
    if code is None:
        code = assembled(text, target)
        store(name, code)
    return code


def named(*about: str) -> str:
    """Return the name of the entry that depends on this."""
    return sha256("\0".join(about).encode()).hexdigest()


def entry(name: str) -> bytes | None:
    """Return an entry; None if there is none, or none to be trusted."""
    folder = cache_folder()
    return None if folder is None else _read(folder / name)


def store(name: str, data: bytes) -> None:
    """Store an entry; a cache that cannot be written is none, not a fault."""
    folder = cache_folder()
    if folder is not None:
        _write(folder / name, data)


def _read(file: Path) -> bytes | None:
    if not is_own(file):
        return None
    try:
        data = file.read_bytes()
    except OSError:
        return None
    start = len(MAGIC) + 32
    content = data[start:]
    if data[:start] != _head(file, content):
        return None
    with suppress(OSError):
        os.utime(file)  # the entries used last are kept longest
    return content


def _write(file: Path, content: bytes) -> None:
    with suppress(DataError):
        write_whole(file, _head(file, content) + content, secret=True)
        _trim(file.parent)


def _head(file: Path, content: bytes) -> bytes:
    """Return what an entry begins with: its name counts, lest it stand for another."""
    return MAGIC + sha256(file.name.encode() + content).digest()


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
