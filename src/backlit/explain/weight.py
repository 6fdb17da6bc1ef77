"""Why one gradient is this number: the chain from the error to a single weight."""

from __future__ import annotations

from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING

from backlit.errors import NetworkError
from backlit.explain.printing import LONG, SHOWN
from backlit.explain.typeset.document import (
    Block,
    Check,
    Content,
    Display,
    Document,
    Heading,
    Inline,
    Note,
    Paragraph,
    Table,
)
from backlit.explain.typeset.mathematics import Equation, equation
from backlit.explain.worked import Worked
from backlit.network.quantities import element as element_of
from backlit.network.quantities import split_name

if TYPE_CHECKING:
    from backlit.explain.elements import Element
    from backlit.explain.paths import Link
    from backlit.trace.trace import Trace

Levels = list[list["Element"]]
FEW = 3  # samples of a batch that are all followed
TOLERANCE = 1e-6  # of the nudge test, relative to the gradient and the error


def explain_weight(trace: Trace, name: str, digits: int = 9) -> Document:
    """Return the worked derivation of one gradient.

    Args:
        trace: A recorded pass.
        name: An element by name, `dense1.weight[0,1]`; any quantity that E depends on.
        digits: Significant digits of numbers.

    Raises:
        NetworkError: There is no such element, or E does not depend on it.
    """
    worked = Worked(trace, digits)
    base, place = split_name(name)
    if base in trace.quantities and not place and trace.quantities[base].size == 1:
        place = (0,) * trace.quantities[base].ndim
    element_of(base, trace.quantities[base], place)  # an unknown place is an error
    element = worked.paths.element(base, place)
    if len(place) != element[0].ndim:
        raise NetworkError(
            f"{base} has the shape {element[0].shape}; name one element of it, such as "
            f"{base}[{','.join('0' * element[0].ndim)}]"
        )
    levels = _levels(worked, element)
    return Document(
        f"The gradient of {worked.symbols.name(element)}",
        (
            _opening(worked, element),
            Heading(1, "Forward"),
            *_forward(worked, levels),
            Heading(1, "The chain rule"),
            *_rule(worked, element, levels),
            Heading(1, "Local derivatives"),
            Display(tuple(_locals(worked, levels))),
            Heading(1, "With the numbers"),
            *_numbers(worked, element, levels),
            *_update(worked, element),
            *_nudge(worked, element),
        ),
    )


def _levels(worked: Worked, element: Element) -> Levels:
    """Return what the element acts on, step by step up to E: the largest ways."""
    error = worked.paths.error
    levels: Levels = [[element]]
    while levels[-1] != [error]:
        links = [w for e in levels[-1] if e != error for w in worked.paths.links(e)]
        links.sort(key=lambda link: -abs(link.product))
        targets = list(dict.fromkeys(w.target for w in links if w.target != error))
        size = LONG if len(targets) <= LONG else SHOWN
        if worked.over_batch(levels[-1][0]) and len(targets) > FEW:
            size = 1  # of a batch the sample with the largest share
        levels.append(sorted(targets[:size], key=lambda e: e[1]) or [error])
    return levels


def _opening(worked: Worked, element: Element) -> Paragraph:
    w = worked.symbol(element)
    count = worked.paths.count(element)
    ways = "one path" if count == 1 else f"{count} paths"
    said: list[Inline] = [w, f" is {worked.symbols.name(element)} = "]
    said += [worked.number(worked.value(element))]
    said += [". How does the error E change with it? It acts on E along "]
    said += [f"{ways}; the chain rule multiplies along a path and adds over paths."]
    return Paragraph(tuple(said))


def _forward(worked: Worked, levels: Levels) -> list[Block]:
    shown = [e for level in levels[1:-1] for e in level]
    shown += [p for e in levels[-2] for p in worked.probability(e)]
    sample = shown[0][1][0] if shown and worked.trace.batched else 0
    return [Display(tuple(map(worked.forward, [*shown, *worked.errors(sample)])))]


def _rule(worked: Worked, element: Element, levels: Levels) -> list[Block]:
    """Write the rule for every level; for a single path in one line."""
    blocks: list[Block] = []
    if worked.paths.count(element) == 1:
        path = next(worked.paths.paths(element))
        symbols, _ = worked.whole_path(element, path)
        return [Display((equation(worked.derivative(element), "=", symbols),))]
    shown = [e for level in levels[:-1] for e in level]
    blocks.append(Display(tuple(worked.rule(e) for e in shown)))
    return _batch_note(worked, element) + blocks + _cut_note(worked, levels)


