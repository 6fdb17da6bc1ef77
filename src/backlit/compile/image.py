"""Object code made ready to be put anywhere in memory, without a linker.

    code | up to a whole page | constants | addresses of the system's functions

On Linux, on x86-64, LLVM writes code that finds its constants by their distance. Where
all relocations are such distances within the file, they can be filled in once, and
what comes out is stored; loading it is copying, and filling in the addresses of a few
functions of the system. Anything else is left to LLVM.

Source: System V ABI, AMD64 supplement, section 4.4; gABI, chapter 4.
"""

from __future__ import annotations

import struct
from struct import Struct as Format
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = 4096
MAGIC = b"\x7fELF\x02\x01\x01"  # 64 bits, little-endian
RELOCATABLE, X86_64 = 1, 62
WRITABLE, IN_MEMORY, EXECUTABLE = 1, 2, 4  # flags of sections
CODE_OR_DATA, SYMBOLS, RELOCATIONS = 1, 2, 4  # kinds of sections
TABLE = "_GLOBAL_OFFSET_TABLE_"  # what is counted from: here the image's start
SYSTEM = ("sem_post", "sem_trywait", "sem_wait")  # what code may call: threads wait so

_SECTION = Format("<IIQQQQIIQQ")
_SYMBOL = Format("<IBBHQQ")
_RELOCATION = Format("<QQq")

BY_ADDRESS = 27  # the distance is that to a place where the address is
# kind of relocation -> bytes, whether to count from the table, not from the place
DISTANCES = {
    2: (4, False),
    4: (4, False),
    24: (8, False),
    25: (8, True),
    BY_ADDRESS: (8, True),
    29: (8, False),
}


class Image(NamedTuple):
    """Code and constants in one piece.

    Attributes:
        data: The bytes.
        code: How many of them are code, whole pages; what follows is constants.
        entries: Where each public function begins.
        outside: Where the address of each function of the system is to be filled in.
    """

    data: bytes
    code: int
    entries: dict[str, int]
    outside: dict[str, int]


class _Section(NamedTuple):
    name: int
    kind: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    align: int
    entry: int


class _Symbol(NamedTuple):
    name: str
    section: int
    value: int


class _ForLinkerError(Exception):
    """The object code needs more than distances within it."""


def image(data: bytes) -> Image | None:
    """Return object code as an image; None if that is not possible."""
    try:
        return _image(data)
    except (_ForLinkerError, struct.error, LookupError, ValueError, OverflowError):
        return None


def _image(data: bytes) -> Image:
    if data[:7] != MAGIC or data[16:20] != bytes((RELOCATABLE, 0, X86_64, 0)):
        raise _ForLinkerError
    sections = list(_sections(data))
    starts, code = _placed(sections, len(data))
    content = _content(data, sections, starts, code)
    symbols = _symbols(data, sections)
    addresses = [_address(symbol, starts) for symbol in symbols]
    outside: dict[str, int] = {}
    for place, index, kind, addend in _relocations(data, sections, starts):
        size, from_table = DISTANCES[kind]
        target = addresses[index]
        if kind == BY_ADDRESS:
            target = _filled_in(symbols[index].name, content, outside)
        if target is None:
            raise _ForLinkerError
        value = target + addend - (0 if from_table else place)
        content[place : place + size] = value.to_bytes(size, "little", signed=True)
    pairs = zip(symbols, addresses, strict=True)
    entries = {s.name: a for s, a in pairs if s.name and a is not None and s.section}
    return Image(bytes(content), code, entries, outside)


def _sections(data: bytes) -> Iterator[_Section]:
    first = int.from_bytes(data[40:48], "little")
    count = int.from_bytes(data[60:62], "little")
    for n in range(count):
        yield _Section(*_SECTION.unpack_from(data, first + n * _SECTION.size))


def _placed(sections: list[_Section], length: int) -> tuple[dict[int, int], int]:
    """Return where sections go, by number, and where the code ends."""
    starts: dict[int, int] = {}
    end = code = 0
    for executable in (True, False):
        for n, s in enumerate(sections):
            if s.flags & IN_MEMORY and bool(s.flags & EXECUTABLE) is executable:
                if s.kind != CODE_OR_DATA or s.flags & WRITABLE:
                    raise _ForLinkerError
                if s.align > PAGE or s.size > length:
                    raise _ForLinkerError
                end = -(-end // max(s.align, 1)) * max(s.align, 1)
                starts[n], end = end, end + s.size
        if executable:
            code = end = -(-end // PAGE) * PAGE
    return starts, code


def _content(
    data: bytes, sections: list[_Section], starts: dict[int, int], code: int
) -> bytearray:
    content = bytearray(code)
    for n, start in starts.items():
        s = sections[n]
        content.extend(bytes(max(0, start + s.size - len(content))))
        content[start : start + s.size] = data[s.offset : s.offset + s.size]
    return content


def _symbols(data: bytes, sections: list[_Section]) -> list[_Symbol]:
    (table,) = (s for s in sections if s.kind == SYMBOLS)
    names = sections[table.link].offset
    found = []
    for at in range(table.offset, table.offset + table.size, _SYMBOL.size):
        name, _, _, section, value, _ = _SYMBOL.unpack_from(data, at)
        end = data.index(b"\0", names + name)
        found.append(_Symbol(data[names + name : end].decode(), section, value))
    return found


def _address(symbol: _Symbol, starts: dict[int, int]) -> int | None:
    if symbol.name == TABLE and symbol.section == 0:
        return 0
    return starts[symbol.section] + symbol.value if symbol.section in starts else None


def _filled_in(name: str, content: bytearray, outside: dict[str, int]) -> int | None:
    """Return where the address of a function will be, at the end of the constants."""
    if name in SYSTEM and name not in outside:
        content.extend(bytes(-len(content) % 8))
        outside[name] = len(content)
        content.extend(bytes(8))
    return outside.get(name)


def _relocations(
    data: bytes, sections: list[_Section], starts: dict[int, int]
) -> Iterator[tuple[int, int, int, int]]:
    """Yield of each relocation its place, symbol, kind and what is to be added."""
    for s in sections:
        if s.kind == RELOCATIONS and s.info in starts:
            for at in range(s.offset, s.offset + s.size, _RELOCATION.size):
                place, info, addend = _RELOCATION.unpack_from(data, at)
                yield starts[s.info] + place, info >> 32, info & 0xFFFFFFFF, addend
