"""Contractions: every product of matrices, vectors and batches of them.

    contract(a, b, spec="ik,kj->ij"):   y[i,j] = sum_k a[i,k] * b[k,j]

One operation covers the matrix product, its two cotangents and the outer product: the
letters say which axes are matched and summed, and a cotangent only swaps letters.
"""

from __future__ import annotations

from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.errors import ShapeError
from backlit.graph.index import Element, Elements, Index, Reduce, Scalar
from backlit.graph.index import axis as index_axis
from backlit.ops.record import derived, draw, elementwise, op, sample
from backlit.ops.shape import reshape

if TYPE_CHECKING:
    from backlit.graph.node import Array, Node, Shape
    from backlit.graph.op import Cotangents


_IN_TWO = ([1, 1, 0], [1, 0, 1], [0, 1, 1], [1, 1, 1])


def letters(spec: str) -> tuple[str, str, str]:
    """Split a specification into the letters of a, of b and of the output."""
    inputs, output = spec.split("->")
    a, b = inputs.split(",")
    return a, b, output


def _plain(*_: Shape, spec: str) -> dict[str, str]:
    spec = spec.replace(" ", "")
    parts = letters(spec)
    for letter in set("".join(parts)):
        if [part.count(letter) for part in parts] not in _IN_TWO:
            raise ValueError(f"{letter!r} in {spec!r} needs two of a, b, output")
    return {"spec": spec}


def _shape(a: Shape, b: Shape, *, spec: str) -> Shape:
    left, right, output = letters(spec)
    if (len(left), len(right)) != (len(a), len(b)):
        raise ShapeError(
            f"{spec!r} needs {len(left)} and {len(right)} axes, "
            f"got {len(a)} and {len(b)}"
        )
    sizes = dict(zip(left, a, strict=True))
    for letter, size in zip(right, b, strict=True):
        if sizes.setdefault(letter, size) != size:
            raise ShapeError(
                f"axis {left.index(letter)} of the first has length {sizes[letter]}, "
                f"axis {right.index(letter)} of the second {size}; "
                "they are multiplied and summed, so they must be equal"
            )
    return tuple(sizes[letter] for letter in output)


def _element(index: Any, a: Elements, b: Elements, *, spec: str) -> Scalar:
    left, right, output = letters(spec)
    place: dict[str, Index] = dict(zip(output, index, strict=True))
    summed = [x for x in left if x not in output]
    names = "kqrstuv"
    place |= {x: index_axis(names[n]) for n, x in enumerate(summed)}
    reads = _read(a, left, place) * _read(b, right, place)
    sizes = dict(zip(left, a.shape, strict=True))
    axes = tuple((place[x], sizes[x]) for x in summed)
    return Reduce("add", axes, reads) if axes else reads


def _read(x: Elements, axes: str, place: dict[str, Index]) -> Element:
    return x[tuple(place[letter] for letter in axes)]


def _vjp(g: Node, y: Node, a: Node, b: Node, *, spec: str) -> Cotangents:
    del y
    left, right, output = letters(spec)
    return (
        contract(g, b, spec=f"{output},{right}->{left}"),
        contract(a, g, spec=f"{left},{output}->{right}"),
    )


