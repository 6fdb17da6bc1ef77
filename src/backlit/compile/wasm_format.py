"""WebAssembly's binary form: from LLVM's object file to a module.

An object file is a module that a linker has to finish. A program that calls nothing
from outside and has no data of its own needs little of that: its memory gets a name,
its functions are exported, and what memory holds at first is added.
"""

from __future__ import annotations

from itertools import starmap
from typing import TYPE_CHECKING

from backlit.errors import GraphError

if TYPE_CHECKING:
    from collections.abc import Iterator

Data = dict[int, bytes]
_FUNCTION, _GLOBAL = 0, 2  # kinds of symbols in an object file
_UNDEFINED, _NAMED = 0x10, 0x40  # their flags


def linked(data: bytes, initial: Data, *exports: tuple[str, str]) -> bytes:
    """Return a module made of an object file.

    Args:
        data: The object file, as LLVM writes it.
        initial: What memory holds at first, by its offset.
        exports: The public name and the own name of each function to export.

    Raises:
        GraphError: The object file calls what a browser does not have.
    """
    sections = dict(_sections(data))
    if sections[2].count(_text("env")) != 1 or MEMORY not in sections[2]:
        raise GraphError("the program calls functions that a browser does not have")
    names = _symbols(sections[0])
    entries = [
        _text(public) + b"\x00" + _unsigned(names[own]) for public, own in exports
    ]
    made = {
        **sections,
        2: sections[2].replace(MEMORY, _text("memory")),
        7: _unsigned(len(entries)) + b"".join(entries),
    }
    if initial:
        segments = b"".join(starmap(_segment, initial.items()))
        made[11] = _unsigned(len(initial)) + segments
    ordered = sorted((n for n in made if n != 0), key=_ORDER.index)
    body = (bytes([n]) + _unsigned(len(made[n])) + made[n] for n in ordered)
    return b"\0asm\x01\0\0\0" + b"".join(body)


MEMORY = b"\x0f__linear_memory"  # what LLVM calls it
_ORDER = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11]  # of the sections in a module


def _sections(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the sections of an object file; of the custom ones the symbol table."""
    at = 8
    while at < len(data):
        kind = data[at]
        size, at = _number(data, at + 1)
        body = data[at : at + size]
        at += size
        length, start = _number(body, 0) if kind == 0 else (0, 0)
        if kind != 0 or body[start : start + length] == b"linking":
            yield kind, body[start + length :] if kind == 0 else body


def _symbols(linking: bytes) -> dict[str, int]:
    """Return the index of each defined function, from the symbol table."""
    found: dict[str, int] = {}
    _, at = _number(linking, 0)  # the version of the table
    while at < len(linking):
        kind = linking[at]
        size, start = _number(linking, at + 1)
        if kind == 8:  # the symbols
            found |= _functions(linking[start : start + size])
        at = start + size
    return found


def _functions(table: bytes) -> dict[str, int]:
    """Read the symbols; all that are not functions are of the memory's kind."""
    found: dict[str, int] = {}
    count, at = _number(table, 0)
    for _ in range(count):
        kind = table[at]
        flags, at = _number(table, at + 1)
        if kind not in {_FUNCTION, _GLOBAL}:
            raise GraphError("the program has data of its own; a browser's may not")
        index, at = _number(table, at)
        if flags & _UNDEFINED and not flags & _NAMED:
            continue
        length, at = _number(table, at)
        if kind == _FUNCTION:
            found[table[at : at + length].decode()] = index
        at += length
    return found


def _number(data: bytes, at: int) -> tuple[int, int]:
    """Read an unsigned number (LEB128); returns it and where it ends."""
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 128:
            return value, at


def _unsigned(value: int) -> bytes:
    """Write an unsigned number (LEB128)."""
    found = bytearray()
    while True:
        more = value > 127
        found.append(value & 127 | 128 * more)
        value >>= 7
        if not more:
            return bytes(found)


def _segment(offset: int, data: bytes) -> bytes:
    """Write what memory holds at first from an offset on."""
    place = b"\x41" + _signed(offset) + b"\x0b"  # i32.const, end
    return b"\x00" + place + _unsigned(len(data)) + data


def _signed(value: int) -> bytes:
    """Write a positive number where a signed one is read: its sign bit stays clear."""
    written = _unsigned(value)
    if written[-1] & 64:
        written = written[:-1] + bytes([written[-1] | 128, 0])
    return written


def _text(name: str) -> bytes:
    return _unsigned(len(name)) + name.encode()
