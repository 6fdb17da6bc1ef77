"""Compare backlit's training speed with its peers', in one run.

    python bench/steps.py [--quick] [--only NAME] [--json FILE] [--plot FILE.svg]
                          [--markdown FILE] [--threads 1] [--curves]

Every workload is trained by every peer that is installed, from the same first weights,
on the same data, in turn, each in a process bound to its processors. A peer counts
only if its parameters come out as those of a float64 reference.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import curves
import report
from contest import PEERS, Contender, compete, contenders
from startup import first_steps
from workloads import START, WORKLOADS, Workload, job

ROUNDS = 7
NAMES = [workload.name for workload in WORKLOADS]
STARTING = "start"  # what --only calls the time until the first step


def options() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="short rounds, 5 of them")
    parser.add_argument(
        "--only",
        action="append",
        metavar="NAME",
        help=f"only these, by the beginnings of their names: {', '.join(NAMES)}, "
        f"{STARTING} (compiling and loading)",
    )
    parser.add_argument(
        "--peer",
        action="append",
        metavar="NAME",
        choices=PEERS,
        help=f"only these peers, beside backlit: {', '.join(PEERS)}",
    )
    parser.add_argument("--threads", type=int, default=1, help="for every peer")
    parser.add_argument("--curves", action="store_true", help="also the cost curves")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every round")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw it (SVG)")
    parser.add_argument(
        "--markdown",
        type=Path,
        metavar="FILE",
        help="put the tables into this document, between the lines "
        f"{' and '.join(report.marks(1))}",
    )
    given = parser.parse_args()
    _check(parser, given)
    return given


def _check(parser: argparse.ArgumentParser, given: argparse.Namespace) -> None:
    if given.threads < 1:
        parser.error(f"--threads must be at least 1, got {given.threads}")
    for name in given.only or ():
        if not any(known.startswith(name) for known in (*NAMES, STARTING)):
            parser.error(f"--only {name}: there are {', '.join(NAMES)}, {STARTING}")
    if given.plot:
        try:
            import matplotlib  # noqa: F401, ICN001, PLC0415 - only for the picture
        except ImportError:
            parser.error("--plot needs matplotlib: pip install matplotlib")
    if given.markdown:
        marks = report.marks(given.threads)
        file = given.markdown
        text = file.read_text("utf-8") if file.is_file() else ""
        if not all(mark in text for mark in marks):
            parser.error(f"--markdown {file}: needs the lines {' and '.join(marks)}")


def chosen(only: list[str] | None) -> list[Workload]:
    """Return the workloads to run."""
    wanted = tuple(only or [""])
    return [workload for workload in WORKLOADS if workload.name.startswith(wanted)]


def labels_of(peers: list[str] | None) -> list[str]:
    """Return the peers to run, backlit first."""
    return [p for p in PEERS if p == "backlit" or not peers or p in peers]


def installed(
    peers: list[Contender],
) -> tuple[dict[str, Contender], dict[str, str]]:
    """Return the peers that are there, and why the others are not."""
    there = {p.label: p for p in peers if "missing" not in p.about}
    return there, {p.label: p.about["missing"] for p in peers if p.label not in there}


def say(text: str) -> None:
    """Tell how far it is, on stderr."""
    print(text, file=sys.stderr, flush=True)


def measure(given: argparse.Namespace) -> tuple[dict[str, Any], list[Any]]:
    """Run everything that is asked for."""
    seconds, rounds = (0.03, 5) if given.quick else (0.2, ROUNDS)
    run: dict[str, Any] = {"machine": report.machine(), "threads": given.threads}
    run |= {"rounds": rounds, "seconds": seconds}
    results = []
    with contenders(labels_of(given.peer), given.threads) as peers:
        there, run["missing"] = installed(peers)
        run["versions"] = {label: p.about["version"] for label, p in there.items()}
        for workload in chosen(given.only):
            say(workload.name)
            made = job(workload, given.threads)
            results.append(
                (workload, compete(made, [*there.values()], rounds, seconds))
            )
    run["start"], run["first_fit"] = started(given, list(there))
    run["curves"] = []
    if given.curves:
        say("curves")
        wanted = curves.curves(list(there), 5, seconds, quick=given.quick)
        run["curves"] = list(wanted)
    return run, results


def started(given: argparse.Namespace, labels: list[str]) -> tuple[Any, Any]:
    """Return the times until the first step, and of the first fit."""
    if given.only and not any(STARTING.startswith(name) for name in given.only):
        return {}, {}
    say("the first step and the first fit in new processes")
    fit = next(workload for workload in WORKLOADS if workload.epochs)
    first, second = (
        first_steps(job(workload, given.threads), 5, labels)
        for workload in (START, fit)
    )
    return first, second


def main() -> None:
    """Run the comparison, print it and write what is asked for."""
    given = options()
    run, results = measure(given)
    text = report.markdown(run, results)
    print(text)
    if given.json:
        data = json.dumps(report.as_data(run, results), indent=1)
        given.json.write_text(data + "\n", "utf-8")
    if given.markdown:
        report.put_into(given.markdown, text, given.threads)
    if given.plot:
        import plot  # noqa: PLC0415 - matplotlib may be missing

        if results:
            plot.ratios(results, given.plot)
        if run["curves"]:
            name = f"{given.plot.stem}-curves{given.plot.suffix}"
            plot.curves(run["curves"], given.plot.with_name(name))


if __name__ == "__main__":
    main()