@op(
    vjp=_vjp,
    shape=_shape,
    element=_element,
    normalise=_plain,
    notation="a @ b",
    reference="np.einsum(spec, a, b)",
    samples=(
        sample(draw(2, 3), draw(3, 4), spec="ik,kj->ij"),
        sample(draw(2, 3), draw(4, 3), spec="ik,jk->ij"),
        sample(draw(3), draw(4), spec="i,j->ij"),
        sample(draw(3), draw(3), spec="k,k->"),
        sample(draw(2, 3, 2), draw(2, 2, 2), spec="bik,bkj->bij"),
        sample(draw(2, 3, 2), draw(3, 2, 4), spec="ikl,klj->ij"),
        sample(draw(2, 3), draw(4, 5), spec="ik,kj->ij", error="must be equal"),
        sample(draw(2), draw(4, 5), spec="ik,kj->ij", error="needs 2 and 2 axes"),
        sample(draw(2, 2), draw(2), spec="ii,i->i", error="needs two of a, b, output"),
        sample(draw(2, 3), draw(3), spec="ik,k", error="check its attributes spec"),
    ),
)
def contract(a: Array, b: Array, *, spec: str) -> Array:
    """Return the products of a and b, summed over the letters the output lacks.

    Every letter stands in at least two of a, b and the output, once in each.
    """
    left, right, output = letters(spec)
    batch = [x for x in left if x in right and x in output]
    summed = [x for x in left if x not in output]
    rows = [x for x in left if x not in right]
    columns = [x for x in right if x not in left]
    sizes = dict(zip(left + right, a.shape + b.shape, strict=True))
    first = _matrices(a, left, (batch, rows, summed))
    second = _matrices(b, right, (batch, summed, columns))
    found = [*batch, *rows, *columns]
    product: Array = np.matmul(first, second).reshape([sizes[x] for x in found])
    return product.transpose([found.index(x) for x in output])


def _matrices(x: Array, axes: str, groups: tuple[list[str], ...]) -> Array:
    """Order the axes as batch, rows, columns; rows become one axis, and columns."""
    batch, rows, columns = groups
    ordered = x.transpose([axes.index(a) for a in [*batch, *rows, *columns]])
    if len(rows) == 1 and len(columns) == 1:
        return ordered  # a view: BLAS takes either order without a copy
    lead, middle = len(batch), len(batch) + len(rows)
    merged = (ordered.shape[lead:middle], ordered.shape[middle:])
    ends = (int(np.prod(sizes, dtype=np.int64)) for sizes in merged)
    return ordered.reshape([*ordered.shape[:lead], *ends])


@derived(
    reference="np.matmul(a, b)",
    samples=(
        sample(draw(2, 3), draw(3, 4)),
        sample(draw(3), draw(3, 4)),
        sample(draw(2, 3), draw(3)),
        sample(draw(3), draw(3)),
        sample(draw(5, 2, 3), draw(5, 3, 4)),
        sample(draw(5, 2, 3), draw(3, 4)),
        sample(draw(2, 3), draw(5, 3, 4)),
        sample(draw(3), draw(5, 3, 4)),
        sample(draw(2, 4, 2, 3), draw(4, 3, 2)),
        sample(draw(2, 1, 2, 3), draw(4, 3, 2)),
        sample(draw(2, 3), draw(2, 3), error="must be equal"),
        sample(draw(), draw(3), error="at least one axis"),
        sample(draw(2, 2, 3), draw(4, 3, 4), error="do not broadcast"),
    ),
)
def matmul(a: Any, b: Any) -> Any:
    """Return the matrix product `a @ b`, with NumPy's rules for vectors and batches.

    Leading axes are batches: they are equal, or missing or of length 1 on one side.
    """
    if not (a.shape and b.shape):
        raise ShapeError("needs at least one axis on both sides; numbers multiply by *")
    shape = elementwise(a.shape[:-2], b.shape[:-2])
    batch = ascii_lowercase[: len(shape)]
    left, a = _unrepeated(a, batch, shape)
    right, b = _unrepeated(b, batch, shape)
    rows, columns = "y" * (len(a.shape) > 1), "z" * (len(b.shape) > 1)
    spec = f"{left}{rows}x,{right}x{columns}->{batch}{rows}{columns}"
    return contract(a, b, spec=spec)


def _unrepeated(x: Any, batch: str, shape: Shape) -> tuple[str, Any]:
    """Return the letters of the batch axes that x has, and x without the repeated."""
    own = x.shape[:-2]
    first = len(shape) - len(own)
    kept = [n for n, size in enumerate(own) if size == shape[first + n]]
    if len(kept) < len(own):
        x = reshape(x, shape=(*(own[n] for n in kept), *x.shape[-2:]))
    return "".join(batch[first + n] for n in kept), x
