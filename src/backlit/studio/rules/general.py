"""Formulas of single elements, made general: w₁₂ · x₂ and w₃₁ · x₁ are wⱼᵢ · xᵢ.

The same formula is read at several elements. What differs from one to the other are
indices, and an index that goes along with a coordinate of the element is that letter.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from backlit.explain.typeset.mathematics import Number, Symbol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Coordinates = dict[str, tuple[int, ...]]
"""What each letter is at each of the elements that are compared; counted from 0."""


class Letter(str):
    """An index that stands for any place along an axis."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Letter({str(self)!r})"


class Differ(Exception):  # noqa: N818 - not an error: it says that there is no rule
    """The formulas are not of one form."""


def general(found: Sequence[Any], letters: Mapping[str, tuple[int, ...]]) -> Any:
    """Return one formula for all, with letters for the indices that differ.

    Args:
        found: The formula at each of the elements.
        letters: The coordinates of these elements.

    Raises:
        Differ: There is no such formula.
    """
    first = found[0]
    if any(type(x) is not type(first) for x in found):
        raise Differ
    match first:
        case Symbol():
            return _symbol(found, letters)
        case tuple():
            if any(len(x) != len(first) for x in found):
                raise Differ
            return tuple(general(parts, letters) for parts in zip(*found, strict=True))
        case _ if is_formula(first):
            whole = {
                f.name: general([getattr(x, f.name) for x in found], letters)
                for f in fields(first)
            }
            return replace(first, **whole)
    if any(x != first for x in found):
        raise Differ
    return first


def is_formula(tree: Any) -> bool:
    """Tell whether something is a formula that has parts."""
    return is_dataclass(tree) and not isinstance(tree, type | Number)


def changed(tree: Any, change: Callable[[Any], Any]) -> Any:
    """Return a formula, or a tuple of formulas, with each part changed."""
    if isinstance(tree, tuple):
        return tuple(map(change, tree))
    if not is_formula(tree):
        return tree
    parts = {f.name: change(getattr(tree, f.name)) for f in fields(tree)}
    return replace(tree, **parts)


def _symbol(found: Sequence[Any], letters: Mapping[str, tuple[int, ...]]) -> Symbol:
    first: Symbol = found[0]
    if any(replace(x, sub=()) != replace(first, sub=()) for x in found):
        raise Differ
    if any(len(x.sub) != len(first.sub) for x in found):
        raise Differ
    below = (_below(n, letters) for n in zip(*(x.sub for x in found), strict=True))
    return replace(first, sub=tuple(below))


def _below(
    printed: tuple[str | int, ...], letters: Mapping[str, tuple[int, ...]]
) -> str | int:
    """Return what stands below a symbol in print, where indices count from 1."""
    if all(n == printed[0] for n in printed):
        return printed[0]
    if not all(isinstance(n, int) for n in printed):
        raise Differ
    return index(tuple(int(n) - 1 for n in printed), letters)


def index(
    places: tuple[int, ...], letters: Mapping[str, tuple[int, ...]]
) -> Letter | int:
    """Return the letter that goes along with places, or the one place that they are.

    Raises:
        Differ: Neither.
    """
    for letter, coordinates in letters.items():
        if coordinates == places and len(set(places)) > 1:
            return Letter(letter)
    if len(set(places)) > 1:
        raise Differ
    return places[0]
