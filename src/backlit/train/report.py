"""What was done to a table, in plain sentences, from the stored `Preparation`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backlit.train import columns, targets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from backlit.train.preparation import Preparation

MOST = 8  # names in one sentence; the rest is counted


def sentences(preparation: Preparation) -> list[str]:
    """Return what was done, one sentence after the other, at most about a dozen.

    Args:
        preparation: what `preparation.learn` returned or a model file held.
    """
    told = [preparation.chosen, _target(preparation.target)]
    for kind, tell in _TELLERS:
        of_kind = [c for c in preparation.columns if isinstance(c, kind)]
        told += tell(of_kind) if of_kind else []
    told += _missing(preparation)
    told += _left_out(preparation.left_out)
    told.append(
        f"{_count(len(preparation.columns), 'column')} became "
        f"{_count(len(preparation.inputs), 'input')}, learnt from "
        f"{_count(preparation.rows, 'row')}."
    )
    return told


def _target(target: targets.Target) -> str:
    if isinstance(target, targets.Numbers):
        return (
            f"This is regression, {target.reason}; they are standardised (mean "
            f"{target.mean:.4g}, deviation {target.deviation:.4g})."
        )
    shares = [
        f"{label} ({_count(count, 'row')})"
        for label, count in zip(target.classes, target.counts, strict=True)
    ]
    return (
        f"This is classification, {target.reason}, with {len(shares)} classes: "
        f"{_listed(shares)}."
    )
