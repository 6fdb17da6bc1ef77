"""LLVM IR's types and values, and values with operators.

    with values x, y:   x * y + 1.0      writes two instructions

A `Value` is a name and a type in the function that a `Code` (`body`) is writing.
Numbers next to a value become constants of its type, the same in every lane.
Multiplications and additions may be contracted to fused ones (flag `contract`);
nothing else about floats is relaxed.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from backlit.compile.body import Code


class Type(NamedTuple):
    """A scalar type of LLVM, or a vector of so many lanes of it."""

    scalar: str
    lanes: int = 1

    def __str__(self) -> str:
        return f"<{self.lanes} x {self.scalar}>" if self.lanes > 1 else self.scalar

    def of(self, scalar: str) -> Type:
        """Return the type with the same lanes of another scalar."""
        return Type(scalar, self.lanes)

    @property
    def is_float(self) -> bool:
        """Whether it is made of floats."""
        return self.scalar in {"float", "double"}

    @property
    def size(self) -> int:
        """The size of one lane in bytes."""
        return {"float": 4, "double": 8, "i64": 8, "i32": 4, "i8": 1, "ptr": 8}[
            self.scalar
        ]

    @property
    def short(self) -> str:
        """The name as intrinsics have it: v8f32."""
        base = {"float": "f32", "double": "f64"}.get(self.scalar, self.scalar)
        return f"v{self.lanes}{base}" if self.lanes > 1 else base


F32, F64, I64, I32, I1, PTR = map(Type, ("float", "double", "i64", "i32", "i1", "ptr"))


@dataclass(frozen=True, slots=True)
class Value:
    """A value in a function: what it is called there, and its type."""

    name: str
    type: Type
    code: Code

    def __add__(self, other: Value | float) -> Value:
        return self.code.arithmetic("add", self, other)

    def __radd__(self, other: float) -> Value:
        return self.code.arithmetic("add", self.code.number(other, self.type), self)

    def __sub__(self, other: Value | float) -> Value:
        return self.code.arithmetic("sub", self, other)

    def __rsub__(self, other: float) -> Value:
        return self.code.arithmetic("sub", self.code.number(other, self.type), self)

    def __mul__(self, other: Value | float) -> Value:
        return self.code.arithmetic("mul", self, other)

    def __rmul__(self, other: float) -> Value:
        return self.code.arithmetic("mul", self.code.number(other, self.type), self)

    def __truediv__(self, other: Value | float) -> Value:
        return self.code.arithmetic("div", self, other)

    def __rtruediv__(self, other: float) -> Value:
        return self.code.arithmetic("div", self.code.number(other, self.type), self)

    def __neg__(self) -> Value:
        return self.code.emit(self.type, f"fneg {self.type} {self.name}")

    def __lt__(self, other: Value | float) -> Value:
        return self.code.compare("lt", self, other)

    def __le__(self, other: Value | float) -> Value:
        return self.code.compare("le", self, other)

    def __gt__(self, other: Value | float) -> Value:
        return self.code.compare("gt", self, other)

    def __ge__(self, other: Value | float) -> Value:
        return self.code.compare("ge", self, other)

    def __and__(self, other: Value | int) -> Value:
        return self.code.bitwise("and", self, other)

    def __or__(self, other: Value | int) -> Value:
        return self.code.bitwise("or", self, other)

    def __xor__(self, other: Value | int) -> Value:
        return self.code.bitwise("xor", self, other)

    def __lshift__(self, other: Value | int) -> Value:
        return self.code.bitwise("shl", self, other)

    def __rshift__(self, other: Value | int) -> Value:
        """Shift right; what comes in from the left is 0."""
        return self.code.bitwise("lshr", self, other)


def plus(i: Value | int, n: int) -> Value | int:
    """Return an index, so much further."""
    return i + n if n else i


def literal(value: float, scalar: str) -> str:
    """Write a number as LLVM reads it back to the bit."""
    if scalar not in {"float", "double"}:
        return str(int(value))
    if scalar == "float":
        value = struct.unpack("<f", struct.pack("<f", _narrow(value)))[0]
    return f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016X}"


def _narrow(value: float) -> float:
    """Return what float32 holds of a number; beyond its range infinity."""
    largest = 3.4028235677973366e38
    if abs(value) < largest or value != value:  # noqa: PLR0124 - NaN
        return value
    return float("inf") if value > 0 else float("-inf")
