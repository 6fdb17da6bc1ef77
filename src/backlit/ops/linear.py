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
from backlit.ops.record import derived, draw, op, sample

if TYPE_CHECKING:
    from backlit.graph.node import Array, Cotangents, Node, Shape


def letters(spec: str) -> tuple[str, str, str]:
    """Split a specification into the letters of a, of b and of the output."""
    inputs, output = spec.split("->")
    a, b = inputs.split(",")
    return a, b, output


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
    notation="a @ b",
    samples=(
        sample(draw(2, 3), draw(3, 4), spec="ik,kj->ij"),
        sample(draw(2, 3), draw(4, 3), spec="ik,jk->ij"),
        sample(draw(3), draw(4), spec="i,j->ij"),
        sample(draw(3), draw(3), spec="k,k->"),
        sample(draw(2, 3, 2), draw(2, 2, 2), spec="bik,bkj->bij"),
        sample(draw(2, 3, 2), draw(3, 2, 4), spec="ikl,klj->ij"),
        sample(draw(2, 3), draw(4, 5), spec="ik,kj->ij", error="must be equal"),
        sample(draw(2), draw(4, 5), spec="ik,kj->ij", error="needs 2 and 2 axes"),
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
    first = _matrices(a, left, batch, rows, summed, sizes)
    second = _matrices(b, right, batch, summed, columns, sizes)
    found = [*batch, *rows, *columns]
    product = np.matmul(first, second).reshape([sizes[x] for x in found])
    return product.transpose([found.index(x) for x in output])


def _matrices(
    x: Array,
    axes: str,
    batch: list[str],
    rows: list[str],
    columns: list[str],
    sizes: dict[str, int],
) -> Array:
    """Order the axes as batch, rows, columns and merge each group into one axis."""
    ordered = x.transpose([axes.index(a) for a in [*batch, *rows, *columns]])
    if len(rows) == 1 and len(columns) == 1:
        return ordered  # a view: BLAS takes either order without a copy
    count = int(np.prod([sizes[a] for a in rows], dtype=np.int64))
    width = int(np.prod([sizes[a] for a in columns], dtype=np.int64))
    return ordered.reshape([*(sizes[a] for a in batch), count, width])


@derived(
    samples=(
        sample(draw(2, 3), draw(3, 4)),
        sample(draw(3), draw(3, 4)),
        sample(draw(2, 3), draw(3)),
        sample(draw(3), draw(3)),
        sample(draw(5, 2, 3), draw(5, 3, 4)),
        sample(draw(5, 2, 3), draw(3, 4)),
        sample(draw(2, 3), draw(2, 3), error="must be equal"),
        sample(draw(), draw(3), error="at least one axis"),
        sample(draw(2, 2, 3), draw(4, 3, 4), error="must be equal"),
    ),
)
def matmul(a: Any, b: Any) -> Any:
    """Return the matrix product `a @ b`, with NumPy's rules for vectors and batches.

    Leading axes are batches: they must be equal, or missing on one side.
    """
    if not (a.shape and b.shape):
        raise ShapeError("matmul: needs at least one axis on both sides; for numbers *")
    lead = max(len(a.shape), len(b.shape), 2) - 2
    batch = ascii_lowercase[:lead]
    left = batch[max(0, lead + 2 - len(a.shape)) :] * (len(a.shape) > 2)
    right = batch[max(0, lead + 2 - len(b.shape)) :] * (len(b.shape) > 2)
    row, column = "y" * (len(a.shape) > 1), "z" * (len(b.shape) > 1)
    lead_axes = left if len(left) >= len(right) else right
    spec = f"{left}{row}x,{right}{'x' + column}->{lead_axes}{row}{column}"
    return contract(a, b, spec=spec)
