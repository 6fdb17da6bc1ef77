"""Long sums written with an index: ∑ᵢ wᵢ · xᵢ and not w₁ · x₁ + w₂ · x₂ + … .

Terms are alike if they differ only in indices that count up from term to term.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from backlit.explain.typeset.mathematics import Add, BigSum, Negate, Number, Symbol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backlit.explain.typeset.mathematics import Tree


def indexed(terms: Sequence[Tree], letter: str = "i") -> tuple[Tree, ...] | None:
    """Write terms that differ in a running index as a sum over it.

    Args:
        terms: The terms of the sum, in order.
        letter: What the index is called.

    Returns:
        The terms, three or more neighbours that are alike as one ∑; None if there are
        no such neighbours. Terms that alternate are taken in pairs.
    """
    pairs = [Add(pair) for pair in zip(terms[::2], terms[1::2], strict=False)]
    alike = _alike(terms, letter)
    if alike or len(terms) % 2:
        return alike
    return _alike(pairs, letter)


def _alike(terms: Sequence[Tree], letter: str) -> tuple[Tree, ...] | None:
    """Write runs of terms that are alike as sums, if there are any."""
    found: list[Tree] = []
    start = 0
    while start < len(terms):
        run = _run(terms, start, letter)
        found += [_over(terms, start, run, letter)] if run > 2 else [terms[start]]
        start += run if run > 2 else 1
    return tuple(found) if len(found) < len(terms) else None


def _run(terms: Sequence[Tree], start: int, letter: str) -> int:
    """Return how many terms from the start on are alike."""
    run = 1
    for term in terms[start + 1 :]:
        if _general(terms[start], term, run, letter) is None:
            break
        run += 1
    return run


def _over(terms: Sequence[Tree], start: int, run: int, letter: str) -> Tree:
    a, b = terms[start : start + 2]
    first = _first_index(a, b)
    body = _general(a, b, 1, letter)
    minus = isinstance(body, Negate)
    limits = (Symbol(letter), Number(first), Number(first + run - 1))
    whole = BigSum(*limits, body.body if minus else body)
    return Negate(whole) if minus else whole


def _general(a: Any, b: Any, ahead: int, letter: str) -> Any:
    """Return a with the letter where an index is larger by `ahead` in b, or None."""
    if isinstance(a, Symbol) and isinstance(b, Symbol):
        return _general_symbol(a, b, ahead, letter)
    if type(a) is not type(b):
        return None
    if isinstance(a, tuple):
        parts = [_general(x, y, ahead, letter) for x, y in zip(a, b, strict=False)]
        return None if len(a) != len(b) or None in parts else tuple(parts)
    if is_dataclass(a) and not isinstance(a, Number | type):
        names = [f.name for f in fields(a)]
        found = [_general(getattr(a, n), getattr(b, n), ahead, letter) for n in names]
        changed = dict(zip(names, found, strict=True))
        return None if None in found else replace(a, **changed)
    return a if a == b else None


def _general_symbol(a: Symbol, b: Symbol, ahead: int, letter: str) -> Symbol | None:
    if replace(a, sub=()) != replace(b, sub=()) or len(a.sub) != len(b.sub):
        return None
    sub: list[str | int] = []
    for m, n in zip(a.sub, b.sub, strict=True):
        if m != n and (not isinstance(m, int) or n != m + ahead):
            return None
        sub.append(m if m == n else letter)
    return replace(a, sub=tuple(sub))


def _first_index(a: Any, b: Any) -> int:
    """Return where the running index starts: where a and b differ first, 0 if not."""
    if isinstance(a, Symbol):
        pairs = zip(a.sub, b.sub, strict=True)
        return next((int(m) for m, n in pairs if m != n), 0)
    if is_dataclass(a):
        names = [f.name for f in fields(a)]
        a, b = ([getattr(x, n) for n in names] for x in (a, b))
    if not isinstance(a, tuple | list):
        return 0
    found = (_first_index(x, y) for x, y in zip(a, b, strict=True))
    return next((n for n in found if n), 0)
