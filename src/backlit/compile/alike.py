"""Kernels as functions; those that differ only in where their values lie are one.

    kernel(arena, rows, at0, at1, ...)

Layers of one shape have such kernels. Where there are many, LLVM's work is less by far;
what it makes is a little slower, since a place is no constant any more.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backlit.compile.body import function
from backlit.compile.ir import I64

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backlit.compile.body import Code
    from backlit.compile.ir import Type

PLACE = re.compile(r"(?<=ptr %arena, i64 )\d+")


class Kernels:
    """The functions of a module's kernels.

    Args:
        parameters: Of every kernel; the arena is one of them.
        alike: Whether kernels that differ only in places become one function.

    Attributes:
        functions: Their texts.
        calls: For each kernel in order the call of its function.
    """

    def __init__(self, parameters: Sequence[tuple[str, Type]], *, alike: bool) -> None:
        self.functions: list[str] = []
        self.calls: list[str] = []
        self._parameters = tuple(parameters)
        self._given = ", ".join(f"{type_} %{name}" for name, type_ in parameters)
        self._alike = alike
        self._names: dict[str, str] = {}  # by body

    def add(self, code: Code) -> None:
        """Add the next kernel."""
        places = self._lift(code) if self._alike else []
        body = "\n".join(code.lines)
        name = f"kernel{len(self.calls)}"
        if not self._alike or self._names.setdefault(body, name) == name:
            own = ((f"at{n}", I64) for n in range(len(places)))
            parameters = (*self._parameters, *own)
            self.functions.append(function(name, parameters, code))
        given = ", ".join([self._given, *(f"i64 {place}" for place in places)])
        self.calls.append(f"call void @{self._names.get(body, name)}({given})")

    def _lift(self, code: Code) -> list[str]:
        """Turn the places in a kernel's code into parameters; returns the places."""
        found: dict[str, str] = {}

        def lifted(place: re.Match[str]) -> str:
            return found.setdefault(place[0], f"%at{len(found)}")

        code.lines = [PLACE.sub(lifted, line) for line in code.lines]
        return [*found]
