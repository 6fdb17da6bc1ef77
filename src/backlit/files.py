"""Reading and writing files: whole or not at all, and with one clear line if not.

Also the folder in which backlit keeps what is the user's own: compiled programs, and
what lets a page of the studio go on after a restart.
"""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from time import time
from typing import TYPE_CHECKING

from backlit.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

_IMPORTED = time()
_CLOCKS = 0.1  # seconds by which the clock of files may be behind


def read_whole(path: str | Path, what: str) -> bytes:
    """Return a file's bytes.

    Args:
        path: The file.
        what: What it should be, for the message: "a network file".

    Raises:
        DataError: There is no such file, or it cannot be read.
    """
    file = Path(path)
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{file}: there is no such file; {what} is needed") from None
    except IsADirectoryError:
        raise DataError(f"{file} is a directory; {what} is needed") from None
    except PermissionError:
        raise DataError(f"{file}: no permission to read it") from None
    except (OSError, ValueError) as error:
        raise DataError(f"{file} cannot be read: {_reason(error)}") from None


def write_whole(path: str | Path, data: bytes, *, secret: bool = False) -> None:
    """Write a file so that at any moment the old or the new one is there, whole.

    Where the name is a link, the file that it leads to is written; a pipe or a device
    is written as it is, having nothing to keep.

    Args:
        path: The file.
        data: What it shall hold.
        secret: Whether nobody but the user may read it.

    Raises:
        DataError: The file cannot be written; one that was there is unharmed.
    """
    file = Path(path)
    try:
        _write(file, data, secret=secret)
    except IsADirectoryError:
        raise DataError(
            f"{file} is a directory; give the name of a file to write"
        ) from None
    except FileNotFoundError:
        raise DataError(f"{file}: the folder {file.parent} does not exist") from None
    except PermissionError:
        raise DataError(f"{file}: no permission to write it") from None
    except (OSError, ValueError) as error:
        raise DataError(f"{file} was not written: {_reason(error)}") from None


@lru_cache(maxsize=1)
def sources() -> str | None:
    """Return a text that changes whenever a source file of backlit does.

    It is of the version, and of names, sizes and times, not of contents, to be quick.

    Returns:
        The text; None if a file was changed after backlit was imported: it is not what
        is running.
    """
    folder = Path(__file__).parent
    found = fingerprint(folder, _IMPORTED)
    return found and f"{found} {(folder / '__init__.py').read_text('utf-8')}"


def fingerprint(folder: Path, before: float) -> str | None:
    """Return a text that tells the Python files of a folder from others.

    Args:
        folder: The folder; those in it count too.
        before: The time, in seconds, from which a change makes it None.
    """
    files = sorted(_python_files(folder))
    if not files or max(changed for _, changed in files) > before - _CLOCKS:
        return None
    return sha256("\n".join(about for about, _ in files).encode()).hexdigest()


def _python_files(folder: str | Path) -> Iterator[tuple[str, float]]:
    """Yield what a file is like, and when it was changed last."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                about = entry.stat()
                text = f"{entry.path} {about.st_size} {about.st_mtime_ns}"
                yield text, max(about.st_mtime, about.st_ctime)
            elif entry.is_dir():
                yield from _python_files(entry.path)


def _reason(error: OSError | ValueError) -> str:
    return getattr(error, "strerror", None) or str(error)


def cache_folder() -> Path | None:
    """Return the folder of what is kept; None if there can be none of the user's own.

    It is backlit in the user's cache folder, or what BACKLIT_CACHE names; with the
    value off, nothing is kept.
    """
    chosen = os.environ.get("BACKLIT_CACHE")
    if chosen == "off":
        return None
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    try:
        folder = Path(chosen) if chosen else Path(home).expanduser() / "backlit"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    return folder if is_own(folder) else None


def is_own(path: Path, *, secret: bool = False) -> bool:
    """Tell whether a path is the user's, no link, and nobody else can write it.

    Args:
        path: A file or folder.
        secret: Whether nobody else may read it either.
    """
    try:
        about = path.lstat()
    except OSError:
        return False
    if stat.S_ISLNK(about.st_mode):
        return False
    if not hasattr(os, "getuid"):
        return True  # Windows: a user's profile is the user's own
    others = 0o077 if secret else stat.S_IWGRP | stat.S_IWOTH
    return about.st_uid == os.getuid() and not about.st_mode & others


def _write(file: Path, data: bytes, *, secret: bool) -> None:
    if file.is_dir():
        raise IsADirectoryError
    if file.exists() and not file.is_file():
        file.write_bytes(data)
    elif file.exists() and not os.access(file, os.W_OK):
        raise PermissionError  # renaming over it would not ask
    else:
        _replace(Path(os.path.realpath(file)), data, secret=secret)


def _replace(file: Path, data: bytes, *, secret: bool) -> None:
    """Write beside the file, bring it to the disk, and rename it over the old one."""
    handle, name = tempfile.mkstemp(prefix=f".{file.name[:32]}.", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as temporary:
            temporary.write(data)
            temporary.flush()
            os.fsync(temporary.fileno())
        if not secret:  # the temporary file is the user's alone
            Path(name).chmod(file.stat().st_mode & 0o777 if file.exists() else _mode())
        Path(name).replace(file)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _mode() -> int:
    """Return the permissions that an ordinary new file would get."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
