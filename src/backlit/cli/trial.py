"""Trial runs before training: how strong a penalty suits a table, and how many epochs.

    learning rows  ->  4/5 to train on, once with each penalty,  1/5 to compare on

A penalty is a table's remedy against noise: a strong one helps a table of rough
measurements and ruins one of clean curves, and nothing but trying tells them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backlit.cli import defaults
from backlit.cli.problem import data_error
from backlit.train.preparation import split
from backlit.train.stopping import EarlyStopping

if TYPE_CHECKING:
    from collections.abc import Callable

    from backlit.graph.node import Array
    from backlit.model import Network

STRENGTHS = (0.1, 1.0, 6.0, 30.0)  # l2 · rows: what stays the same as a table grows
HELD_OUT = 0.2
MOST_ROWS = 2000
PATIENCE = 40


@dataclass(frozen=True)
class Trial:
    """What was found.

    Attributes:
        l2: The best penalty, for all learning rows.
        epochs: The epochs after which it was best.
        tried: All penalties.
    """

    l2: float
    epochs: int
    tried: tuple[float, ...]


def tried(
    network: Callable[[float], Network],
    X: Array,
    T: Array,
    labels: Array,
    epochs: int | None,
    seed: int,
    **options: Any,
) -> Trial:
    """Return the penalty with the least error on rows that were held out.

    Args:
        network: Makes the network for a penalty l2.
        X: Inputs of the learning rows, `(rows, inputs)`.
        T: Their targets, `(rows, outputs)`.
        labels: What they are split by, `(rows,)`.
        epochs: The most epochs, if there is a limit.
        seed: Of the split.
        **options: For `Network.fit`: optimizer, batch size, executor.

    Raises:
        KeyboardInterrupt: Ctrl-C.
        NonFiniteError: A value was not finite.
    """
    rows = split(labels, max(0.0, 1 - MOST_ROWS / len(labels)), seed)[0]
    train, held = (rows[part] for part in split(labels[rows], HELD_OUT, seed))
    options["batch_size"] = min(options["batch_size"], defaults.batch_size(len(train)))
    options["epochs"] = epochs or defaults.epochs(len(train), options["batch_size"])
    found = {}
    for strength in STRENGTHS:
        net = network(_rounded(strength / len(train)))
        history = net.fit(
            X[train],
            T[train],
            validation=(X[held], T[held]),
            early_stopping=EarlyStopping(PATIENCE),
            **options,
        )
        if history.stopped == "interrupted":
            raise KeyboardInterrupt
        found[strength] = data_error(net, X[held], T[held]), history.best_epoch or 1
    best = min(found, key=found.__getitem__)
    penalties = [_rounded(strength / len(labels)) for strength in STRENGTHS]
    return Trial(_rounded(best / len(labels)), found[best][1], tuple(penalties))


def _rounded(penalty: float) -> float:
    """Return a number that is short to print."""
    return float(f"{penalty:.2g}")
