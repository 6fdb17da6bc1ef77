"""Index expressions: what one element of an operation's output is, in scalars.

    matmul:   y[i,j] = sum_k a[i,k] * b[k,j]

The expression is data: explanations instantiate it at one position and write it out,
the compiler turns it into loops, tests evaluate it. In an `element` rule the index is
a tuple of `Index`, and inputs are `Elements`, which are read by indexing.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from backlit.graph.node import Node, Shape

INTEGERS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "%": operator.mod,
}


@dataclass(frozen=True)
class Index:
    """An integer expression: an axis by name, or an operator on two of its kind."""

    operator: str
    arguments: tuple[Any, ...]

    def __add__(self, other: Index | int) -> Index | int:
        return _combine("+", self, other)

    def __radd__(self, other: int) -> Index | int:
        return _combine("+", other, self)

    def __sub__(self, other: Index | int) -> Index | int:
        return _combine("-", self, other)

    def __mul__(self, other: int) -> Index | int:
        return _combine("*", self, other)

    def __floordiv__(self, other: int) -> Index | int:
        return _combine("//", self, other)

    def __mod__(self, other: int) -> Index | int:
        return _combine("%", self, other)

    def __str__(self) -> str:
        if self.operator == "axis":
            return str(self.arguments[0])
        left, right = self.arguments
        return f"({left}{self.operator}{right})"


def axis(name: str) -> Index:
    """Return the index that runs along one axis."""
    return Index("axis", (name,))


def _combine(operator: str, a: Index | int, b: Index | int) -> Index | int:
    neutral = {"+": 0, "-": 0, "*": 1, "//": 1}
    if neutral.get(operator) == b:
        return a
    if operator == "+" and a == 0:
        return b
    return Index(operator, (a, b))


class Scalar:
    """A scalar expression. Arithmetic builds `Apply`."""

    def __add__(self, other: Scalar) -> Scalar:
        return Apply("add", (self, other))

    def __sub__(self, other: Scalar) -> Scalar:
        return Apply("sub", (self, other))

    def __mul__(self, other: Scalar) -> Scalar:
        return Apply("mul", (self, other))


@dataclass(frozen=True)
class Number(Scalar):
    """A number."""

    value: float

    def __str__(self) -> str:
        return f"{self.value:g}"


@dataclass(frozen=True)
class Element(Scalar):
    """One element of an input; an index may itself be read from an integer input."""

    input: int
    index: tuple[Index | Element | int, ...]

    def __str__(self) -> str:
        return f"x{self.input}[{','.join(map(str, self.index))}]"


@dataclass(frozen=True)
class Apply(Scalar):
    """An elementwise operation, by name, on scalars, with its attributes."""

    op: str
    arguments: tuple[Scalar, ...]
    attributes: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        named = (f"{name}={value}" for name, value in self.attributes)
        return f"{self.op}({', '.join([*map(str, self.arguments), *named])})"


@dataclass(frozen=True)
class Reduce(Scalar):
    """A sum or maximum of the body over axes, each from 0 to its length."""

    op: Literal["add", "maximum"]
    axes: tuple[tuple[Index, int], ...]
    body: Scalar

    def __str__(self) -> str:
        word = {"add": "sum", "maximum": "max"}[self.op]
        return f"{word}_{','.join(str(a) for a, _ in self.axes)} {self.body}"


@dataclass(frozen=True)
class Choose(Scalar):
    """`then` if the index condition holds, else `otherwise`; only one is evaluated."""

    left: Index | Element | int
    comparison: Literal["<", ">=", "=="]
    right: Index | int
    then: Scalar
    otherwise: Scalar

    def __str__(self) -> str:
        condition = f"{self.left}{self.comparison}{self.right}"
        return f"({self.then} if {condition} else {self.otherwise})"


@dataclass(frozen=True)
class Elements:
    """An input of an element rule: `a[i, k]` reads one element."""

    position: int
    shape: Shape

    def __getitem__(self, index: Any) -> Element:
        parts = index if isinstance(index, tuple) else (index,)
        return Element(self.position, parts)


def broadcast(x: Elements, index: tuple[Any, ...]) -> Element:
    """Read the element of x that broadcasting brings to the index."""
    own = index[len(index) - len(x.shape) :]
    return x[tuple(0 if n == 1 else i for n, i in zip(x.shape, own, strict=True))]


def index_expression(node: Node) -> tuple[tuple[Index, ...], Scalar]:
    """Return the axes of a node's output and the expression of its element there.

    >>> import backlit as bl
    >>> from backlit.graph import input_node
    >>> a, b = input_node("a", (2, 3)), input_node("b", (3, 4))
    >>> print(index_expression(bl.matmul(a, b))[1])
    sum_k mul(x0[i,k], x1[k,j])
    """
    index = tuple(axis(name) for name in _names(node.ndim))
    inputs = [Elements(n, x.shape) for n, x in enumerate(node.inputs)]
    if node.op.element:
        return index, node.op.element(index, *inputs, **node.attributes)
    reads = tuple(broadcast(x, index) for x in inputs)
    return index, Apply(node.op.name, reads, tuple(node.attributes.items()))


def _names(count: int) -> list[str]:
    return list("ijlmnop"[:count]) if count <= 7 else [f"i{n}" for n in range(count)]


def position(index: Any, where: dict[str, int]) -> int:
    """Evaluate an index without reads, at the given position of each axis."""
    if isinstance(index, int):
        return index
    if index.operator == "axis":
        return where[index.arguments[0]]
    a, b = (position(x, where) for x in index.arguments)
    result: int = INTEGERS[index.operator](a, b)
    return result
