"""The operations, one record each: every other part iterates `OPS`."""

from backlit.graph.node import OPS as _OPS
from backlit.ops import (
    activation,
    compare,
    elementwise,
    indexing,
    linear,
    loss,
    reduce,
    shape,
)

_FAMILIES = (
    elementwise, compare, activation, reduce, linear, shape, indexing, loss,
)  # fmt: skip

globals().update(_OPS)
__all__ = sorted(_OPS)  # noqa: PLE0605 - the registry is the list
