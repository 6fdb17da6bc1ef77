"""A formula with letters, written as a template of gaps in three forms.

Gaps are found by what stands in them while it is written: an index such as 90001, a
number such as 7000001.5. Whether a number needs parentheses is seen by writing it
negative, and with a power of ten: the printer that sets them is asked, not copied.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from backlit.explain.typeset import latex, text
from backlit.explain.typeset.characters import lowered
from backlit.explain.typeset.mathematics import Number, Symbol
from backlit.explain.typeset.presentation import inline
from backlit.studio.rules.form import Choice, Loop, Template
from backlit.studio.rules.general import Letter, changed

if TYPE_CHECKING:
    from collections.abc import Callable

    from backlit.explain.typeset.mathematics import Tree
    from backlit.studio.rules.form import Factors

FIRST_INDEX = 90001
KINDS: dict[str, Callable[[int], float]] = {
    "": lambda n: 7000001.5 + n,
    "n": lambda n: -7000001.5 - n,
    "e": lambda n: (1.2345 + (10 * n + 1) * 1e-8) * 1e-20,
    "p": lambda n: 10.0 ** (-100 - n),
}
"""What stands in the gap of the n-th number, to see what its place demands."""

MARK = re.compile(r'<mo lspace="0" rspace="0" stretchy="false">(.)</mo>')
LAYER = re.compile(r"<mrow><mtext>\(</mtext><mn>(\d+)</mn><mtext>\)</mtext></mrow>")
BELOW = re.compile(r"(?:«\w+»|[₀-₉ᵢⱼ]+)(?:,(?:«\w+»|[₀-₉ᵢⱼ]+))+")


class Gap(float):
    """A number that is filled in later."""

    factors: Factors

    @classmethod
    def of(cls, factors: Factors) -> Gap:
        """Return the gap for a product of numbers."""
        made = cls(0.0)
        made.factors = factors
        return made

    def __repr__(self) -> str:
        return f"Gap({self.factors})"


@dataclass(frozen=True, slots=True)
class Long(Symbol):
    """A long sum, of which the page writes what there is room for."""

    loop: Loop | None = None


@dataclass(frozen=True, slots=True)
class Either(Symbol):
    """Cases, of which the page writes the one that holds."""

    choice: Choice | None = None


@dataclass
class _Gaps:
    """The gaps of one formula, numbered as they come."""

    kind: str
    letters: list[str] = field(default_factory=list)
    slots: list[Factors] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)

    def tree(self, tree: Any) -> Any:
        """Return a formula with something to be found in each gap."""
        match tree:
            case Letter():
                if tree not in self.letters:
                    self.letters.append(str(tree))
                return FIRST_INDEX + self.letters.index(tree)
            case Long(loop=Loop() as loop):
                self.loops.append(loop)
                return Symbol(f"loop{chr(96 + len(self.loops))}")
            case Either(choice=Choice() as choice):
                self.choices.append(choice)
                return Symbol(f"case{chr(96 + len(self.choices))}")
            case Number(value=Gap() as gap):
                self.slots.append(gap.factors)
                return Number(KINDS[self.kind](len(self.slots)), tree.digits)
        return changed(tree, self.tree)


@dataclass(frozen=True)
class _Formula:
    """A formula, told from others by how it is spelt: -0.0 is 0.0 to `==`."""

    spelt: str
    tree: Tree = field(compare=False)


def template(tree: Tree) -> Template:
    """Return a formula, in which letters are indices and `Gap`s are numbers.

    It is kept: where a layer is added, most formulas are as they were.
    """
    return _template(_Formula(repr(tree), tree))


@lru_cache(maxsize=2048)
def _template(formula: _Formula) -> Template:
    tree = formula.tree
    gaps = _Gaps("")
    plain = gaps.tree(tree)
    others = {kind: _Gaps(kind).tree(tree) for kind in "nep" if gaps.slots}
    trees = {"": plain, **others}
    tex = {kind: latex.expression(tree) for kind, tree in trees.items()}
    linear = {kind: text.expression(tree) for kind, tree in trees.items()}
    flat = _needs(tex, gaps)
    return Template(
        _math(plain, gaps, flat),
        _tex(tex[""], gaps, flat),
        _text(linear[""], gaps, _needs(linear, gaps)),
        gaps.slots,
        gaps.loops,
        gaps.choices,
    )


def _needs(forms: dict[str, str], gaps: _Gaps) -> list[str]:
    """Return for each slot the kinds of numbers that need parentheses there."""
    needs = [""] * len(gaps.slots)
    for n in range(len(needs)):
        plain = _opened(forms, "", n + 1)
        needs[n] = "".join(k for k in "nep" if _opened(forms, k, n + 1) > plain)
    return needs


def _digits(kind: str, number: int) -> str:
    """Return the digits by which the number in a gap is found."""
    if kind == "p":
        return str(100 + number)
    if kind == "e":
        return f"{KINDS['e'](number) * 1e20:.8f}"
    return str(KINDS[""](number))


def _opened(forms: dict[str, str], kind: str, number: int) -> int:
    """Return how many parentheses open right before a number and its sign."""
    raised = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    before = forms[kind].translate(raised).partition(_digits(kind, number))[0]
    if kind == "n":
        before = before.removesuffix("-").removesuffix("−")
    if kind == "p":
        before = re.sub(r"10(\^\{)?-$", "", before)
    before = before.replace(r"\left", "")
    return len(before) - len(before.rstrip("("))


def _math(tree: Tree, gaps: _Gaps, needs: list[str]) -> str:
    row = inline(tree)[0]
    written = ET.tostring(row, encoding="unicode", short_empty_elements=False)
    # A page's policy allows no style in an element; and short is good here.
    written = re.sub(r' style="[^"]*"', "", written)
    written = MARK.sub(r"<mtext>\1</mtext>", written).replace("</mtext><mtext>", "")
    written = LAYER.sub(r"<mtext>(\1)</mtext>", written)
    return _filled(
        written,
        gaps,
        needs,
        lambda index: f"<mn>{index}</mn>",
        lambda number: f"<mn>{number}</mn>",
        lambda loop: f'<mi mathvariant="normal">{loop}</mi>',
    )


def _tex(written: str, gaps: _Gaps, needs: list[str]) -> str:
    return _filled(written, gaps, needs, str, str, lambda loop: rf"\mathrm{{{loop}}}")


def _text(written: str, gaps: _Gaps, needs: list[str]) -> str:
    filled = _filled(written, gaps, needs, lambda index: lowered(index) or "", str, str)
    return BELOW.sub(_joined, filled)


def _joined(match: re.Match[str]) -> str:
    """Write indices in one gap: the page sees whether they need commas: «j,i,=₂»."""
    parts = match[0].split(",")
    inner = (p.strip("«»") if p[0] == "«" else f"={p}" for p in parts)
    return f"«{','.join(inner)}»" if "«" in match[0] else match[0]


def _filled(  # noqa: PLR0917 - one writer for each kind of gap
    written: str,
    gaps: _Gaps,
    needs: list[str],
    index: Callable[[str], str],
    number: Callable[[str], str],
    loop: Callable[[str], str],
) -> str:
    """Replace what stands in the gaps by the gaps' names."""
    for n, letter in enumerate(gaps.letters):
        written = written.replace(index(str(FIRST_INDEX + n)), f"«{letter}»")
    for n, need in enumerate(needs):
        found = number(_digits("", n + 1))
        written = written.replace(found, f"«{n}{':' if need else ''}{need}»", 1)
    for n, one in enumerate(gaps.loops):
        name = loop(f"loop{chr(97 + n)}")
        written = written.replace(name, f"«+{n}:{one.letter}»")
    for n in range(len(gaps.choices)):
        written = written.replace(loop(f"case{chr(97 + n)}"), f"«?{n}»")
    return written
