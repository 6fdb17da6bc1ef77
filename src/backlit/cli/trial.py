"""Trial runs before training: how strong a penalty suits a table, and how many epochs.

    training rows  ->  fifths;  each penalty is trained three times without one fifth,
    and the mean error on what was left out, epoch by epoch, tells which is best

A penalty is a table's remedy against noise: a strong one helps a table of rough
measurements and ruins one of clean curves, and nothing but trying tells them apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from backlit.errors import NonFiniteError
from backlit.train import defaults
from backlit.train.fit import fit
from backlit.train.measures import Measure
from backlit.train.plan import Plan
from backlit.train.preparation import split
from backlit.train.samples import samples
from backlit.train.state import TrainingState
from backlit.train.stopping import EarlyStopping

if TYPE_CHECKING:
    from collections.abc import Callable

    from backlit.graph.node import Array
    from backlit.model import Network
    from backlit.train.samples import Samples

STRENGTHS = (0.1, 1.0, 6.0, 30.0)  # l2 · rows: what stays the same as a table grows
FIFTHS, LEFT_OUT = 5, 3
MOST_ROWS = 2000
STEPS = 4000  # of one run
PATIENCE = 1000  # steps without improvement that end it; a spiral needs long to begin
CURVE = "left_out"  # the column of the history
SMOOTHED = 11  # epochs over which a curve is averaged, lest a lucky one be taken


@dataclass(frozen=True)
class Trial:
    """What was found.

    Attributes:
        l2: The best penalty, for all training rows.
        epochs: The epochs after which it was best.
        compared: All penalties.
    """

    l2: float
    epochs: int
    compared: tuple[float, ...]


def tried(
    network: Callable[[float], Network],
    data: tuple[Array, Array],
    labels: Array,
    *,
    epochs: int | None = None,
    seed: int = 0,
    tell: Callable[[str], object] = str,
    **options: Any,
) -> Trial:
    """Return the penalty, and the epochs, with the least error on rows left out.

    Args:
        network: Makes the network for a penalty l2.
        data: Inputs `(rows, inputs)` and targets `(rows, outputs)` to train on.
        labels: What parts shall have in the same shares, `(rows,)`.
        epochs: The most epochs, if there is a limit.
        seed: Of the parts.
        tell: Called with what is being done.
        **options: For the plan: optimizer, batch size, executor.

    Raises:
        KeyboardInterrupt: Ctrl-C.
        NonFiniteError: A value was not finite.
    """
    rows = split(labels, max(0.0, 1 - MOST_ROWS / len(labels)), seed)[0]
    fifth = fifths(labels[rows], seed)
    batch = min(options["batch_size"], defaults.batch_size(len(rows)))
    options |= {
        "batch_size": batch,
        "epochs": epochs or defaults.epochs(len(rows), batch, STEPS),
    }
    curves = {}
    for strength in STRENGTHS:
        l2 = rounded(strength * FIFTHS / (FIFTHS - 1) / len(rows))
        tell(f"Trial runs with the penalty l2 {l2:g} ...")
        net = network(l2)
        found = [
            _curve(
                net,
                _part(net, data, rows[fifth != n]),
                _part(net, data, rows[fifth == n]),
                options,
            )
            for n in range(LEFT_OUT)
        ]
        curves[strength] = smoothed(np.mean(found, axis=0))
    best = min(curves, key=lambda strength: curves[strength].min())
    compared = tuple(rounded(strength / len(labels)) for strength in STRENGTHS)
    place = int(curves[best].argmin())
    return Trial(rounded(best / len(labels)), place + 1, compared)


def fifths(labels: Array, seed: int) -> Array:
    """Return which fifth each row is in, at random but with all labels alike."""
    order = np.random.default_rng(seed).permutation(len(labels))
    order = order[np.argsort(labels[order], kind="stable")]
    fifth = np.empty(len(labels), np.int64)
    fifth[order] = np.arange(len(labels)) % FIFTHS
    return fifth


def smoothed(curve: Array) -> Array:
    """Return the mean of each value and its neighbours, `(epochs,)`."""
    padded = np.pad(curve, SMOOTHED // 2, mode="edge")
    return np.convolve(padded, np.full(SMOOTHED, 1 / SMOOTHED), mode="valid")


def _part(net: Network, data: tuple[Array, Array], rows: Array) -> Samples:
    return samples(net.architecture, data[0][rows], data[1][rows])


def _curve(
    net: Network,
    data: Samples,
    left_out: Samples,
    options: dict[str, Any],
) -> Array:
    """Return the error on rows left out after each epoch, `(epochs,)`.

    It is without the penalty, to be comparable. Where it no longer falls, training
    ends and the curve goes on at the last value.
    """
    plain = replace(net.architecture, l1=0.0, l2=0.0)
    patience = ceil(PATIENCE / ceil(len(data) / options["batch_size"]))
    plan = Plan(
        seed=net.seed,
        measures=(Measure(plain, left_out, (CURVE,), lambda _, e: {CURVE: list(e)}),),
        early_stopping=EarlyStopping(patience, monitor=CURVE),
        **options,
    )
    state = TrainingState(dict(net.parameters))
    try:
        fit(net.architecture, state, data, plan)
    except NonFiniteError as error:
        # the samples of a trial run are no rows that anyone could look up
        message = re.sub(r" for sample \d+", "", str(error))
        raise NonFiniteError(f"in a trial run, {message}; nothing was saved") from None
    if state.history.stopped == "interrupted":
        raise KeyboardInterrupt
    errors = state.history.column(CURVE)
    return np.pad(errors, (0, options["epochs"] - len(errors)), mode="edge")


def rounded(penalty: float) -> float:
    """Return a number that is short to print."""
    return float(f"{penalty:.2g}")
