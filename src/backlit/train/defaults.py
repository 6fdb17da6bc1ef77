"""What suits a table where nothing is asked for: sizes, rates, lengths of training.

The numbers were found by trial on the named data sets and on generated tables of mixed
columns (bench/tables.py measures them); the reasons are given with each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backlit.errors import OptionError
from backlit.network.architecture import Dense
from backlit.options import known

if TYPE_CHECKING:
    from collections.abc import Sequence

HIDDEN = (32, 32)
ACTIVATION = "relu"
OPTIMIZER = "adam"
ADAM_RATE = 0.003  # a table's batches are small and clean: faster than the usual 0.001

TRIED_FROM = 40  # rows from which a part can be spared to choose the penalty
HELD_OUT_FROM = 2000  # rows from which a share for early stopping is no loss
HELD_OUT = 0.1
PATIENCE = 20  # epochs

SQUARES = ("mse", "half_mse", "sse", "half_sse")
LOSSES = {
    "regression": (*SQUARES, "mae", "huber"),
    "two classes": (
        "binary_cross_entropy_with_logits",
        "binary_cross_entropy",
        "cross_entropy",
        "hinge",
        *SQUARES,
    ),
    "more classes": ("cross_entropy", *SQUARES),
}
KNOWN_LOSSES = sorted({name for names in LOSSES.values() for name in names})


def batch_size(rows: int) -> int:
    """Return the samples per step: small tables need many steps, large ones speed."""
    for size, below in ((16, 400), (32, 2000), (64, 8000), (128, 50_000)):
        if rows < below:
            return size
    return 256


def epochs(rows: int, batch: int, steps: int = 1500) -> int:
    """Return the epochs that make about so many steps, from 40 to 1000."""
    return max(40, min(1000, -(-steps // -(-rows // batch))))


def kind(classes: int) -> str:
    """Return which of `LOSSES` a target of so many classes, or of numbers, has."""
    kinds = {0: "regression", 2: "two classes"}
    return kinds.get(classes, "more classes")


def loss(wanted: str | None, classes: int) -> str:
    """Return the loss that is wanted if it suits a number of classes, else the usual.

    Args:
        wanted: The name of a loss.
        classes: How many classes the target has, 0 if it is numbers.

    Raises:
        OptionError: There is no such loss, or it does not suit.
    """
    fitting = LOSSES[kind(classes)]
    if wanted is None:
        return fitting[0]
    if known("loss", wanted, KNOWN_LOSSES) not in fitting:
        task = f"a target of {classes} classes" if classes else "a target of numbers"
        raise OptionError(
            f"--loss {wanted} is not for {task}; for that there are "
            f"{', '.join(fitting)}"
        )
    return wanted


def outputs(loss: str, classes: int) -> int:
    """Return how many outputs a loss needs for its targets."""
    return classes if loss == "cross_entropy" or classes > 2 else 1


def layers(
    hidden: Sequence[int], activation: str, loss: str, classes: int
) -> list[Dense]:
    """Return the layers, with the outputs that a loss needs for its targets."""
    bounded = classes and (loss in SQUARES or loss == "binary_cross_entropy")
    last = "sigmoid" if bounded else "linear"
    output = Dense(outputs(loss, classes), last)
    return [*(Dense(units, activation) for units in hidden), output]
