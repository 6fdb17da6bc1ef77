"""Why a gradient can be trusted, or is 0, or is a convention.

(E(w + h) − E(w − h)) / 2h  ->  ∂E/∂w     as h gets small, but not at a kink
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import floor, isfinite, log10
from typing import TYPE_CHECKING

import numpy as np

from backlit.explain.typeset.document import Block, Check, Heading, Inline, Note
from backlit.explain.typeset.mathematics import Number, Partial, equation
from backlit.graph import reachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backlit.explain.elements import Element
    from backlit.explain.worked import Worked
    from backlit.graph import Op

STEPS = [10.0**-k for k in range(2, 9)]
CLOSE = 1e-7  # relative, of a slope that the steps agree on
ROUNDING = 2e-15  # of E, relative: a bound on what its sums lose
SATURATING = ("sigmoid", "softmax", "tanh")
FEW_DIGITS = 6  # of a slope at a kink, which is not exact


@dataclass(frozen=True)
class Slope:
    """What moving a weight by ±h does to the error.

    Attributes:
        step: h.
        left: The change of E per step from w - h to w.
        right: The same from w to w + h.
        noise: How far rounding may have moved a slope.
    """

    step: float
    left: float
    right: float
    noise: float

    @property
    def both(self) -> float:
        """The slope over both sides."""
        return (self.left + self.right) / 2

    @property
    def bend(self) -> float:
        """The difference of the sides beyond rounding: 0 as h gets small, or a kink."""
        return max(0.0, abs(self.right - self.left) - 4 * self.noise)


def nudged(worked: Worked, element: Element) -> list[Block]:
    """Prove the gradient of a weight or input by moving it a little to both sides."""
    if worked.symbols.names[element[0]] not in worked.trace.one_pass.inputs:
        return []
    slopes = [s for s in _slopes(worked, element) if isfinite(s.both)]
    if len(slopes) < len(STEPS) or not isfinite(worked.paths.gradient(element)):
        return []  # moved that far, the error is not finite
    kink = slopes[-3].bend > slopes[1].bend / 2 > CLOSE * abs(slopes[1].both)
    block = _kink(worked, slopes[-3]) if kink else _agreement(worked, element, slopes)
    return [Heading(1, "Proof by nudging"), block]


def _slopes(worked: Worked, element: Element) -> Iterator[Slope]:
    name, place = worked.symbols.names[element[0]], element[1]
    here = worked.trace.quantities[name]
    scale = 10.0 ** floor(log10(max(1.0, abs(float(here[place])))))
    error = float(worked.trace["E"])
    for step in STEPS:
        h = step * scale
        ends = []
        for way in (-h, h):
            moved = here.copy()
            moved[place] += way
            ends.append(worked.trace.error_with({name: moved}))
        noise = ROUNDING * abs(error) / h
        yield Slope(h, (error - ends[0]) / h, (ends[1] - error) / h, noise)


def _agreement(worked: Worked, element: Element, slopes: list[Slope]) -> Check:
    """Compare the gradient with the slope of the steps that agree best."""
    apart, _, best = min(
        (max(abs(a.both - b.both), b.noise), n, b)
        for n, (a, b) in enumerate(pairwise(slopes))
    )
    gradient = worked.paths.gradient(element)
    size = max(abs(best.both), abs(gradient))
    close = abs(best.both - gradient) <= CLOSE * size + 10 * apart
    said: tuple[Inline, ...] = (
        "Moved by ± ", worked.number(best.step), ", ", worked.symbol(element),
        " changes E by ", worked.number(2 * best.step * best.both),
        ". Divided by ", worked.number(2 * best.step), " that is ",
        worked.number(best.both), "; the gradient is ", worked.number(gradient), ".",
    )  # fmt: skip
    return Check(close, said)


def _kink(worked: Worked, slope: Slope) -> Note:
    digits = min(worked.digits, FEW_DIGITS)
    said: tuple[Inline, ...] = (
        "E has a kink here: its slope is ", Number(slope.left, digits),
        " to the left and ", Number(slope.right, digits), " to the right.",
    )  # fmt: skip
    ops = [f" {op.name}: {op.kinks}." for op in _at_kink(worked)]
    return Note((*said, *ops))


def _at_kink(worked: Worked) -> list[Op]:
    """Return the operations of the forward pass that are taken at a kink at 0."""
    values = worked.trace.node_values
    found = {
        node.op.name: node.op
        for node in reachable([worked.paths.error[0]])
        if node.op.kinks
        and len(node.inputs) == 1
        and (values[node.inputs[0]] == 0).any()
    }
    return list(found.values())


def nothing_passes(worked: Worked, element: Element) -> list[Block]:
    """Say why a gradient is 0, if a single local derivative is the reason."""
    if worked.paths.gradient(element) != 0:
        return []
    found, many = element, False
    while links := worked.paths.links(found):
        many = many or len(links) > 1
        zero = [link for link in links if link.value == 0]
        if len(zero) == len(links):
            local = Partial(worked.symbol(zero[0].target), worked.symbol(found))
            said = equation(local, "=", worked.number(0))
            first = "All shares are 0, the first" if many else "The gradient is 0"
            return [Note((f"{first} because ", said, _off(worked, found), "."))]
        onward = [x.target for x in links if x.value != 0]
        if any(worked.paths.gradient(target) != 0 for target in onward):
            return []  # shares that cancel
        found = onward[0]
    return []


def _off(worked: Worked, element: Element) -> str:
    """Name what a neuron with the local derivative 0 is."""
    layer, _, part = worked.symbols.names[element[0]].partition(".")
    if part != "sum":
        return ""
    name = _activation(worked, layer)
    if name == "relu":
        return ": the sum is not positive, so relu has the neuron off"
    return f": {name} is saturated" if name in SATURATING else ""


def _activation(worked: Worked, layer: str) -> str:
    a = worked.trace.architecture
    return a.layers[a.names.index(layer)].activation


def jumps(worked: Worked) -> list[Block]:
    """Name activations that pass no derivative back: jumps, as of step."""
    found = worked.trace.one_pass.quantities
    names = {
        _activation(worked, layer)
        for layer in worked.trace.architecture.names
        if found[f"{layer}.output"] in worked.paths.chain
        and found[f"{layer}.sum"] not in worked.paths.chain
    }
    words = "passes no derivative back: it is constant but for its jumps."
    return [Note(f"{name} {words}") for name in sorted(names)]


def overflow(worked: Worked) -> list[Block]:
    """Explain an ∞ that arithmetic made."""
    values = worked.trace.quantities.values()
    if all(np.isfinite(value).all() for value in values):
        return []
    return [Note("∞ stands for a number beyond the range of 64-bit floats.")]
