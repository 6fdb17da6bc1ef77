"""A compiled program as data: code, and where its values lie.

A program is stored under what was asked for, the sources of backlit, LLVM and the
processor, so that it is found again without making its graph or its text. What is not
backlit's own (an optimizer of yours) may be another tomorrow under the same name: such
a program is made each time, and only its code is found by its text.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import DecodeError, Struct, msgpack

from backlit.compile.cache import entry, named, object_code, store
from backlit.compile.library import Machine, machine_code, takes_images
from backlit.compile.target import RECIPE, compiler, host, processor
from backlit.files import sources
from backlit.graph import OPS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from backlit.compile.module import Module

_PLAIN = (str, int, float, bool, type(None))


class Compiled(Struct, frozen=True, eq=False):
    """A program as data.

    Attributes:
        machine: Its code.
        size: Bytes of the arena.
        bound: Bytes that any arena would need at least.
        layout: Where each quantity lies, as `places` tells it.
        constants: The bytes of constants, by the byte they begin at.
        threads: Threads that can share a step.
        crew: Where in the arena the block begins through which they do so.
    """

    machine: Machine
    size: int
    bound: int
    layout: dict[str, dict[str, Any]]
    constants: dict[int, bytes]
    threads: int
    crew: int


def requested(make: Callable[[], Compiled], *request: Any) -> Compiled:
    """Return the program of a request, from the cache if it is there.

    Args:
        make: Makes the program; what it makes must depend on the request alone.
        request: Names, numbers, and descriptions of backlit's own.
    """
    about = _described(request)
    code = sources()
    if about is None or code is None or not _own_operations():
        return make()
    # images are stored where they can be loaded, and LLVM names the processor elsewhere
    cpu = processor() if takes_images() else None
    of = cpu or repr(host())
    name = named(about, code, of, compiler(), RECIPE, np.__version__)
    stored = entry(name)
    if stored is not None:
        with suppress(DecodeError):
            return msgpack.decode(stored, type=Compiled)
    program = make()
    store(name, msgpack.encode(program))
    return program


def finished(
    module: Module, text: str, needs: Collection[str], *functions: str
) -> Compiled:
    """Return the program of a module and the functions around it.

    Args:
        module: The module.
        text: The text of these functions.
        needs: The declarations of what they call.
        functions: The names of the public ones.
    """
    from backlit.compile.places import constants, places  # noqa: PLC0415 - only here

    declared = "\n".join(sorted(set(needs) - set(module.text.splitlines())))
    code = object_code(f"{declared}\n{module.text}\n{text}", host())
    return Compiled(
        machine_code(code, *functions),
        module.memory.size,
        module.memory.bound,
        places(module),
        constants(module),
        module.threads,
        module.crew,
    )


def _described(value: Any) -> str | None:
    """Return all that a description says; None if something is not backlit's own."""
    if type(value) in _PLAIN:
        return repr(value)
    if isinstance(value, tuple):
        parts = [_described(x) for x in value]
        name = "tuple"
    elif is_dataclass(value) and type(value).__module__.startswith("backlit."):
        parts = [_described(getattr(value, f.name)) for f in fields(value)]
        name = f"{type(value).__module__}.{type(value).__qualname__}"
    else:
        return None
    known = [part for part in parts if part is not None]
    return f"{name}({', '.join(known)})" if len(known) == len(parts) else None


def _own_operations() -> bool:
    """Tell whether every operation that a name may stand for is backlit's own."""
    return all(op.function.__module__.startswith("backlit.") for op in OPS.values())
