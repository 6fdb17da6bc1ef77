"""The results as pictures, by matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from contest import PEERS, ratio
from matplotlib.figure import Figure
from report import duration

if TYPE_CHECKING:
    from pathlib import Path

    from report import Result

COLOURS = dict(
    zip(
        PEERS,
        [
            *("#1b1b1b", "#d1495b", "#2f6f9f", "#7fb2d6", "#e08e36", "#5a9367"),
            *("#8d6a9f", "#9a9a9a"),
        ],
        strict=True,
    )
)
MARKS = dict(zip(PEERS, "DsovP^X*", strict=True))
mpl.rcParams |= {
    "svg.fonttype": "none",
    "svg.hashsalt": "backlit",
    "font.family": "sans-serif",
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def ratios(results: list[Result], file: Path) -> None:
    """Draw how many times backlit's time each peer takes, a line for each workload."""
    figure = Figure(figsize=(8, 0.55 * len(results) + 1.6), layout="constrained")
    axes = figure.subplots()
    for y, (_, entries) in enumerate(results):
        ours = next((e for e in entries if e.peer == "backlit" and e.counts), None)
        for entry in entries:
            if ours and entry.counts:
                place = ratio(entry, ours)
                _mark(axes, entry.peer, place, y)
    names = []
    for workload, entries in results:
        ours = next((e for e in entries if e.peer == "backlit" and e.counts), None)
        names.append(f"{workload.name}\n{duration(ours.median) if ours else '–'}")
    axes.set_yticks(range(len(results)), names)
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlabel("time, as a multiple of backlit's (below: backlit's own)")
    axes.axvline(1, color="#cccccc", zorder=0)
    axes.grid(axis="x", color="#eeeeee")
    _legend(figure, axes)
    figure.savefig(file, metadata={"Date": None})


def _mark(axes: Any, peer: str, x: float, y: float) -> None:
    axes.plot(
        x, y, MARKS[peer], color=COLOURS[peer], label=peer, markersize=7, alpha=0.9
    )


def _legend(figure: Figure, axes: Any) -> None:
    """Name each peer once."""
    handles, labels = axes.get_legend_handles_labels()
    once = dict(zip(labels, handles, strict=True))
    order = [label for label in PEERS if label in once]
    figure.legend(
        [once[label] for label in order],
        order,
        loc="outside upper center",
        ncols=min(4, len(order)),
        frameon=False,
    )


def curves(rows: list[dict[str, Any]], file: Path) -> None:
    """Draw time above and memory below, a column for each thing that grows."""
    names = list(dict.fromkeys(row["axis"] for row in rows))
    figure = Figure(figsize=(2.6 * len(names) + 1, 5.2), layout="constrained")
    axes = figure.subplots(2, len(names), squeeze=False, sharey="row")
    kinds = (("seconds", 1e-6, "µs for a step"), ("peak", 2**20, "MiB on top"))
    for column, axis in enumerate(names):
        for line, (kind, unit, label) in enumerate(kinds):
            plot = axes[line][column]
            points = [row for row in rows if row["axis"] == axis and kind in row]
            _lines(plot, points, kind, unit)
            plot.set_xlabel(axis)
            if column == 0:
                plot.set_ylabel(label)
    _legend(figure, axes[0][0])
    figure.savefig(file, metadata={"Date": None})


def _lines(plot: Any, rows: list[dict[str, Any]], kind: str, unit: float) -> None:
    for peer in dict.fromkeys(row["peer"] for row in rows):
        mine = [row for row in rows if row["peer"] == peer]
        x, y = ([row[name] for row in mine] for name in ("value", kind))
        plot.plot(
            x,
            [value / unit for value in y],
            f"{MARKS[peer]}-",
            color=COLOURS[peer],
            label=peer,
            markersize=4,
        )
    plot.set_xscale("log", base=2)
    plot.set_yscale("log")
    plot.grid(color="#eeeeee")
