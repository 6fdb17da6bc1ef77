"""Compiled code in this process, with its public functions.

An image is copied into memory that is made executable and can then no longer be
written; other object code is linked by LLVM.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import sys
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

READ, WRITE, EXECUTE = 1, 2, 4


class Machine(Struct, frozen=True):
    """Machine code, ready to be loaded.

    Attributes:
        data: An image; or object code, if there are no entries.
        code: The image's bytes that are code.
        entries: Where each public function begins in the image.
        outside: Where in it the addresses of the system's functions belong.
        names: The public functions of object code.
    """

    data: bytes
    code: int
    entries: dict[str, int]
    outside: dict[str, int]
    names: tuple[str, ...]


@dataclass(eq=False)
class Library:
    """Code in memory.

    Attributes:
        addresses: Those of the public functions.
        memory: Keeps the code alive.
    """

    addresses: Mapping[str, int]
    memory: Any

    def function(self, name: str, *arguments: Any, result: Any = None) -> Any:
        """Return a public function by name."""
        found = ctypes.CFUNCTYPE(result, *arguments)(self.addresses[name])
        # The code lives as long as what calls it.
        found.library = self  # type: ignore[attr-defined]
        return found


@lru_cache(maxsize=1)
def takes_images() -> bool:
    """Tell whether images can be loaded here."""
    if sys.platform != "linux" or os.uname().machine != "x86_64":
        return False
    try:
        _mapped(b"\xc3", 1, {})
    except OSError:  # memory may not become executable; LLVM may know another way
        return False
    return True


def machine_code(data: bytes, *names: str) -> Machine:
    """Return object code, with its public functions, ready to be loaded."""
    from backlit.compile.image import image  # noqa: PLC0415 - for new code only

    found = image(data) if takes_images() else None
    if found is None:
        return Machine(data, 0, {}, {}, names)
    entries = {name: found.entries[name] for name in names}
    return Machine(found.data, found.code, entries, found.outside, names)


def load(machine: Machine) -> Library:
    """Load code into this process."""
    if not machine.entries:
        return _linked(machine)
    memory, address = _mapped(machine.data, machine.code, machine.outside)
    places = {name: address + at for name, at in machine.entries.items()}
    return Library(places, memory)


def link(data: bytes, *names: str) -> Library:
    """Link object code into this process."""
    return load(machine_code(data, *names))


def _mapped(data: bytes, code: int, outside: Mapping[str, int]) -> tuple[Any, int]:
    """Copy an image into pages of its own, and close them to writing."""
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    memory = mmap.mmap(-1, len(data), flags=flags, prot=READ | WRITE)
    memory[: len(data)] = data
    for name, at in outside.items():
        function = ctypes.cast(getattr(ctypes.CDLL(None), name), ctypes.c_void_p)
        memory[at : at + 8] = (function.value or 0).to_bytes(8, "little")
    whole = (ctypes.c_char * len(data)).from_buffer(memory)  # keeps the memory
    address = ctypes.addressof(whole)
    _protect(address, code, READ | EXECUTE)
    if len(data) > code:
        _protect(address + code, len(data) - code, READ)
    return whole, address


def _protect(address: int, size: int, what: int) -> None:
    protect = ctypes.CDLL(None, use_errno=True).mprotect
    if protect(ctypes.c_void_p(address), ctypes.c_size_t(size), what):
        raise OSError(ctypes.get_errno(), "memory cannot be made executable")


@lru_cache(maxsize=1)
def _linker() -> Any:
    import llvmlite.binding as llvm  # noqa: PLC0415 - slow to import

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.create_lljit_compiler()


_numbers = count(1)  # LLVM wants a new name for each library


def _linked(machine: Machine) -> Library:
    """Let LLVM link object code, which may call the system's functions."""
    import llvmlite.binding as llvm  # noqa: PLC0415 - slow to import

    builder = llvm.JITLibraryBuilder().add_object_img(machine.data)
    builder = builder.add_current_process()
    for name in machine.names:
        builder = builder.export_symbol(name)
    tracker = builder.link(_linker(), f"backlit{next(_numbers)}")
    return Library({name: tracker[name] for name in machine.names}, tracker)
