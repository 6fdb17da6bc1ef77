"""Formulas as trees: what is written, without how it looks.

    tree := Number | Symbol | Add | Subtract | Negate | Multiply | Divide | Power | Call
          | BigSum | Partial | Compare | Indicator | Piecewise | Vector | Matrix
          | Dots | Equation | Marked

A tree holds no parentheses: `layout` sets them from the precedence, for every form of
output alike. Trees are built by hand, or by `notation.parse` from an op's notation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

from backlit.errors import OptionError

if TYPE_CHECKING:
    from typing import SupportsFloat

Relation: TypeAlias = Literal["=", "≈", "←", "<", ">", "≤", "≥", "≠", "∈"]
Sign: TypeAlias = Literal["·", "", "⊙"]
Role: TypeAlias = Literal["quantity", "gradient", "update", "error"]
"""What a part of a formula or a text is, for its colour."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number, printed to so many significant digits."""

    value: SupportsFloat
    digits: int = 9


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name: one letter (`w`, `σ`, `sigma`), or an upright word (`dense1.output`).

    Attributes:
        name: the letter, its English name, or the word; `ŷ` is a letter too.
        sub: indices, e.g. (2, 1), ("j", "i") or ("k+1",).
        sup: a raised mark that is no power, e.g. "(1)" for the first layer, or "′".
        bold: whether the letter is bold, as vectors and matrices are.
    """

    name: str
    sub: tuple[str | int, ...] = ()
    sup: str | None = None
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Add:
    """A sum of terms; a negated term is written with a minus."""

    terms: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Subtract:
    """A difference."""

    left: Tree
    right: Tree


@dataclass(frozen=True, slots=True)
class Negate:
    """Minus a formula."""

    body: Tree


@dataclass(frozen=True, slots=True)
class Multiply:
    """A product: `·` of numbers, nothing of matrices (`W x`), `⊙` of elements."""

    factors: tuple[Tree, ...]
    sign: Sign = "·"


@dataclass(frozen=True, slots=True)
class Divide:
    """A quotient."""

    numerator: Tree
    denominator: Tree


@dataclass(frozen=True, slots=True)
class Power:
    """A power."""

    base: Tree
    exponent: Tree


@dataclass(frozen=True, slots=True)
class Call:
    """A function's value.

    `exp` is written eˣ, `sqrt` √x, `abs` |x|, `transpose` xᵀ, `sigmoid` σ(x) and `log`
    ln(x); every other name stands before its arguments.
    """

    name: str
    arguments: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class BigSum:
    """∑ over an index from lower to upper; each may be None where it is clear."""

    index: Tree | None
    lower: Tree | None
    upper: Tree | None
    body: Tree


@dataclass(frozen=True, slots=True)
class Partial:
    """The derivative ∂E/∂w of one quantity by another."""

    of: Tree
    by: Tree


@dataclass(frozen=True, slots=True)
class Compare:
    """A condition, such as x > 0."""

    left: Tree
    relation: Relation
    right: Tree


@dataclass(frozen=True, slots=True)
class Indicator:
    """1 where the condition holds and 0 elsewhere: [x > 0]."""

    condition: Tree


@dataclass(frozen=True, slots=True)
class Piecewise:
    """The value of the first case, (value, condition), whose condition holds."""

    cases: tuple[tuple[Tree, Tree], ...]
    otherwise: Tree


@dataclass(frozen=True, slots=True)
class Vector:
    """A column of entries."""

    entries: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of entries; a vector that lies is a matrix of one row."""

    rows: tuple[tuple[Tree, ...], ...]


@dataclass(frozen=True, slots=True)
class Dots:
    """Dots for what is left out, and how much that is: … (13 more)."""

    words: str = ""


@dataclass(frozen=True, slots=True)
class Equation:
    """A chain of sides with a relation between neighbours: a = b = c.

    Raises:
        OptionError: unless there is one side more than there are relations.
    """

    sides: tuple[Tree, ...]
    relations: tuple[Relation, ...]

    def __post_init__(self) -> None:
        """Refuse a chain with a loose end."""
        if not self.sides or len(self.sides) != len(self.relations) + 1:
            counts = f"{len(self.sides)} sides and {len(self.relations)} relations"
            raise OptionError(
                f"an equation got {counts}; it needs one relation between two sides"
            )


@dataclass(frozen=True, slots=True)
class Marked:
    """A part of a formula that plays a role, and may be coloured for it."""

    body: Tree
    role: Role


Tree: TypeAlias = (
    Number
    | Symbol
    | Add
    | Subtract
    | Negate
    | Multiply
    | Divide
    | Power
    | Call
    | BigSum
    | Partial
    | Compare
    | Indicator
    | Piecewise
    | Vector
    | Matrix
    | Dots
    | Equation
    | Marked
)


def equation(first: Tree, *rest: Tree | Relation) -> Equation:
    """Chain sides: `equation(w, "←", a, "=", b)` is w ← a = b.

    Args:
        first: the leftmost side.
        *rest: a relation and a side, in turns.

    Returns:
        The chain.

    Raises:
        OptionError: if the last relation has no right side.
    """
    relations = cast("tuple[Relation, ...]", rest[::2])
    sides = cast("tuple[Tree, ...]", rest[1::2])
    return Equation((first, *sides), relations)


def symbol(name: str) -> Symbol:
    """Return the symbol that a typed name stands for.

    Args:
        name: a letter with or without a number, a Greek letter's name, or a word.

    Returns:
        `w1` becomes w with the index 1; every other name stays whole.

    Example:
        >>> symbol("w1")
        Symbol(name='w', sub=(1,), sup=None, bold=False)
    """
    letter = re.fullmatch(r"([^\W\d_])(\d+)", name)
    return Symbol(letter[1], (int(letter[2]),)) if letter else Symbol(name)
