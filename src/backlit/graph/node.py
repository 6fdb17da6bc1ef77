"""Nodes: the values of a graph.

    node  =  operation(node, ..., attribute=value, ...) : dtype[shape]

A node is one application of an operation to other nodes. It never changes, and one that
exists is valid: its shape and dtype follow from its inputs by the operation's rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from backlit.errors import GraphError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from backlit.graph.op import Op

Array = np.ndarray[Any, Any]
Shape = tuple[int, ...]
Dtype = Literal["float", "int", "bool"]  # the precision of float is the executor's

OPS: dict[str, Op] = {}  # every operation by name, filled by the modules of ops/


@dataclass(frozen=True, eq=False, slots=True)
class Node:
    """One application of an operation: a value in the graph, with shape and dtype.

    Arithmetic, comparison, `@` and indexing build further nodes. `==` tells whether two
    names mean the same node; to compare values, use `equal`.
    """

    op: Op
    inputs: tuple[Node, ...]
    attributes: Mapping[str, Any]
    shape: Shape
    dtype: Dtype

    # NumPy arrays on the left of an operator must leave the work to Node.
    __array_ufunc__ = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "attributes", MappingProxyType(dict(self.attributes)))

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def T(self) -> Node:  # noqa: N802 - NumPy's name
        """The transpose."""
        return _call("transpose", self)

    def __repr__(self) -> str:
        return f"<{self.attributes.get('name', self.op.name)}: {describe(self)}>"

    def __deepcopy__(self, memo: Any) -> Node:
        return self  # a copy would be another node

    def __bool__(self) -> bool:
        raise GraphError(
            "a node has no truth value while the graph is being built; "
            "write where(condition, a, b) instead of if"
        )

    def __add__(self, other: Any) -> Node:
        return _call("add", self, other)

    def __radd__(self, other: Any) -> Node:
        return _call("add", other, self)

    def __sub__(self, other: Any) -> Node:
        return _call("sub", self, other)

    def __rsub__(self, other: Any) -> Node:
        return _call("sub", other, self)

    def __mul__(self, other: Any) -> Node:
        return _call("mul", self, other)

    def __rmul__(self, other: Any) -> Node:
        return _call("mul", other, self)

    def __truediv__(self, other: Any) -> Node:
        return _call("div", self, other)

    def __rtruediv__(self, other: Any) -> Node:
        return _call("div", other, self)

    def __pow__(self, other: Any) -> Node:
        return _call("pow", self, other)

    def __rpow__(self, other: Any) -> Node:
        return _call("pow", other, self)

    def __matmul__(self, other: Any) -> Node:
        return _call("matmul", self, other)

    def __rmatmul__(self, other: Any) -> Node:
        return _call("matmul", other, self)

    def __neg__(self) -> Node:
        return _call("neg", self)

    def __abs__(self) -> Node:
        return _call("abs", self)

    def __gt__(self, other: Any) -> Node:
        return _call("greater", self, other)

    def __ge__(self, other: Any) -> Node:
        return _call("greater_equal", self, other)

    def __lt__(self, other: Any) -> Node:
        return _call("less", self, other)

    def __le__(self, other: Any) -> Node:
        return _call("less_equal", self, other)

    def __getitem__(self, key: Any) -> Node:
        return _call("index", self, key=key)

    def __iter__(self) -> Iterator[Node]:
        if not self.shape:
            raise GraphError("a scalar node has no elements to go through")
        return (self[i] for i in range(self.shape[0]))


def describe(node: Node) -> str:
    """Return dtype and shape as in the printed graph: `float[2,3]`."""
    return f"{node.dtype}[{','.join(map(str, node.shape))}]"


def _call(name: str, *inputs: Any, **attributes: Any) -> Node:
    node = OPS[name](*inputs, **attributes)
    assert isinstance(node, Node)  # noqa: S101 - one input is a node: narrows the type
    return node
