"""Operations, and the nodes that apply them.

    node  =  operation(node, ..., attribute=value, ...) : dtype[shape]

An `Op` is the one record of an operation: how it is computed, checked, differentiated,
written and tested. A `Node` is one application of it. Calling an `Op` on nodes builds
a node and checks it; calling it on arrays computes. A node never changes, and one that
exists is valid: its shape and dtype follow from its inputs by the operation's rules.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from backlit.errors import DtypeError, GraphError, ShapeError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from backlit.graph.index import Scalar

Array = np.ndarray[Any, Any]
Shape = tuple[int, ...]
Dtype = Literal["float", "int", "bool"]  # the precision of float is the executor's
Cotangents = tuple["Node | None", ...]  # None: the output does not depend smoothly


@dataclass(frozen=True)
class Draw:
    """A random array for a sample: shape, dtype, and the range it is drawn from."""

    shape: Shape = ()
    low: float = -2.0
    high: float = 2.0
    dtype: Dtype = "float"


@dataclass(frozen=True)
class Sample:
    """Arguments on which an operation is tested and shown.

    `error` is a part of the message that the arguments must raise, if they are wrong.
    """

    inputs: tuple[Draw | float, ...]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True, eq=False)
class Op:
    """The record of one operation.

    Attributes:
        name: What it is called, everywhere.
        function: NumPy arrays to a NumPy array; for a derived operation, its
            composition from other operations, on nodes or arrays alike.
        vjp: `vjp(g, y, *inputs, **attributes)` gives for each input the cotangent, as
            a node, where y is the output and g its cotangent; None if derived. Shapes
            that differ from the input's by broadcasting are mended by `backward`.
        shape: `shape(*shapes, **attributes)` gives the output's shape; it raises
            ShapeError where there is none. None if derived.
        element: The index expression: `element(index, *inputs, **attributes)`. None
            stands for elementwise operation, whose element is itself on scalars.
        normalise: Completes attributes (`axis=None`) from the input shapes.
        takes: The dtype of each input; a shorter tuple is repeated.
        gives: The dtype of the output.
        notation: How it is written: a Python expression in the inputs' names.
        definition: The same in elementary functions, an independent oracle.
        textbook: The derivative to each input, in elementary functions, likewise.
        kinks: Where the derivative does not exist, and the value taken there.
        samples: Arguments that are tested, and wrong ones with their message.
        source: Where the definition and derivative stand.
    """

    name: str
    function: Callable[..., Any]
    vjp: Callable[..., Cotangents] | None = None
    shape: Callable[..., Shape] | None = None
    element: Callable[..., Scalar] | None = None
    normalise: Callable[..., dict[str, Any]] | None = None
    takes: tuple[Dtype, ...] = ("float",)
    gives: Dtype = "float"
    notation: str = ""
    definition: str = ""
    textbook: tuple[str, ...] = ()
    kinks: str = ""
    samples: tuple[Sample, ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        # The record stands for its function: help() and doctest read these.
        for name in ("__doc__", "__module__", "__qualname__", "__name__"):
            object.__setattr__(self, name, getattr(self.function, name))
        object.__setattr__(self, "__wrapped__", self.function)

    @property
    def derived(self) -> bool:
        """Whether the operation is composed of others, and so has no rule of its own."""
        return self.shape is None

    @property
    def elementwise(self) -> bool:
        """Whether each output element depends on the input elements at its place."""
        return self.element is None and bool(self.definition or self.notation)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of its inputs, as the formulas use them."""
        code = self.function.__code__
        return tuple(code.co_varnames[: code.co_argcount])

    def __call__(self, *inputs: Any, **attributes: Any) -> Any:
        """Build a node if any input is one, else compute an array."""
        if self.derived:
            return self.function(*map(_number, inputs), **attributes)
        if any(isinstance(x, Node) for x in inputs):
            return _apply(self, tuple(map(lift, inputs)), attributes)
        arrays = tuple(map(_number, inputs))
        node = _apply(self, tuple(map(_stand_in, arrays)), attributes)
        wanted = _repeat(self.takes, len(arrays))
        return self.function(
            *(x.astype("f8") if w == "float" and x.dtype.kind != "f" else x
              for x, w in zip(arrays, wanted, strict=True)),
            **node.attributes,
        )  # fmt: skip

    def __repr__(self) -> str:
        return f"<op {self.name}>"


OPS: dict[str, Op] = {}  # every operation by name, filled by the modules of ops/


