"""More of the diagram than its first sight: opened layers, and single neurons.

An opened layer is told by what its drawing has that the folded one lacks. A neuron's
drawing stands for its whole layer: its own number is the letter k in names and
references, and `{k}` in texts. What a page gets is bounded, whatever the network.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from backlit.draw.columns import sizes
from backlit.draw.fold import MOST, folded
from backlit.draw.geometry import Geometry
from backlit.draw.layout import layout
from backlit.draw.reading import Reading
from backlit.draw.within import within
from backlit.studio.picture import Picture, pictured, probe, written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backlit.network.architecture import Architecture

NEURONS = (63, 47, 31, 23, 15, 11)  # that an opened layer shows before its fold
LINES = 2600  # in all opened layers: what a page takes in

NARROW, WIDE = (6, 7), (16, 27)  # neurons whose numbers share no digit at one place
WIDE_FROM = 10  # units from which numbers have two digits


class Opening(msgspec.Struct, frozen=True):
    """What changes in a diagram where a layer is opened; nothing else moves.

    Attributes:
        more: What is drawn, and how large the diagram is then.
        without: The places, in the folded diagram, of nodes, lines and texts that go.
        shown: How many neurons are drawn.
    """

    more: Picture
    without: tuple[list[int], list[int], list[int]]
    shown: int


def openings(architecture: Architecture) -> dict[str, Opening]:
    """Return the opened layers by the name of the node that stands for what is folded.

    At most `LINES` lines are in all of them: the more there are, the fewer neurons.
    """
    wide = {
        depth: size for depth, size in enumerate(sizes(architecture)) if size > MOST
    }
    first = next(
        (n for n in NEURONS if _lines(architecture, wide, n) <= LINES), NEURONS[-1]
    )
    reading = Reading(probe(architecture))
    base = layout(architecture)
    base = replace(base, slots=tuple(slot for slot, _ in written(base, reading)))
    return dict(
        _opening(
            base,
            layout(architecture, depth, first),
            reading,
            sum(not row.count for row in folded(size, first)),
        )
        for depth, size in wide.items()
    )


def _lines(architecture: Architecture, wide: Iterable[int], first: int) -> int:
    """Return about how many lines there are in all opened layers."""
    around = [len(folded(size)) + 1 for size in [0, *sizes(architecture), 0]]
    drawn = [len(folded(size, first)) for size in sizes(architecture)]
    return sum(2 * drawn[n] * (around[n] + around[n + 2]) for n in wide)


def _opening(
    base: Geometry, opened: Geometry, reading: Reading, shown: int
) -> tuple[str, Opening]:
    gone, come = _missing(base, opened), _missing(opened, base)
    more = Geometry(
        opened.width,
        opened.height,
        tuple(opened.vertices[n] for n in come["vertices"]),
        tuple(opened.edges[n] for n in come["edges"]),
        tuple(opened.slots[n] for n in come["slots"]),
    )
    folds = (base.vertices[n] for n in gone["vertices"])
    name = next(fold.name for fold in folds if fold.role == "fold")
    without = gone["vertices"], gone["edges"], gone["slots"]
    return name, Opening(pictured(more, reading), without, shown)


def _missing(drawing: Geometry, other: Geometry) -> dict[str, list[int]]:
    """Return the places of the parts of a drawing that another one has not."""
    found = {}
    for kind in ("vertices", "edges", "slots"):
        known = set(getattr(other, kind))
        parts = enumerate(getattr(drawing, kind))
        found[kind] = [n for n, part in parts if part not in known]
    return found


def neurons(architecture: Architecture) -> dict[str, Picture]:
    """Return a neuron's drawing for each layer; none for a neuron that is alone."""
    a = architecture
    if len(a.layers) == a.layers[0].units == 1:
        return {}
    layers = [
        replace(layer, units=max(layer.units, WIDE[1] + 1) if layer.units > 1 else 1)
        for layer in a.layers
    ]
    reading = Reading(probe(replace(a, layers=tuple(layers))))
    return {name: _of_any(a, depth, reading) for depth, name in enumerate(a.names, 1)}


def _of_any(a: Architecture, depth: int, reading: Reading) -> Picture:
    """Return a drawing that does for every neuron of a layer."""

    def drawn(number: int) -> Any:
        return msgspec.to_builtins(pictured(within(a, depth, number), reading))

    units = a.layers[depth - 1].units
    if units == 1:
        return msgspec.convert(drawn(0), Picture)
    found = _merged(*map(drawn, NARROW))
    if units >= WIDE_FROM:
        _widened(found, _merged(*map(drawn, WIDE)))
    return msgspec.convert(found, Picture)


def _merged(one: Any, other: Any) -> Any:
    """Return what two drawings have in common, the letter k where numbers differ."""
    if isinstance(one, dict):
        return {key: _merged(value, other[key]) for key, value in one.items()}
    if isinstance(one, list | tuple):
        return [_merged(*pair) for pair in zip(one, other, strict=True)]
    if one == other:
        return one
    return _lettered(one, other) if isinstance(one, str) else "k"


def _lettered(one: str, other: str) -> str:
    """Return a name or text with the letter where digits differ, `{k}` for small ones.

    >>> _lettered("dense1.sum[6]", "dense1.sum[7]"), _lettered("h₁₇", "h₂₈")
    ('dense1.sum[k]', 'h{k}')
    """
    pairs = zip(one, other, strict=True)
    marked = "".join("\0" if a != b else a for a, b in pairs)
    letter = "k" if "[" in one else "{k}"
    return re.sub("\0+", letter, marked)


def _widened(found: Any, wide: Any) -> None:
    """Put in the texts for neurons whose number has several digits."""
    for part, text in (("nodes", "symbol"), ("texts", "text")):
        for narrow, other in zip(found[part], wide[part], strict=True):
            if "{k}" in other[text]:
                narrow["wide"] = other[text]