def _batch_note(worked: Worked, element: Element) -> list[Block]:
    samples = worked.trace.quantities["x"].shape[0] if worked.trace.batched else 1
    if samples == 1 or not worked.over_batch(element):
        return []
    said = (
        f"The sum runs over the batch: each of the {samples} samples adds its share. "
        "The first index below a symbol is the sample."
    )
    if samples > FEW:
        said += " Worked out further is the sample with the largest share."
    return [Paragraph(said)]


def _cut_note(worked: Worked, levels: Levels) -> list[Block]:
    """Say so where a level shows the largest elements only."""
    left_out = 0
    for level, above in pairwise(levels):
        targets = {link.target for e in level for link in worked.paths.links(e)}
        left_out += len(targets - {*above, worked.paths.error})
    if not left_out:
        return []
    return [
        Note(
            "Only the elements with the largest shares are written out; what is left "
            f"out ({left_out} more) is worked out the same way, and is in every sum."
        )
    ]


def _locals(worked: Worked, levels: Levels) -> list[Equation]:
    """Write every local derivative that the shown levels need, once."""
    shown: list[Equation] = []
    for level in levels[:-1]:
        for e in level:
            shown += [worked.local(e, link) for link in worked.shown(e)]
    return shown


def _numbers(worked: Worked, element: Element, levels: Levels) -> list[Block]:
    count = worked.paths.count(element)
    gradient = worked.number(worked.paths.gradient(element))
    blocks: list[Block] = []
    if count == 1:
        path = next(worked.paths.paths(element))
        symbols, numbers = worked.whole_path(element, path)
        line = equation(
            worked.derivative(element), "=", symbols, "=", numbers, "=", gradient
        )
        blocks.append(Display((line,)))
    else:
        backwards = [e for level in reversed(levels[:-1]) for e in level]
        blocks.append(Display(tuple(worked.numbers(e) for e in backwards)))
        if count <= LONG:
            blocks.append(_path_table(worked, element))
    said = ("This is the gradient that the backward pass computed: ", gradient, ".")
    shown = [e for level in levels[:-1] for e in level]
    return [*blocks, Check(all(map(worked.paths.adds_up, shown)), said)]


def _path_table(worked: Worked, element: Element) -> Table:
    rows: list[tuple[Content, ...]] = []
    for path in worked.paths.paths(element):
        symbols, _ = worked.whole_path(element, path)
        share = worked.number(prod(link.value for link in path))
        rows.append((_route(worked, element, path), symbols, share))
    total = worked.number(worked.paths.gradient(element))
    rows.append(("all paths together", "their sum", total))
    return Table(("path", "local derivatives", "product"), tuple(rows))


def _route(
    worked: Worked, element: Element, path: tuple[Link, ...]
) -> tuple[Inline, ...]:
    said: list[Inline] = [worked.symbol(element)]
    for link in path:
        said += [" → ", worked.symbol(link.target)]
    return tuple(said)


def _update(worked: Worked, element: Element) -> list[Block]:
    name = worked.symbols.names[element[0]]
    architecture = worked.trace.architecture
    if name not in architecture.shapes:
        return []
    if name not in architecture.trainable:
        return [
            Heading(1, "Update"),
            Paragraph(f"{name} is frozen: it stays as it is."),
        ]
    return [Heading(1, "Update"), Display((worked.update(element),))]


def _nudge(worked: Worked, element: Element) -> list[Block]:
    """Prove the gradient by moving the weight a little to both sides."""
    name, place = worked.symbols.names[element[0]], element[1]
    if name not in worked.trace.one_pass.inputs:
        return []
    h = 1e-5 * max(1.0, abs(worked.value(element)))
    up, down = (_error_at(worked, name, place, step) for step in (h, -h))
    slope, gradient = (up - down) / (2 * h), worked.paths.gradient(element)
    close = abs(slope - gradient) <= TOLERANCE * (abs(gradient) + abs(up))
    said: tuple[Inline, ...] = (
        "Moved by ± ", worked.number(h), " the error changes by ",
        worked.number(up - down), "; divided by ", worked.number(2 * h), " that is ",
        worked.number(slope), ", and the gradient is ", worked.number(gradient), ".",
    )  # fmt: skip
    if not close:
        said = (*said, " They differ: a kink, such as relu at 0, lies in between.")
    return [Heading(1, "Proof by nudging"), Check(close, said)]


def _error_at(worked: Worked, name: str, place: tuple[int, ...], step: float) -> float:
    moved = worked.trace.quantities[name].copy()
    moved[place] += step
    return worked.trace.error_with({name: moved})
