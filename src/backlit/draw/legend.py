"""The legend below a drawing: which line is which, and how thick the thickest is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backlit.draw.curve import path, straight
from backlit.draw.extent import extent
from backlit.draw.marks import head, line, written
from backlit.draw.ports import HEAD
from backlit.explain.typeset.numbers import number

if TYPE_CHECKING:
    from backlit.draw.geometry import Geometry
    from backlit.draw.reading import Reading
    from backlit.draw.style import Scales

SIZE, LINE, SAMPLE, BETWEEN, LEFT = 12.0, 20.0, 42.0, 22.0, 28.0


def legend(
    geometry: Geometry, reading: Reading, scales: Scales
) -> tuple[list[str], float]:
    """Write the legend.

    Returns:
        Its parts, and the height of the drawing with it.
    """
    x, y, parts = LEFT, geometry.height + 24, []
    for kind, text in _entries(geometry, reading, scales):
        sample = SAMPLE * bool(kind)
        width = sample + extent(text, SIZE)
        if x > LEFT and x + width > geometry.width - LEFT / 2:
            x, y = LEFT, y + LINE
        if kind:
            parts.append(_sample(kind, x, y - 4))
        parts.append(written("legend quiet", x + sample, y, SIZE, text))
        x += width + BETWEEN
    return parts, y + 16


def _entries(
    geometry: Geometry, reading: Reading, scales: Scales
) -> list[tuple[str, str]]:
    """Return the class of each line that is shown as a sample, and its words."""
    several = any(v.role == "neuron" for v in geometry.vertices)
    back = (
        "the weight is the local derivative"
        if several
        else "on it the local derivative"
    )
    below = "below: its gradient" + ", of a neuron δ = ∂E/∂Σ" * several
    forward, backward = (
        number(found.largest, reading.digits) for found in scales.values()
    )
    widest = f"line width: |w| up to {forward}, |gradient| up to {backward}"
    return [
        ("forward neutral", "forward"),
        ("backward neutral", f"backward; {back}"),
        ("forward positive", "positive"),
        ("forward negative", "negative"),
        ("", f"above a node: its value; {below}"),
        ("", widest),
        *(("", note) for note in _notes(reading)),
    ]


def _notes(reading: Reading) -> list[str]:
    """Return what else must be said: of the loss, a batch, a penalty."""
    trace, a = reading.trace, reading.trace.architecture
    notes = [f"E is {a.loss}" + " with a penalty on weights" * bool(a.l1 or a.l2)]
    if trace.batched:
        count = len(trace["x"])
        notes.append(f"drawn: sample 1 of {count}; E and ∂E/∂w are over all {count}")
    return notes


def _sample(kind: str, x: float, y: float) -> str:
    start, end = (x, y), (x + SAMPLE - 8, y)
    if kind.startswith("backward"):
        start, end = end, start
    side = 1 if end > start else -1
    tail = end[0] - side * HEAD, y
    return line(kind, path(straight(start, tail)), 2, head(start, tail, 2))
