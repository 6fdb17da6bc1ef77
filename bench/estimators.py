"""Compare backlit's estimators with scikit-learn's networks: quality and time.

    python bench/estimators.py [--seeds 5] [--json FILE]

Both get the same split, the same pipeline (standardised numbers, one-hot categories)
and the same parameters: the defaults, with at most 500 epochs. They are fitted in turn,
the first to go alternating, on one thread each. Quality is the median over the seeds of
accuracy or R² on the quarter held out, in points (hundredths); time is the median over
the seeds of backlit's time to fit divided by scikit-learn's.
"""

# ruff: noqa: E402 - NumPy reads the environment when it is loaded
from __future__ import annotations

import os

for _library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{_library}_NUM_THREADS"] = "1"

import argparse
import json
import warnings
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn import datasets
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from backlit.interop.sklearn import NetworkClassifier, NetworkRegressor

if TYPE_CHECKING:
    from collections.abc import Callable

    Table = tuple[pd.DataFrame, pd.Series]

EPOCHS = 500
ALLOWED = 1.0  # points that may be lost without saying so


def bundled(load: Callable[..., Any]) -> Table:
    """Return a table that comes with scikit-learn."""
    X, y = load(return_X_y=True, as_frame=True)
    return X, y


def mixed(rows: int = 1500) -> Table:
    """Return a generated table of numbers and categories, with gaps and noise."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        {
            "age": rng.uniform(18, 90, rows).round(),
            "income": rng.lognormal(10, 0.6, rows),
            "visits": rng.poisson(4, rows).astype(float),
            "city": rng.choice(["Basel", "Lyon", "Turin", "Ulm"], rows),
            "plan": rng.choice(["basic", "family", "premium"], rows, p=[0.6, 0.3, 0.1]),
        }
    )
    pull = (
        np.sin(X["age"] / 12)
        + 0.8 * (X["plan"] == "premium") * (X["visits"] - 4)
        + (X["city"] == "Lyon") * np.log(X["income"] / 22000)
        + rng.normal(0, 0.4, rows)
    )
    y = pd.Series(
        np.where(pull > 0.6, "stays", np.where(pull < -0.4, "leaves", "open"))
    )
    X.loc[rng.random(rows) < 0.05, "income"] = np.nan
    X.loc[rng.random(rows) < 0.05, "city"] = None
    return X, y


TABLES: dict[str, Callable[[], Table]] = {
    "iris": lambda: bundled(datasets.load_iris),
    "wine": lambda: bundled(datasets.load_wine),
    "breast-cancer": lambda: bundled(datasets.load_breast_cancer),
    "digits": lambda: bundled(datasets.load_digits),
    "diabetes": lambda: bundled(datasets.load_diabetes),
    "mixed": mixed,
}
REGRESSION = {"diabetes"}


def pipeline(estimator: Any) -> Pipeline:
    """Return the pipeline that both estimators are put into."""
    number = make_pipeline(SimpleImputer(), StandardScaler())
    category = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    prepared = make_column_transformer(
        (number, make_column_selector(dtype_include="number")),
        (category, make_column_selector(dtype_exclude="number")),
    )
    return make_pipeline(prepared, estimator)


def estimators(name: str, seed: int) -> dict[str, Any]:
    """Return one estimator of each library."""
    options = {"max_iter": EPOCHS, "random_state": seed}
    if name in REGRESSION:
        kinds = {"backlit": NetworkRegressor, "sklearn": MLPRegressor}
    else:
        kinds = {"backlit": NetworkClassifier, "sklearn": MLPClassifier}
    return {library: kind(**options) for library, kind in kinds.items()}


def race(name: str, X: pd.DataFrame, y: pd.Series, seed: int) -> dict[str, Any]:
    """Fit both on one split; return points on the rest, seconds and epochs of each."""
    stratify = None if name in REGRESSION else y
    split = train_test_split(X, y, random_state=seed, stratify=stratify)
    train, test, y_train, y_test = split
    contenders = list(estimators(name, seed).items())
    found: dict[str, Any] = {}
    for library, estimator in contenders if seed % 2 else reversed(contenders):
        model = pipeline(estimator)
        started = perf_counter()
        model.fit(train, y_train)
        seconds = perf_counter() - started
        found[library] = {
            "points": 100 * model.score(test, y_test),
            "seconds": seconds,
            "epochs": estimator.n_iter_,
        }
    return found


def compare(name: str, seeds: int) -> dict[str, Any]:
    """Return the medians over seeds for one table."""
    X, y = TABLES[name]()
    race(name, X, y, seeds)  # the first run of each pays for imports and caches
    runs = [race(name, X, y, seed) for seed in range(seeds)]
    row: dict[str, Any] = {"table": name, "rows": len(X)}
    row["metric"] = "R²" if name in REGRESSION else "accuracy"
    for library in ("backlit", "sklearn"):
        for value in ("points", "seconds", "epochs"):
            row[f"{library}_{value}"] = median(run[library][value] for run in runs)
    row["difference"] = row["backlit_points"] - row["sklearn_points"]
    row["time_ratio"] = median(
        run["backlit"]["seconds"] / run["sklearn"]["seconds"] for run in runs
    )
    return row


def markdown(rows: list[dict[str, Any]], seeds: int) -> str:
    """Return the result as a table and a sentence."""
    heads = ["table", "rows", "metric", "backlit", "scikit-learn", "difference"]
    heads += ["time ratio", "epochs"]
    cells = [heads, ["---", *["--:"] * (len(heads) - 1)]]
    cells += [
        [
            r["table"],
            str(r["rows"]),
            r["metric"],
            f"{r['backlit_points']:.1f}",
            f"{r['sklearn_points']:.1f}",
            f"{r['difference']:+.1f}",
            f"{r['time_ratio']:.2f}",
            f"{r['backlit_epochs']:.0f} : {r['sklearn_epochs']:.0f}",
        ]
        for r in rows
    ]
    table = "\n".join(f"| {' | '.join(row)} |" for row in cells)
    lost = [f"{r['table']} ({-r['difference']:.1f})" for r in rows if lost_by(r)]
    verdict = f"Losses of more than 1 point: {', '.join(lost) or 'none'}."
    return (
        f"{table}\n\nMedians of {seeds} seeds, quality in points; a time ratio below 1 "
        f"is faster than scikit-learn. {verdict}"
    )


def lost_by(row: dict[str, Any]) -> bool:
    """Tell whether backlit loses more than is allowed."""
    return bool(row["difference"] < -ALLOWED)


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5, help="splits per table")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write numbers here")
    options = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    rows = [compare(name, options.seeds) for name in TABLES]
    print(markdown(rows, options.seeds))
    if options.json:
        text = json.dumps({"seeds": options.seeds, "tables": rows}, indent=2)
        options.json.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
