"""The measured data sets, read from the files that scikit-learn carries.

The files are read without importing scikit-learn, which would take a second. A test
holds each set equal to what scikit-learn's own loader gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from backlit.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Measured:
    """A set, as scikit-learn keeps it.

    Attributes:
        files: of numbers by rows, side by side; the last column is the target.
        features: names of the other columns.
        target_name: what is to be predicted.
        classes: names of the classes by index, none for a regression.
        head: lines before the first row.
        delimiter: between numbers; any white space if not given.
    """

    files: tuple[str, ...]
    features: tuple[str, ...]
    target_name: str
    classes: tuple[str, ...] = ()
    head: int = 0
    delimiter: str | None = ","


_CELLS = (
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave points",
    "symmetry",
    "fractal dimension",
)
_WINE = (
    "alcohol",
    "malic_acid",
    "ash",
    "alcalinity_of_ash",
    "magnesium",
    "total_phenols",
    "flavanoids",
    "nonflavanoid_phenols",
    "proanthocyanins",
    "color_intensity",
    "hue",
    "od280/od315_of_diluted_wines",
    "proline",
)

MEASURED = {
    "iris": Measured(
        ("iris.csv",),
        tuple(f"{p} {s} (cm)" for p in ("sepal", "petal") for s in ("length", "width")),
        "species",
        ("setosa", "versicolor", "virginica"),
        head=1,
    ),
    "wine": Measured(
        ("wine_data.csv",),
        _WINE,
        "cultivar",
        ("class_0", "class_1", "class_2"),
        head=1,
    ),
    "breast-cancer": Measured(
        ("breast_cancer.csv",),
        tuple(
            form.format(measure)
            for form in ("mean {}", "{} error", "worst {}")
            for measure in _CELLS
        ),
        "diagnosis",
        ("malignant", "benign"),
        head=1,
    ),
    "digits": Measured(
        ("digits.csv.gz",),
        tuple(f"pixel_{row}_{column}" for row in range(8) for column in range(8)),
        "digit",
        tuple(map(str, range(10))),
    ),
    # In the units of its features, as a file of one's own would have them.
    "diabetes": Measured(
        ("diabetes_data_raw.csv.gz", "diabetes_target.csv.gz"),
        ("age", "sex", "bmi", "bp", *(f"s{i}" for i in range(1, 7))),
        "progression",
        delimiter=None,
    ),
}


def read(kept: Measured) -> NDArray[np.float64]:
    """Return a set's table: features, then the target (rows, features + 1).

    Raises:
        DataError: the scikit-learn that is installed does not keep the set so.
    """
    folder = _folder()
    try:
        parts = [
            np.loadtxt(
                folder / file, delimiter=kept.delimiter, skiprows=kept.head, ndmin=2
            )
            for file in kept.files
        ]
        table: NDArray[np.float64] = np.hstack(parts)
    except (OSError, ValueError) as cause:
        raise DataError(f"{kept.files[0]} of scikit-learn: {cause}; {_HINT}") from cause
    if table.shape[1] != len(kept.features) + 1:
        raise DataError(
            f"{kept.files[0]} of scikit-learn has {table.shape[1]} columns, "
            f"{len(kept.features) + 1} are needed; {_HINT}"
        )
    return table


_HINT = "an older scikit-learn may have it as it was"


def _folder() -> Path:
    spec = find_spec("sklearn")
    [package] = (spec and spec.submodule_search_locations) or [""]
    return Path(package) / "datasets" / "data"
