"""Rules as data: what a page needs to write the derivation of any single element.

A template is text with gaps. `«i»` is an index, printed from 1; `«0:ne»` the number of
the first slot, in parentheses if it is negative (n), has a power of ten (e) or is a
bare one (p); `«+0:q»` the terms of the first loop, whose index is q;
`«?0»` the case that holds of the first choice.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

Reference: TypeAlias = list[str | int]
"""A name and an index of letters and places: `["dense1.weight", "j", 0]`."""

Factors: TypeAlias = list[Reference | float]
"""A number: the product of what lies at references, and of constants."""

Size: TypeAlias = int | str
"""How many; `batch` is the number of samples."""


class Loop(msgspec.Struct, frozen=True):
    """A long sum.

    Attributes:
        letter: The index, which counts up from `start`.
        size: The number of terms.
        term: One term.
        sizes: What its size is told by: the product of its numbers, if it is one.
    """

    letter: str
    start: int
    size: Size
    term: Template
    sizes: Factors


class Choice(msgspec.Struct, frozen=True):
    """Two cases: the one holds where left and right are as related, else the other."""

    left: Factors
    relation: str
    right: Factors
    then: Template
    otherwise: Template


class Template(msgspec.Struct, frozen=True, omit_defaults=True):
    """A formula with gaps, in three forms.

    Attributes:
        math: MathML, without the `math` element around it.
        tex: LaTeX.
        text: On one line.
        slots: The numbers that go into its gaps.
        loops: The long sums.
        choices: The cases.
    """

    math: str
    tex: str
    text: str
    slots: list[Factors] = []
    loops: list[Loop] = []
    choices: list[Choice] = []


class Bound(msgspec.Struct, frozen=True):
    """Between what all elements of a quantity must lie for a formula to hold."""

    name: str
    low: float
    high: float


class Equation(msgspec.Struct, frozen=True, omit_defaults=True):
    """A formula.

    Attributes:
        symbols: With symbols.
        numbers: With numbers, if it has such a form.
        bound: Where it holds, if not everywhere: binary cross-entropy keeps a
            probability off 0 and 1, which is not written where nothing is cut off.
    """

    symbols: Template
    numbers: Template | None
    bound: Bound | None = None


class Run(msgspec.Struct, frozen=True, omit_defaults=True):
    """An index that runs over all targets of a way.

    Attributes:
        letter: Its name.
        size: How far it runs.
        other: The letter that it is not to be equal to.
    """

    letter: str
    size: Size
    other: str = ""


class Way(msgspec.Struct, frozen=True):
    """A way on which an element acts on the error: ∂E/∂u · ∂u/∂x.

    Attributes:
        target: The quantity of u; of E itself ∂E/∂u is 1.
        index: The place of u in it.
        runs: The indices of it that run.
        symbol: ∂u/∂x.
        formula: What that is.
        value: Its value.
    """

    target: str
    index: list[str | int]
    runs: list[Run]
    symbol: Template
    formula: Equation | None
    value: Factors


class Step(msgspec.Struct, frozen=True):
    """One assignment of an update: left ← formula = numbers = value."""

    symbol: Template
    formula: Equation
    value: Factors


class Rule(msgspec.Struct, frozen=True, omit_defaults=True):
    """How all elements of a quantity come about, and act on the error.

    Attributes:
        letters: Its indices; that of the sample, n, only over a batch.
        symbol: Of an element.
        derivative: ∂E/∂element, if there is such a derivative.
        forward: Its formula, if it is computed.
        ways: The ways on which it acts.
        update: How it is moved, if it is; over a batch as over one sample.
    """

    letters: list[str]
    symbol: Template
    derivative: Template | None = None
    forward: Equation | None = None
    ways: list[Way] = []
    update: list[Step] = []


class Rules(msgspec.Struct, frozen=True):
    """The rules of all quantities.

    Attributes:
        single: By name, of one sample.
        batch: Of a batch.
        same: Second names: of a linear layer the output is the sum.
    """

    single: dict[str, Rule]
    batch: dict[str, Rule]
    same: dict[str, str]
