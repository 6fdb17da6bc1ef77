"""The right end of a layered drawing: from the outputs to E, and from the targets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from backlit.draw.columns import RADIUS, heading, texts
from backlit.draw.crossing import FOLD_WIDTH, moved
from backlit.draw.curve import Point, joined, straight, swung
from backlit.draw.geometry import Edge, Sketch, Slot, Vertex
from backlit.draw.ports import aside, ports, rim
from backlit.network.architecture import LINKS

if TYPE_CHECKING:
    from backlit.draw.geometry import Role
    from backlit.network.architecture import Architecture

RUN, SWING, TARGETS = 148.0, 70.0, 104.0
APART = 5.5
LARGE = 30.0


def ended(sketch: Sketch, a: Architecture, outputs: list[Vertex], y: float) -> float:
    """Add E and the targets with their lines; return where the drawing ends."""
    x = outputs[0].x + RADIUS + RUN + SWING + LARGE
    error = Vertex("error", "E", x, y, LARGE)
    sketch.append(error)
    sketch += [*texts(error), *heading(x, "error")]
    into = ports(error, len(outputs), -1)
    for output, end in zip(outputs, into, strict=True):
        _wire(sketch, a, output, end)
    targets = [_target(v, x + LARGE + TARGETS) for v in outputs]
    for target, (up, low) in zip(targets, ports(error, len(outputs), 1), strict=True):
        _from_target(sketch, target, rim(error, (up[1] + low[1]) / 2 - y, 1))
    sketch += heading(targets[0].x, "target")
    return targets[0].x + FOLD_WIDTH + 8


def _target(output: Vertex, x: float) -> Vertex:
    name = f"t[{output.name.partition('[')[2]}"
    role: Role = "fold" if output.role == "fold" else "target"
    return replace(output, role=role, name=name, x=x)


def _wire(sketch: Sketch, a: Architecture, v: Vertex, end: tuple[Point, Point]) -> None:
    """Add the lines between an output and E, with ∂E/∂y below them."""
    right = v.x + RADIUS + RUN
    if v.role == "fold":
        start, corner = (v.x + FOLD_WIDTH, v.y), (right, v.y)
        curve = joined(straight(start, corner), swung(corner, end[0]))
        sketch.append(Edge("forward", curve, folded=True))
        return
    start, back = rim(v, -APART, 1), rim(v, APART, 1)
    up, low = (right, start[1]), (right, back[1])
    there = joined(straight(start, up), swung(up, aside(end[0], -1)))
    return_ = joined(
        swung(end[1], low, moved(end[1][1] - low[1])), straight(low, aside(back, 1))
    )
    sketch += [
        Edge("forward", there),
        Edge("backward", return_, of="E", by=v.name),
    ]
    x = v.x + RADIUS + RUN / 2 + 6
    sketch.append(Slot("local", "E", x, low[1] + 16, RUN - 14, by=v.name, size=12))
    if a.loss in LINKS:
        probability = f"prediction[{v.name.partition('[')[2]}"
        sketch.append(Slot("equation", probability, x, up[1] - 7, RUN - 14))


def _from_target(sketch: Sketch, target: Vertex, end: Point) -> None:
    sketch.append(target)
    sketch += texts(target)
    if target.role == "fold":
        curve = swung((target.x - FOLD_WIDTH, target.y), end)
        sketch.append(Edge("forward", curve, folded=True))
        return
    curve = swung(rim(target, 0, -1), aside(end, 1))
    sketch.append(Edge("forward", curve))
