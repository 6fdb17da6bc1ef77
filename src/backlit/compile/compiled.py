"""A compiled program as data: code, and where its values lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from backlit.compile.cache import object_code
from backlit.compile.places import constants, places
from backlit.compile.target import host

if TYPE_CHECKING:
    from collections.abc import Collection

    from backlit.compile.module import Module


class Compiled(Struct, frozen=True, eq=False):
    """A program as data.

    Attributes:
        code: The object code.
        size: Bytes of the arena.
        bound: Bytes that any arena would need at least.
        layout: Where each quantity lies, as `places` tells it.
        constants: The bytes of constants, by the byte they begin at.
    """

    code: bytes
    size: int
    bound: int
    layout: dict[str, dict[str, Any]]
    constants: dict[int, bytes]


def finished(module: Module, text: str, needs: Collection[str]) -> Compiled:
    """Return the program of a module and the function around it.

    Args:
        module: The module.
        text: The function.
        needs: The declarations of what it calls.
    """
    declared = "\n".join(sorted(set(needs) - set(module.text.splitlines())))
    memory = module.memory
    return Compiled(
        object_code(f"{declared}\n{module.text}\n{text}", host()),
        memory.size,
        memory.bound,
        places(module),
        constants(module),
    )
