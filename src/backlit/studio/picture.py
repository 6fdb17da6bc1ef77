"""The diagram as data: where everything stands, and which quantity stands there.

The places are those of `draw.layout`; the texts those of `draw.reading`, with `{}`
where a number goes. Which number that is, is a reference into the page's memory: a
name and an index, of one sample; the page adds the sample.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import msgspec
import numpy as np

from backlit.draw.curve import path
from backlit.draw.layout import layout
from backlit.draw.reading import Reading
from backlit.explain.typeset.mathematics import (
    Equation,
    Number,
    Partial,
    equation,
)
from backlit.explain.typeset.text import expression
from backlit.network.quantities import split_name
from backlit.recorded import Recorded

if TYPE_CHECKING:
    from backlit.draw.geometry import Edge, Geometry, Slot, Vertex
    from backlit.explain.typeset.mathematics import Tree
    from backlit.network.architecture import Architecture

Reference: TypeAlias = list[str | int]
"""A name and an index: `["dense1.weight", 0, 1]`."""


class Node(msgspec.Struct, frozen=True, omit_defaults=True):
    """A node of the diagram; see `draw.geometry.Vertex`.

    Attributes:
        symbol: Its symbol as text.
        value: Where its value lies, if it has one.
        wide: As in `Text`.
    """

    role: str
    name: str
    symbol: str
    x: float
    y: float
    radius: float
    count: int = 0
    value: Reference | None = None
    wide: str = ""


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """An edge of the diagram; see `draw.geometry.Edge`.

    Attributes:
        path: Where it runs up to its arrowhead, as the data of an SVG path.
        of: As of `by` it says nothing new where the line has a name: then none is kept.
        strength: The numbers whose product its colour and width show. A line with a
            name has none: it is the weight, or on the way back its gradient.
    """

    kind: str
    path: str
    name: str = ""
    of: str = ""
    by: str = ""
    folded: bool = False
    quiet: bool = False
    strength: list[Reference] = msgspec.field(default_factory=list)


class Text(msgspec.Struct, frozen=True, omit_defaults=True):
    """A text of the diagram; see `draw.geometry.Slot`.

    Attributes:
        text: The text, with `{}` where its number goes, if it has one, and with `{k}`
            for the number of a neuron in a drawing that stands for a whole layer.
        value: The number.
        wide: The text for neurons whose number has two digits or more.
    """

    shows: str
    name: str
    x: float
    y: float
    width: float
    size: float
    text: str
    by: str = ""
    value: Reference | float | None = None
    wide: str = ""


class Picture(msgspec.Struct, frozen=True):
    """A diagram.

    Attributes:
        width: In pixels.
        height: Likewise.
    """

    width: float
    height: float
    nodes: list[Node]
    lines: list[Line]
    texts: list[Text]


def picture(architecture: Architecture) -> Picture:
    """Return the diagram of a network."""
    return pictured(layout(architecture), Reading(probe(architecture)))


def pictured(geometry: Geometry, reading: Reading) -> Picture:
    """Return a drawing as data, its symbols and formulas as text."""
    return Picture(
        geometry.width,
        geometry.height,
        [_node(vertex, reading) for vertex in geometry.vertices],
        [_line(edge, reading) for edge in geometry.edges],
        [text for _, text in written(geometry, reading)],
    )


def written(geometry: Geometry, reading: Reading) -> list[tuple[Slot, Text]]:
    """Return the texts of a drawing, each with its place in it."""
    texts = ((slot, _text(slot, reading)) for slot in geometry.slots)
    return [(slot, text) for slot, text in texts if text is not None]


def probe(architecture: Architecture) -> Recorded:
    """Return a pass on which everything acts: what is read of it are its symbols."""
    parameters = {
        name: np.linspace(0.1, 0.9, int(np.prod(shape)) or 1).reshape(shape)
        for name, shape in architecture.shapes.items()
    }
    x = np.linspace(0.2, 0.8, architecture.inputs)
    t = np.full(architecture.outputs, 1 / architecture.outputs)
    return Recorded.record(architecture, parameters, x, t, learning_rate=0.5)


def reference(name: str) -> Reference:
    """Return the reference of a named element: `dense1.weight[0,1]`."""
    base, place = split_name(name)
    return [base, *place]


def _node(v: Vertex, reading: Reading) -> Node:
    place = round(v.x, 1), round(v.y, 1), v.radius, v.count
    if v.role in {"activation", "fold"}:
        return Node(v.role, v.name, v.name, *place)
    whole = v.role == "bias" and not split_name(v.name)[1]  # of a layer, many numbers
    value = None if whole else reference(v.name)
    return Node(v.role, v.name, expression(reading.symbol(v.name)), *place, value)


def _line(e: Edge, reading: Reading) -> Line:
    of, by = ("", "") if e.name else (e.of, e.by)
    strength = [] if e.name else _strength(e, reading)
    return Line(e.kind, path(e.curve), e.name, of, by, e.folded, e.quiet, strength)


def _strength(e: Edge, reading: Reading) -> list[Reference]:
    if not e.by or not _acts(e.of, e.by, reading):
        return []
    local = local_value(e.of, e.by, reading)
    if local is None:
        return []
    above = [] if e.of == "E" else [reference(f"grad.{e.of}")]
    return [*above, *([local] if isinstance(local, list) else [])]


def _text(s: Slot, reading: Reading) -> Text | None:
    """Return a text; None where the pass has no such quantity."""
    place = round(s.x, 1), round(s.y, 1), round(s.width, 1), s.size
    if s.shows == "text":
        return Text(s.shows, s.name, *place, s.name)
    tree = _local(s, reading) if s.shows == "local" else reading.tree(s)
    if tree is None:
        return None
    if s.shows in {"symbol", "operation"}:
        written = expression(tree).removesuffix("(x)")
        return Text(s.shows, s.name, *place, written)
    value = _value(s, reading)
    if value is None:
        return None
    return Text(s.shows, s.name, *place, _with_gap(tree), s.by, value)


def _local(s: Slot, reading: Reading) -> Tree | None:
    """Return ∂name/∂by with a number; finding the true one would take long."""
    if not _acts(s.name, s.by, reading):
        return None
    partial = Partial(reading.symbol(s.name), reading.symbol(s.by))
    return equation(partial, "=", Number(0.0))


def _acts(of: str, by: str, reading: Reading) -> bool:
    """Tell whether a gradient comes from one quantity to the one before it."""
    return None not in {reading.gradient(of), reading.gradient(by)}


def _value(s: Slot, reading: Reading) -> Reference | float | None:
    match s.shows:
        case "value" | "equation":
            return reference(s.name)
        case "gradient" | "gradient equation":
            return reference(f"grad.{s.name}")
        case _:
            return local_value(s.name, s.by, reading)


def local_value(of: str, by: str, reading: Reading) -> Reference | float | None:
    """Return where the value of ∂of/∂by lies, of two neighbours in the diagram.

    None where that is no quantity of the step: softmax has a slope for every pair.
    """
    architecture = reading.trace.architecture
    (target, place), (source, at) = split_name(of), split_name(by)
    if of == "E":
        return reference(f"grad.{by}")
    layer, _, part = target.partition(".")
    if part == "output":
        own = architecture.layers[architecture.names.index(layer)]
        return None if own.activation == "softmax" else [f"slope.{layer}", *place]
    if source.endswith(".bias"):
        return 1.0
    depth = architecture.names.index(layer)
    before = f"{architecture.names[depth - 1]}.output" if depth else "x"
    if source.endswith(".weight"):
        return [before, at[1]]
    return [f"{layer}.weight", *place, *at]


def _with_gap(tree: Tree) -> str:
    """Return a formula as text, its number replaced by a gap: `w₁ = {}`."""
    if not isinstance(tree, Equation):
        return "{}"
    left = replace(tree, sides=tree.sides[:-1], relations=tree.relations[:-1])
    only = left.sides[0] if len(left.sides) == 1 else left
    return f"{expression(only)} = {{}}"
