"""Which of many neurons are drawn: the first ones, a count of the rest, the last."""

from __future__ import annotations

from dataclasses import dataclass

FIRST = 3  # neurons before the fold
MOST = FIRST + 3  # rows of a column


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a column: a neuron or input, or the fold.

    Attributes:
        index: Which one, from 0; of the fold the first that it hides.
        count: How many a fold hides; 0 for a row that is none.
    """

    index: int
    count: int = 0


def folded(size: int, first: int = FIRST) -> list[Row]:
    """Return the rows in which so many neurons are drawn.

    Args:
        size: How many there are.
        first: How many are drawn before the fold; more where a column is opened.

    >>> [row.index for row in folded(4)]
    [0, 1, 2, 3]
    >>> folded(64)[3], folded(64)[-1]
    (Row(index=3, count=60), Row(index=63, count=0))
    """
    if size <= first + MOST - FIRST:
        return [Row(n) for n in range(size)]
    hidden = Row(first, size - first - 1)
    return [*map(Row, range(first)), hidden, Row(size - 1)]
