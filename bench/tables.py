"""Compare `backlit train` on tables with scikit-learn's networks: quality and time.

    python bench/tables.py [--seeds 5] [--only NAME ...] [--json FILE]

backlit runs as a person would type it, without options but the seed. scikit-learn gets
the inputs, the targets (standardised, if they are numbers) and the split that backlit
made, twice: as it comes (one layer of 100, at most 200 epochs) and with backlit's
layers and time to finish (at most 1000 epochs). Quality is the mean over the seeds of
accuracy or R² on the fifth held out, in points (hundredths). The difference is to the
better of the two, which nobody could have chosen beforehand; its ± is the standard
error of the mean over the seeds. Time is the median of seconds; backlit's is of the
whole command, with reading, trial runs and saving, but without starting Python.
"""

# ruff: noqa: E402 - NumPy reads the environment when it is loaded
from __future__ import annotations

import os

for _library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{_library}_NUM_THREADS"] = "1"

import argparse
import contextlib
import io
import json
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median, stdev
from time import perf_counter
from typing import Any

import numpy as np
import polars as pl
from backlit.cli.defaults import HIDDEN
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor

from backlit.cli import main as backlit
from backlit.cli.tables import opened
from backlit.train import checkpoint
from backlit.train.preparation import Preparation, prepare

ALLOWED = 1.0  # points that may be lost without saying so
QUARTERS = ("Au", "Berg", "Hafen", "Mitte", "West")
PEERS = ("as it comes", "same layers")


@dataclass(frozen=True)
class Case:
    """What is trained: a data set or a table to be generated, and backlit's options."""

    name: str
    data: str
    options: tuple[str, ...] = ()
    hidden: tuple[int, ...] = HIDDEN


CASES = (
    *(Case(name, name) for name in ("iris", "wine", "breast-cancer", "digits")),
    Case("digits --hidden 64", "digits", ("--hidden", "64"), (64,)),
    Case("diabetes", "diabetes"),
    *(Case(name, name) for name in ("circles", "moons", "spirals", "gaussians")),
    Case("plane", "plane"),
    *(
        Case(name, name)
        for name in ("clients.csv", "grades.csv", "rents.csv", "rents-large.csv")
    ),
)


def generated(name: str) -> pl.DataFrame:
    """Return a table of mixed columns with holes and noise: two tasks, two sizes.

    clients.csv has a target of two classes, grades.csv one of three, the rents have
    numbers.
    """
    rows = 4000 if "large" in name else 700
    rng = np.random.default_rng(7)
    area = rng.gamma(9, 9, rows).round(1)
    built = rng.integers(1880, 2024, rows)
    place = rng.integers(0, len(QUARTERS), rows)
    heating = rng.choice(
        ["gas", "oil", "district", "pump"], rows, p=[0.5, 0.2, 0.2, 0.1]
    )
    lift = rng.random(rows) < 0.45
    day = rng.integers(17_500, 19_700, rows)
    value = (
        0.03 * (area - 81)
        + rng.normal(0, 0.5, len(QUARTERS))[place]
        + 0.8 * np.cos((built - 1880) / 23)
        + np.where(lift, 0.5, -0.2) * (heating == "district")
        + (day - 18_600) / 1500
        + 0.4 * rng.standard_normal(rows)
    )
    frame = pl.DataFrame(
        {
            "number": np.arange(1, rows + 1),
            "area": _holes(area, 0.06, rng),
            "built": _holes(built, 0.08, rng),
            "quarter": _holes(np.array(QUARTERS)[place], 0.04, rng),
            "heating": heating,
            "lift": lift,
            "listed": pl.Series(day, dtype=pl.Int32).cast(pl.Date),
        }
    )
    return frame.with_columns(_target(name, value))


def _holes(values: Any, share: float, rng: np.random.Generator) -> pl.Series:
    column, missing = pl.Series(values), pl.Series(rng.random(len(values)) < share)
    return column.set(missing, None)


def _target(name: str, value: Any) -> pl.Series:
    if name == "clients.csv":
        return pl.Series("stays", np.where(value > 0.3, "yes", "no"))
    if name == "grades.csv":
        third = np.searchsorted(np.quantile(value, [0.3, 0.7]), value)
        return pl.Series("grade", np.array(["C", "B", "A"])[third])
    return pl.Series("rent", (900 + 250 * value).round(0))


