"""Operations: the one record of each, and how one is applied.

Calling an `Op` on nodes builds a node and checks it; calling it on arrays checks in the
same way and computes. A mistake is reported here, with the operation's name, so that
rules need not think of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from backlit.errors import BacklitError, DtypeError, GraphError, ShapeError
from backlit.graph.node import OPS, Array, Dtype, Node, Shape, describe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from backlit.graph.index import Scalar

Cotangents = tuple[Node | None, ...]  # None: the output does not depend smoothly
Kind = Dtype | Literal["any"]
_ARRAYS = (np.ndarray, np.generic)


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
            stands for an elementwise operation: its element is itself on scalars.
        normalise: Makes attributes plain, given the input shapes: `axis=None` becomes
            a tuple of all axes. Numbers, text and tuples can be compared and printed.
        takes: The dtype of each input; a shorter tuple is repeated.
        gives: The dtype of the output; any stands for that of the first input.
        notation: How it is written: a Python expression in the inputs' names.
        definition: The same in elementary functions, an independent oracle.
        reference: The same on whole arrays, in NumPy and SciPy, likewise.
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
    takes: tuple[Kind, ...] = ("float",)
    gives: Kind = "float"
    notation: str = ""
    definition: str = ""
    reference: str = ""
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
        """Whether it is composed of other operations, and so has no rule of its own."""
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

    @property
    def options(self) -> tuple[str, ...]:
        """The names of its attributes."""
        code = self.function.__code__
        return tuple(code.co_varnames[code.co_argcount :][: code.co_kwonlyargcount])

    def __call__(self, *inputs: Any, **attributes: Any) -> Any:
        """Build a node if any input is one, else compute an array."""
        _check_call(self, len(inputs), attributes)
        if self.derived:
            return _compose(self, inputs, attributes)
        if any(isinstance(x, Node) for x in inputs):
            takes = _repeat(self.takes, len(inputs))
            nodes = tuple(map(lift, inputs, takes))
            return _apply(self, nodes, attributes)
        return _compute(self, inputs, attributes)

    def __repr__(self) -> str:
        return f"<op {self.name}>"

    def __reduce__(self) -> str:
        return self.name  # copied and pickled by name, as functions are


INPUT = Op("input", lambda: None, shape=tuple)
CONSTANT = Op("constant", lambda: None, shape=tuple)


def input_node(name: str, shape: Shape, dtype: Dtype = "float") -> Node:
    """Return a node whose value is given when the graph is run."""
    return Node(INPUT, (), {"name": name}, tuple(int(n) for n in shape), dtype)


def constant(value: Any, dtype: Dtype | None = None) -> Node:
    """Return a node with a fixed value; bare Python integers count as floats.

    >>> constant([[1.0, 2.0]])
    <constant: float[1,2]>

    Raises:
        DtypeError: The value is not made of numbers.
    """
    bare = isinstance(value, int) and not isinstance(value, bool)
    array = np.array(_array(value), "f8" if bare else None)
    kind = dtype or _kind(array)
    fixed = array.astype({"float": "f8", "int": "i8", "bool": "?"}[kind])
    fixed.flags.writeable = False
    return Node(CONSTANT, (), {"value": fixed}, fixed.shape, kind)


def lift(value: Any, wanted: Kind = "float") -> Node:
    """Return the node itself, or a constant made of an array or number."""
    if isinstance(value, Node):
        return value
    place = wanted == "int" and isinstance(value, int)
    return constant(value, "int" if place else None)


def _check_call(op: Op, count: int, attributes: dict[str, Any]) -> None:
    needed, options = op.parameters, ", ".join(op.options)
    by_name = f"; {options} must be given by name" if options else ""
    if count != len(needed) and not op.function.__code__.co_flags & 0x04:  # no *inputs
        names = f"{len(needed)} input{'s' * (len(needed) > 1)} ({', '.join(needed)})"
        raise GraphError(f"{op.name} takes {names}, got {count}{by_name}")
    for name in attributes.keys() - set(op.options):
        has = options or "none"
        raise GraphError(f"{op.name} has no attribute {name!r}; it has: {has}")


def _compose(op: Op, inputs: tuple[Any, ...], attributes: dict[str, Any]) -> Any:
    """Run the composition of a derived operation, and put its name before errors."""
    try:
        return op.function(*_numbers(inputs), **attributes)
    except (DtypeError, ShapeError) as error:
        raise type(error)(f"{op.name}: {error}") from None
    except BacklitError:
        raise
    except (TypeError, ValueError, LookupError) as error:
        raise _attribute_error(op, op.name, error) from error


def _compute(op: Op, inputs: tuple[Any, ...], attributes: dict[str, Any]) -> Any:
    """Check arrays as nodes are checked, and compute, in the precision they have."""
    arrays = _numbers(inputs)
    stand_ins = tuple(input_node("array", x.shape, _kind(x)) for x in arrays)
    node = _apply(op, stand_ins, attributes)
    takes = _repeat(op.takes, len(arrays))
    precision = _precision(arrays)
    return op.function(
        *(x.astype(precision, copy=False) if w == "float" else x
          for x, w in zip(arrays, takes, strict=True)),
        **node.attributes,
    )  # fmt: skip


def _apply(op: Op, inputs: tuple[Node, ...], attributes: dict[str, Any]) -> Node:
    """Check the inputs by the rules of the operation and build the node."""
    shapes = [x.shape for x in inputs]
    assert op.shape is not None  # noqa: S101 - derived operations never come here
    came = f"{op.name}({', '.join(map(describe, inputs))})"
    attributes = (op.function.__kwdefaults__ or {}) | attributes
    try:
        if op.normalise:
            attributes = op.normalise(*shapes, **attributes)
        shape = op.shape(*shapes, **attributes)
    except ShapeError as error:
        raise ShapeError(f"{came}: {error}") from None
    except (TypeError, ValueError, LookupError) as error:
        raise _attribute_error(op, came, error) from error
    takes = _repeat(op.takes, len(inputs))
    cast = tuple(_cast(op, x, w) for x, w in zip(inputs, takes, strict=True))
    gives = inputs[0].dtype if op.gives == "any" else op.gives
    return Node(op, cast, attributes, shape, gives)


def _attribute_error(op: Op, came: str, error: Exception) -> GraphError:
    return GraphError(f"{came}: check its attributes {', '.join(op.options)}: {error}")


def _cast(op: Op, x: Node, wanted: Kind) -> Node:
    """Turn integers and truth values into floats; nothing else is converted."""
    if wanted in (x.dtype, "any"):
        return x
    if wanted == "float":
        converted: Node = OPS["to_float"](x)
        return converted
    raise DtypeError(
        f"{op.name}: needs {wanted} where {describe(x)} came; "
        + ("compare, as in x > 0" if wanted == "bool" else "give integers")
    )


def _repeat(takes: tuple[Kind, ...], count: int) -> tuple[Kind, ...]:
    return takes + takes[-1:] * (count - len(takes))


def _array(value: Any) -> Array:
    try:
        return np.asarray(value)
    except ValueError:  # NumPy's message is about its own terms
        raise DtypeError("rows of different lengths do not make an array") from None


def _kind(array: Array) -> Dtype:
    if array.dtype == object and any(isinstance(x, Node) for x in array.flat):
        raise DtypeError(
            "a list of nodes is no array; concatenate them, or pass arrays"
        )
    if array.dtype.kind not in "fiub":
        raise DtypeError(
            f"numbers are needed, got {array.dtype}; convert the data to floats first"
        )
    kinds: dict[str, Dtype] = {"f": "float", "b": "bool"}
    return kinds.get(array.dtype.kind, "int")


def _precision(inputs: tuple[Any, ...]) -> Any:
    """Return the precision of the float arrays among the inputs, else float64."""
    found = [np.asarray(x).dtype for x in inputs if isinstance(x, _ARRAYS)]
    floats = [dtype for dtype in found if dtype.kind == "f"]
    return np.result_type(*floats) if floats else np.dtype("f8")


def _numbers(inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Turn what is no node into arrays; bare numbers take the others' precision."""
    precision = _precision(inputs)

    def number(x: Any) -> Any:
        if isinstance(x, Node):
            return x
        return np.asarray(x, precision) if isinstance(x, float) else _array(x)

    return tuple(map(number, inputs))