@dataclass(frozen=True, eq=False, slots=True)
class Node:
    """One application of an operation: a value in the graph, with shape and dtype.

    Arithmetic, comparison, `@` and indexing build further nodes. Two nodes are equal
    only if they are the same node.
    """

    op: Op
    inputs: tuple[Node, ...]
    attributes: Mapping[str, Any]
    shape: Shape
    dtype: Dtype

    # NumPy arrays on the left of an operator must leave the work to Node.
    __array_ufunc__ = None

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
        label = self.attributes["name"] if self.op is INPUT else self.op.name
        return f"<{label}: {describe(self)}>"

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

    def __iter__(self) -> Any:
        if not self.shape:
            raise GraphError("a scalar node has no elements to go through")
        return (self[i] for i in range(self.shape[0]))


INPUT = Op("input", lambda: None, shape=tuple)
CONSTANT = Op("constant", lambda: None, shape=tuple)


def input_node(name: str, shape: Shape, dtype: Dtype = "float") -> Node:
    """Return a node whose value is given when the graph is run."""
    return Node(INPUT, (), {"name": name}, tuple(int(n) for n in shape), dtype)


def constant(value: Any, dtype: Dtype | None = None) -> Node:
    """Return a node with a fixed value; bare Python integers count as floats."""
    bare = isinstance(value, int) and not isinstance(value, bool)
    array = np.array(value, "f8" if bare else None)
    kind = dtype or _kind(array)
    fixed = array.astype({"float": "f8", "int": "i8", "bool": "?"}[kind])
    fixed.flags.writeable = False
    return Node(CONSTANT, (), {"value": fixed}, fixed.shape, kind)


def lift(value: Any) -> Node:
    """Return the node itself, or a constant made of an array or number."""
    return value if isinstance(value, Node) else constant(value)


def describe(node: Node) -> str:
    """Return dtype and shape as in the printed graph: `float[2,3]`.

    >>> describe(constant([[1.0, 2.0]]))
    'float[1,2]'
    """
    return f"{node.dtype}[{','.join(map(str, node.shape))}]"


def _call(name: str, *inputs: Any, **attributes: Any) -> Node:
    node = OPS[name](*inputs, **attributes)
    assert isinstance(node, Node)  # noqa: S101 - one input is a node: narrows the type
    return node


def _apply(op: Op, inputs: tuple[Node, ...], attributes: dict[str, Any]) -> Node:
    """Check the inputs by the rules of the operation and build the node."""
    needed = op.function.__code__.co_argcount
    variadic = bool(op.function.__code__.co_flags & 0x04)
    if len(inputs) != needed and not variadic:
        raise GraphError(f"{op.name} takes {needed} inputs, got {len(inputs)}")
    shapes = [x.shape for x in inputs]
    assert op.shape is not None  # noqa: S101 - derived operations never come here
    try:
        if op.normalise:
            attributes = op.normalise(*shapes, **attributes)
        shape = op.shape(*shapes, **attributes)
    except ShapeError as error:
        came = ", ".join(map(describe, inputs))
        raise ShapeError(f"{op.name}({came}): {error}") from None
    wanted = _repeat(op.takes, len(inputs))
    cast = tuple(_cast(op, x, w) for x, w in zip(inputs, wanted, strict=True))
    return Node(op, cast, attributes, shape, op.gives)


def _cast(op: Op, x: Node, wanted: Dtype) -> Node:
    """Turn integers and truth values into floats; nothing else is converted."""
    if x.dtype == wanted:
        return x
    if wanted == "float":
        return _call("to_float", x)
    raise DtypeError(
        f"{op.name}: needs {wanted} where {describe(x)} came; "
        + ("compare, as in x > 0" if wanted == "bool" else "give integers")
    )


def _repeat(takes: tuple[Dtype, ...], count: int) -> tuple[Dtype, ...]:
    return takes + takes[-1:] * (count - len(takes))


def _kind(array: Array) -> Dtype:
    if array.dtype.kind not in "fiub":
        raise DtypeError(
            f"numbers are needed, got {array.dtype}; convert the data to floats first"
        )
    kinds: dict[str, Dtype] = {"f": "float", "b": "bool"}
    return kinds.get(array.dtype.kind, "int")


def _number(value: Any) -> Any:
    return value if isinstance(value, Node) else np.asarray(value)


def _stand_in(array: Array) -> Node:
    """Return a node of the array's shape and kind, to check an eager call."""
    bare = array.ndim == 0 and array.dtype.kind in "iu"
    return input_node("array", array.shape, "float" if bare else _kind(array))
