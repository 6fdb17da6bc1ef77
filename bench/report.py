"""The results as Markdown and as JSON."""

from __future__ import annotations

import os
import platform
import re
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from contest import PEERS, TOLERANCE, Entry, ratio
from workloads import FIT_COLD, START_GOALS, TWO_THREADS, Goal, Workload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from startup import Times

    Result = tuple[Workload, list[Entry]]

TIMES = (
    "Time of a step (of a whole fit in its row), and in brackets how many times "
    "backlit's."
)
UNITS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9))


def duration(seconds: float) -> str:
    """Return a time with its unit and three digits.

    >>> duration(0.0000123456), duration(0.083)
    ('12.3 µs', '83.0 ms')
    """
    unit, size = next((u for u in UNITS if seconds >= u[1]), UNITS[-1])
    value = seconds / size
    return f"{value:.{max(0, 2 - len(str(int(value))) + 1)}f} {unit}"


def processor() -> str:
    """Return the processor's name."""
    info = Path("/proc/cpuinfo")
    text = info.read_text() if info.exists() else ""
    found = re.search(r"model name\s*: (.*)", text)
    return found[1] if found else platform.processor() or platform.machine()


def machine() -> dict[str, Any]:
    """Return where and when this runs."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": processor(),
        "processors": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }


def table(heads: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table, its first column to the left, the rest to the right."""
    lines = [heads, [":--", *["--:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def title(workload: Workload) -> str:
    """Return what a workload is, in words."""
    if workload.epochs:
        sizes = "-".join(map(str, workload.sizes))
        return f"{workload.name}, {sizes}, {workload.epochs} epochs"
    rule = {"sgd": "SGD", "adam": "Adam"}[workload.optimizer]
    return f"{workload.name}, batch {workload.batch}, {rule}"


def cell(entry: Entry | None, ours: Entry | None) -> str:
    """Return a peer's time, and how many times backlit's it is."""
    if entry is None or entry.error:
        return "–"
    if not entry.counts:
        return f"disagrees by {entry.disagreement:.1%}"
    if entry is ours:
        return f"**{duration(entry.median)}**"
    times = f" ({ratio(entry, ours):.2f})" if ours and ours.counts else ""
    return duration(entry.median) + times


def steps(results: list[Result]) -> str:
    """Return the table of times."""
    tried = {e.peer for _, entries in results for e in entries if not e.error}
    labels = [label for label in PEERS if label in tried]
    rows = []
    for workload, entries in results:
        by = {entry.peer: entry for entry in entries}
        cells = [cell(by.get(label), by.get("backlit")) for label in labels]
        rows.append([title(workload), *cells])
    return table(["work", *labels], rows)


def goals_of(results: list[Result], threads: int) -> Iterator[list[str]]:
    """Yield a row for each goal: work, what is to be reached, what was, the verdict."""
    for workload, entries in results:
        by = {entry.peer: entry for entry in entries if entry.counts}
        two = TWO_THREADS.get(workload.name, ())
        for goal in workload.goals if threads == 1 else two:
            if goal.peer in by and (not goal.other or goal.other in by):
                value = _reached(goal, by)
                yield _row(title(workload), goal, value)


def _reached(goal: Goal, by: dict[str, Entry]) -> float:
    ours = by[goal.peer]
    return ratio(ours, by[goal.other]) if goal.other else ours.median


def _row(work: str, goal: Goal, value: float) -> list[str]:
    who = "" if goal.peer == "backlit" else f" ({goal.peer})"
    if goal.other:
        wanted, got = f"{goal.most:.2f} × {goal.other}", f"{value:.2f} ×"
    else:
        wanted, got = duration(goal.most), duration(value)
    return [work + who, f"≤ {wanted}", got, "met" if value <= goal.most else "missed"]


def start_goals(start: Times, fit: Times) -> Iterator[list[str]]:
    """Yield the rows of the goals for beginning."""
    for case, most in START_GOALS.items():
        if f"backlit, {case}" in start:
            value = median(start[f"backlit, {case}"])
            yield _row(f"first step, {case}", Goal(most), value)
    if "backlit, cold" in fit:
        yield _row("first fit, cold", Goal(FIT_COLD), median(fit["backlit, cold"]))


def starts(start: Times, fit: Times) -> str:
    """Return the table of the times until the first step and the first fit."""
    cases = list(dict.fromkeys([*start, *fit]))
    rows = [
        [case, *(duration(median(t[case])) if case in t else "–" for t in (start, fit))]
        for case in cases
    ]
    return table(["new process", "first step, 2-8-8-1", "first fit on digits"], rows)


def curve_tables(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Yield a table for each axis: time and memory of each peer, and of the arena."""
    labels = list(dict.fromkeys(row["peer"] for row in rows))
    for axis in dict.fromkeys(row["axis"] for row in rows):
        points = [row for row in rows if row["axis"] == axis]
        heads = [axis, *labels, *(f"{label}, memory" for label in labels)]
        lines = []
        for value in dict.fromkeys(row["value"] for row in points):
            at = {row["peer"]: row for row in points if row["value"] == value}
            times = [duration(at[x]["seconds"]) if x in at else "–" for x in labels]
            memory = [_memory(at.get(label, {})) for label in labels]
            lines.append([str(value), *times, *memory])
        yield table(heads, lines)


def _memory(row: dict[str, Any]) -> str:
    if "peak" not in row:
        return "–"
    arena = f" (arena {row['arena'] / 2**10:.0f} KiB)" if "arena" in row else ""
    return f"{row['peak'] / 2**20:.0f} MiB{arena}"


def refused(results: list[Result]) -> list[str]:
    """Return a line for each peer that did not do, or not do right, what it could."""
    return [
        f"{entry.peer} on {workload.name}: "
        + (entry.error or f"its parameters are off by {entry.disagreement:.1%}")
        for workload, entries in results
        for entry in entries
        if not entry.counts and not entry.error.startswith("NotImplemented")
    ]


def heading(run: dict[str, Any]) -> str:
    """Return when, where and with what a run was made."""
    about, threads = run["machine"], run["threads"]
    busy = about["load"] is not None and about["load"] > 0.5
    note = f"; **the machine was busy** (load {about['load']:.1f})" if busy else ""
    return (
        f"{about['date']}, {about['processor']}, {about['processors']} processors, "
        f"{about['system']}, Python {about['python']}; "
        f"{threads} thread{'s' * (threads > 1)}, {run['rounds']} rounds of "
        f"{run['seconds']:g} s{note}. "
        f"{'; '.join(dict.fromkeys(run['versions'].values()))}."
    )


def markdown(run: dict[str, Any], results: list[Result]) -> str:
    """Return all results of a run as Markdown."""
    parts = [heading(run), TIMES, steps(results)]
    if run["missing"]:
        parts.append(f"Not installed: {', '.join(run['missing'])}.")
    if lines := refused(results):
        parts.append("Not counted:\n\n" + "\n".join(f"- {line}" for line in lines))
    worst = max(
        (e.disagreement for _, es in results for e in es if e.counts), default=0
    )
    parts.append(
        f"Parameters after the same steps are within {worst:.1g} of the way they went "
        f"in float64 by hand ({TOLERANCE:g} is allowed)."
    )
    if run["start"]:
        parts.append(starts(run["start"], run["first_fit"]))
    reached = [*goals_of(results, run["threads"])]
    reached += [*start_goals(run["start"], run["first_fit"])]
    if reached:
        parts.append(table(["goal", "to reach", "measured", "verdict"], reached))
    return "\n\n".join([*parts, *curve_tables(run["curves"])]) + "\n"


def as_data(run: dict[str, Any], results: list[Result]) -> dict[str, Any]:
    """Return all results of a run for a JSON file, every round included."""
    works = [
        {"workload": asdict(workload), "peers": [asdict(e) for e in entries]}
        for workload, entries in results
    ]
    return {**run, "results": works}


def marks(threads: int) -> tuple[str, str]:
    """Return the lines of a document between which the results stand."""
    about = f"of results, threads={threads} -->"
    return f"<!-- begin {about}", f"<!-- end {about}"


def put_into(document: Path, text: str, threads: int) -> None:
    """Replace the results in a document, between their two marks."""
    begin, end = marks(threads)
    before, _, rest = document.read_text("utf-8").partition(begin)
    after = rest.partition(end)[2]
    document.write_text(f"{before}{begin}\n\n{text}\n{end}{after}", "utf-8")
