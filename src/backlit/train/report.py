"""What was done to a table, in plain sentences, from the stored `Preparation`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backlit.train import columns, targets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backlit.train.preparation import Preparation

MOST = 8  # things named in one sentence; the rest is counted
MOST_CLASSES = 12
MOST_VALUES = 5  # values of one column that are named


def sentences(preparation: Preparation) -> list[str]:
    """Return what was done, one sentence after the other, at most ten.

    Args:
        preparation: what `preparation.learn` returned or a model file held.
    """
    used = preparation.columns
    columns_to_inputs = (
        f"{_count(len(used), 'column')} became "
        f"{_count(len(preparation.inputs), 'input')}, learnt from "
        f"{_count(preparation.rows, 'training row')}."
    )
    return [
        preparation.chosen,
        _target(preparation.target),
        *_told("Standardised to mean 0 and deviation 1", _names(used, columns.Number)),
        *_told("Standardised as days", _names(used, columns.Date)),
        *_told("False and true became -1 and 1", _names(used, columns.Truth)),
        *_told(
            "One input for each value",
            [
                f"{c.name} ({_values(c)})"
                for c in used
                if isinstance(c, columns.Category)
            ],
        ),
        *_told(
            "Of these columns, only whether they have a value counts",
            [f"{c.name} ({c.reason})" for c in used if isinstance(c, columns.Presence)],
        ),
        *_told("Missing values have an input that marks them", _missing(used)),
        *_told("Left out", _left_out(preparation.left_out)),
        columns_to_inputs,
    ]


def _target(target: targets.Target) -> str:
    if isinstance(target, targets.Numbers):
        return (
            f"{target.reason}; they are standardised from mean {target.mean:.4g} and "
            f"deviation {target.deviation:.4g}."
        )
    shares = [
        f"{label} ({_count(count, 'row')})"
        for label, count in zip(target.classes, target.counts, strict=True)
    ]
    return f"{target.reason}: {_listed(shares, MOST_CLASSES)}."


def _told(opening: str, things: Sequence[str]) -> list[str]:
    """Return the sentence if there is something to tell."""
    return [f"{opening}: {_listed(things)}."] if things else []


def _names(used: Sequence[columns.Column], kind: type[columns.Column]) -> list[str]:
    return [column.name for column in used if isinstance(column, kind)]


def _values(column: columns.Category) -> str:
    shown = _listed(column.values, MOST_VALUES)
    return f"{shown}, {column.pooled} rare ones together" if column.pooled else shown


def _missing(used: Sequence[columns.Column]) -> list[str]:
    """Return each column with missing values, and what stands in for them."""
    told = []
    for column in used:
        if isinstance(column, columns.Presence) or not column.missing:
            continue
        rows = _count(column.missing, "row")
        if isinstance(column, columns.Number):
            rows += f", filled with the median {column.median:.4g}"
        elif isinstance(column, columns.Date):
            rows += ", filled with the median day"
        told.append(f"{column.name} ({rows})")
    return told


def _left_out(left_out: Sequence[columns.LeftOut]) -> list[str]:
    """Return the columns that are left out, those of one reason together."""
    by_reason: dict[str, list[str]] = {}
    for column in left_out:
        by_reason.setdefault(column.reason, []).append(column.name)
    return [f"{_listed(names)} ({reason})" for reason, names in by_reason.items()]


def _listed(things: Sequence[str], most: int = MOST) -> str:
    shown = ", ".join(things[:most])
    return f"{shown} and {len(things) - most} more" if len(things) > most else shown


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
