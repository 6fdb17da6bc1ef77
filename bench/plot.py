"""The results as pictures, by matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from contest import PEERS, ratio
from matplotlib.figure import Figure
from report import duration

if TYPE_CHECKING:
    from pathlib import Path

    from contest import Entry
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
GRID = "#eeeeee"
mpl.rcParams |= {
    "svg.fonttype": "none",
    "svg.hashsalt": "backlit",
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def ratios(results: list[Result], file: Path) -> None:
    """Draw how many times backlit's time each peer takes, a line for each workload."""
    figure = Figure(figsize=(8, 0.55 * len(results) + 1.6), layout="constrained")
    axes = figure.subplots()
    axes.axvline(1, color=COLOURS["backlit"], linewidth=2, zorder=0, label="backlit")
    names = []
    for y, (workload, entries) in enumerate(results):
        ours = next((e for e in entries if e.peer == "backlit" and e.counts), None)
        names.append(f"{workload.name}\n{duration(ours.median) if ours else '–'}")
        if ours:
            _dots(axes, y, ours, entries)
    axes.set_yticks(range(len(results)), names)
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}×")
    axes.set_xlabel("time as a multiple of backlit's, which stands below each name")
    axes.grid(axis="x", color=GRID)
    _legend(figure, axes)
    figure.savefig(file, metadata={"Date": None})


def _dots(axes: Any, y: int, ours: Entry, entries: list[Entry]) -> None:
    for entry in entries:
        if entry.counts and entry is not ours:
            peer = entry.peer
            style = {"color": COLOURS[peer], "label": peer, "markersize": 7}
            axes.plot(ratio(entry, ours), y, MARKS[peer], alpha=0.9, **style)


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
    figure = Figure(figsize=(2.4 * len(names) + 0.6, 5.2), layout="constrained")
    axes = figure.subplots(2, len(names), squeeze=False, sharey="row")
    for column, axis in enumerate(names):
        points = [row for row in rows if row["axis"] == axis]
        for plot, kind, unit in zip(
            axes[:, column], ("seconds", "peak"), (1e-6, 2**20), strict=True
        ):
            _lines(plot, points, kind, unit)
            plot.set_xlabel(axis)
    axes[0][0].set_yscale("log")
    axes[0][0].yaxis.set_major_formatter("{x:g}")
    axes[0][0].set_ylabel("µs for a step")
    axes[1][0].set_ylim(bottom=0)
    axes[1][0].set_ylabel("MiB on top of imports")
    _legend(figure, axes[0][0])
    figure.savefig(file, metadata={"Date": None})


def _lines(plot: Any, rows: list[dict[str, Any]], kind: str, unit: float) -> None:
    for peer in dict.fromkeys(row["peer"] for row in rows):
        mine = [row for row in rows if row["peer"] == peer and kind in row]
        x, y = [row["value"] for row in mine], [row[kind] / unit for row in mine]
        style = {"color": COLOURS[peer], "label": peer, "markersize": 4}
        plot.plot(x, y, f"{MARKS[peer]}-", **style)
    plot.set_xscale("log", base=2)
    plot.xaxis.set_major_formatter("{x:g}")
    plot.tick_params(axis="x", labelsize=8)
    plot.grid(color=GRID)