def race(case: Case, folder: Path, seed: int) -> dict[str, Any]:
    """Train all on one split; return points on the rest and seconds of each."""
    data, model = case.data, folder / f"{case.data}.safetensors"
    if data.endswith(".csv"):
        data = str(folder / data)
        if not Path(data).exists():
            generated(case.data).write_csv(data)
    asked = ["train", data, *case.options, "--seed", str(seed), "--out", str(model)]
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = backlit([*asked, "--json"])
    if code:
        raise SystemExit(f"backlit {' '.join(asked)} failed")
    told = json.loads(said.getvalue().splitlines()[-1])
    test = told["parts"]["test"]
    found = {"backlit": _outcome(test.get("accuracy", test.get("r2")), told["seconds"])}
    return found | _peers(case, data, model, seed)


def _peers(case: Case, data: str, model: Path, seed: int) -> dict[str, Any]:
    table = opened(data, seed=seed)
    preparation = Preparation.from_json(checkpoint.load(model).preparation or "")
    split = prepare(table.frame, seed=seed)
    X, t = preparation.features(table.frame), preparation.targets(table.frame)
    kind = MLPClassifier if preparation.classes else MLPRegressor
    layers = {"hidden_layer_sizes": case.hidden, "max_iter": 1000}
    found = {}
    for name, options in zip(PEERS, ({}, layers), strict=True):
        peer = kind(random_state=seed, **options)
        started = perf_counter()
        peer.fit(X[split.train_rows], t[split.train_rows])
        seconds = perf_counter() - started
        score = peer.score(X[split.test_rows], t[split.test_rows])
        found[name] = _outcome(score, seconds)
    return found


def _outcome(score: float, seconds: float) -> dict[str, float]:
    return {"points": 100 * score, "seconds": seconds}


def compare(case: Case, folder: Path, seeds: int) -> dict[str, Any]:
    """Return means and medians over the seeds for one case."""
    race(case, folder, seeds)  # the first run pays for imports and caches
    runs = [race(case, folder, seed) for seed in range(seeds)]
    row: dict[str, Any] = {"case": case.name}
    for contender in ("backlit", *PEERS):
        row[f"{contender} points"] = mean(run[contender]["points"] for run in runs)
        row[f"{contender} seconds"] = median(run[contender]["seconds"] for run in runs)
    best = max(PEERS, key=lambda peer: row[f"{peer} points"])
    differences = [run["backlit"]["points"] - run[best]["points"] for run in runs]
    row["better peer"], row["difference"] = best, mean(differences)
    row["standard error"] = stdev(differences) / seeds**0.5 if seeds > 1 else None
    return row


def verdict(row: dict[str, Any]) -> str:
    """Return what a difference means: beyond what is allowed, it is no tie."""
    if abs(row["difference"]) <= ALLOWED:
        return "tie"
    return "better" if row["difference"] > 0 else "worse"


def markdown(rows: list[dict[str, Any]], seeds: int) -> str:
    """Return the result as a table and a sentence."""
    heads = ["table", "backlit", *(f"scikit-learn, {peer}" for peer in PEERS)]
    heads += ["difference", "", "seconds"]
    lines = [heads, ["---", *["--:"] * 4, "---", "---"]]
    for row in rows:
        error = row["standard error"]
        contenders = ("backlit", *PEERS)
        lines.append(
            [
                row["case"],
                *(f"{row[f'{name} points']:.1f}" for name in contenders),
                f"{row['difference']:+.1f}" + (f" ± {error:.1f}" if error else ""),
                verdict(row),
                " : ".join(f"{row[f'{name} seconds']:.2f}" for name in contenders),
            ]
        )
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    count = [sum(verdict(row) == said for row in rows) for said in ("better", "worse")]
    return (
        f"{table}\n\nMeans of {seeds} seeds, in points. Within {ALLOWED:g} point of "
        f"scikit-learn's better network is a tie: {len(rows) - sum(count)} ties, "
        f"{count[0]} better, {count[1]} worse."
    )


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5, help="splits per table")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these tables")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write numbers here")
    options = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    cases = [c for c in CASES if not options.only or c.name in options.only]
    with tempfile.TemporaryDirectory() as folder:
        rows = [compare(case, Path(folder), options.seeds) for case in cases]
    print(markdown(rows, options.seeds))
    if options.json:
        text = json.dumps({"seeds": options.seeds, "tables": rows}, indent=2)
        options.json.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
