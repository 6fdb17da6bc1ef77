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
from backlit.explain.typeset.mathematics import Equation
from backlit.explain.typeset.text import expression
from backlit.network.quantities import split_name
from backlit.recorded import Recorded

if TYPE_CHECKING:
    from backlit.draw.geometry import Edge, Slot, Vertex
    from backlit.explain.typeset.mathematics import Tree
    from backlit.network.architecture import Architecture

Reference: TypeAlias = list[str | int]
"""A name and an index: `["dense1.weight", 0, 1]`."""


class Node(msgspec.Struct, frozen=True):
    """A node of the diagram; see `draw.geometry.Vertex`.

    Attributes:
        symbol: Its symbol as text.
    """

    role: str
    name: str
    symbol: str
    x: float
    y: float
    radius: float
    count: int


class Line(msgspec.Struct, frozen=True):
    """An edge of the diagram; see `draw.geometry.Edge`.

    Attributes:
        path: Where it runs, as the data of an SVG path.
        before: The last control point, from which the arrowhead points.
        end: Where the arrowhead begins.
        strength: The numbers whose product its colour and width show.
        text: What it stands for, with a number to fill in.
    """

    kind: str
    name: str
    of: str
    by: str
    folded: bool
    quiet: bool
    path: str
    before: tuple[float, float]
    end: tuple[float, float]
    strength: list[Reference]
    text: str


class Text(msgspec.Struct, frozen=True):
    """A text of the diagram; see `draw.geometry.Slot`.

    Attributes:
        text: The text, with `{}` where its number goes, if it has one.
        value: The number.
    """

    shows: str
    name: str
    by: str
    x: float
    y: float
    width: float
    size: float
    text: str
    value: Reference | float | None


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
    geometry = layout(architecture)
    reading = Reading(probe(architecture))
    return Picture(
        geometry.width,
        geometry.height,
        [_node(v, reading) for v in geometry.vertices],
        [_line(e, reading, architecture) for e in geometry.edges],
        [_text(s, reading, architecture) for s in geometry.slots],
    )


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
    symbol = v.name
    if v.role not in {"activation", "fold"}:
        symbol = expression(reading.symbol(v.name))
    return Node(v.role, v.name, symbol, v.x, v.y, v.radius, v.count)


def _line(e: Edge, reading: Reading, architecture: Architecture) -> Line:
    strength, text = [], ""
    if e.kind == "forward" and e.name:
        strength, text = [reference(e.name)], _with_gap(reading.symbol(e.name))
    elif e.name:
        strength = [reference(f"grad.{e.name}")]
        text = _with_gap(reading.gradient_equation(e.name))
    elif e.by:
        local = local_value(e.of, e.by, architecture)
        above = [] if e.of == "E" else [reference(f"grad.{e.of}")]
        strength = [*above, *([local] if isinstance(local, list) else [])]
        text = _with_gap(reading.local(e.of, e.by))
    before, end = e.curve[-2], e.curve[-1]
    return Line(
        e.kind, e.name, e.of, e.by, e.folded, e.quiet, path(e.curve), before, end,
        strength, text,
    )  # fmt: skip


def _text(s: Slot, reading: Reading, architecture: Architecture) -> Text:
    text, value = "{}", None
    match s.shows:
        case "text":
            text = s.name
        case "symbol" | "operation":
            tree = reading.tree(s)
            text = expression(tree).removesuffix("(x)") if tree else ""
        case "value":
            value = reference(s.name)
        case "equation":
            text, value = _with_gap(reading.symbol(s.name)), reference(s.name)
        case "gradient" | "gradient equation":
            value = reference(f"grad.{s.name}")
            if s.shows == "gradient equation":
                text = _with_gap(reading.gradient_equation(s.name))
        case _:
            text = _with_gap(reading.local(s.name, s.by))
            value = local_value(s.name, s.by, architecture)
    return Text(s.shows, s.name, s.by, s.x, s.y, s.width, s.size, text, value)


def local_value(of: str, by: str, architecture: Architecture) -> Reference | float:
    """Return where the value of ∂of/∂by lies, of two neighbours in the diagram."""
    (target, place), (source, at) = split_name(of), split_name(by)
    if of == "E":
        return reference(f"grad.{by}")
    layer, _, part = target.partition(".")
    if part == "output":
        return [f"slope.{layer}", *place]
    if source.endswith(".bias"):
        return 1.0
    depth = architecture.names.index(layer)
    before = f"{architecture.names[depth - 1]}.output" if depth else "x"
    if source.endswith(".weight"):
        return [before, at[1]]
    return [f"{layer}.weight", *place, *at]


def _with_gap(tree: Tree | None) -> str:
    """Return a formula as text, its number replaced by a gap: `w₁ = {}`."""
    if tree is None:
        return ""
    if isinstance(tree, Equation):
        left = replace(tree, sides=tree.sides[:-1], relations=tree.relations[:-1])
        only = left.sides[0] if len(left.sides) == 1 else left
        return f"{expression(only)} = {{}}"
    return f"{expression(tree)} = {{}}"
