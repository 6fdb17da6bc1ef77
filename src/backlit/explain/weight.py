"""Why one gradient is this number: the chain from the error to a single weight."""

from __future__ import annotations

from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING

from backlit.errors import NetworkError
from backlit.explain.printing import LONG, SHOWN
from backlit.explain.proof import jumps, nothing_passes, nudged, overflow
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
from backlit.explain.typeset.mathematics import equation
from backlit.explain.worked import Worked, equals
from backlit.network.quantities import element as element_of
from backlit.network.quantities import split_name

if TYPE_CHECKING:
    from backlit.explain.elements import Element
    from backlit.explain.paths import Link
    from backlit.trace.trace import Trace

Levels = list[list["Element"]]
FEW = 3  # samples of a batch that are all followed
FOLLOWED = 24  # elements that are worked out at most, unless the net is deeper
MANY = 10**9  # paths; more are not counted to the last one


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
    element = _element(worked, name)
    levels = _levels(worked, element)
    return Document(
        f"The gradient of {worked.symbols.name(element)}",
        (
            _opening(worked, element),
            *jumps(worked),
            *overflow(worked),
            *_section("Forward", _forward(worked, levels)),
            *_section("The chain rule", _rule(worked, element, levels)),
            *_section("Local derivatives", _locals(worked, levels)),
            *_section("With the numbers", _numbers(worked, element, levels)),
            _agreement(worked, element, levels),
            *nothing_passes(worked, element),
            *_update(worked, element),
            *nudged(worked, element),
        ),
    )


def _element(worked: Worked, name: str) -> Element:
    """Return the element that a name means; the index of a single one may be left out.

    Raises:
        NetworkError: There is no such element, or E does not depend on it.
    """
    base, place = split_name(name.removeprefix("grad."))
    value = worked.trace.quantities[base]
    if not place and value.size == 1:
        place = (0,) * value.ndim
    element_of(base, value, place)  # an unknown place is an error
    element = worked.paths.element(base, place)
    if len(place) != value.ndim:
        raise NetworkError(
            f"{base} has the shape {value.shape}; name one element of it, such as "
            f"{base}[{','.join('0' * value.ndim)}]"
        )
    return element


def _section(title: str, blocks: list[Block]) -> list[Block]:
    return [Heading(1, title), *blocks] if blocks else []


def _levels(worked: Worked, element: Element) -> Levels:
    """Return what the element acts on, step by step up to E: in deep nets few each."""
    for size in (LONG, 2, 1):
        levels = _followed(worked, element, size)
        if sum(map(len, levels)) <= FOLLOWED:
            break
    return levels


def _followed(worked: Worked, element: Element, size: int) -> Levels:
    """Follow the largest ways: of up to `size` elements at a step all, else fewer."""
    error = worked.paths.error
    levels: Levels = [[element]]
    while levels[-1] != [error]:
        links = [w for e in levels[-1] if e != error for w in worked.paths.links(e)]
        links.sort(key=lambda link: -abs(link.product))
        targets = list(dict.fromkeys(w.target for w in links if w.target != error))
        kept = size if len(targets) <= size else min(size, SHOWN)
        if worked.over_batch(levels[-1][0]) and len(targets) > FEW:
            kept = 1  # of a batch the sample with the largest share
        levels.append(sorted(targets[:kept], key=lambda e: e[1]) or [error])
    return levels


def _opening(worked: Worked, element: Element) -> Paragraph:
    w = worked.symbol(element)
    count = worked.paths.count(element)
    said: list[Inline] = [w, f" is {worked.symbols.name(element)} = "]
    said += [worked.number(worked.value(element)), ". "]
    if count == 1:
        said += ["It acts on the error E along one path: the chain rule multiplies "]
        said += ["the local derivatives along it."]
    elif not count:
        said += ["No derivative reaches it from the error E."]
    else:
        paths = f"{count} paths" if count < MANY else "more than a billion paths"
        said += [f"It acts on the error E along {paths}: the chain rule multiplies "]
        said += ["the local derivatives along each, and adds over all."]
    return Paragraph(tuple(said))


def _shown(levels: Levels) -> list[Element]:
    """Return the elements that are worked out, from the weight on, without E."""
    return [e for level in levels[:-1] for e in level]


def _forward(worked: Worked, levels: Levels) -> list[Block]:
    shown = _shown(levels)[1:]
    shown += [p for e in levels[-2] for p in worked.probability(e)]
    first = [e[1][0] for e in shown if e[1]]
    samples = list(dict.fromkeys(first)) if worked.trace.batched else []
    return [Display(tuple(map(worked.forward, [*shown, *worked.errors(samples)])))]


def _rule(worked: Worked, element: Element, levels: Levels) -> list[Block]:
    """Write the rule for every level; for a single path in one line."""
    if worked.is_direct(element) or not worked.paths.links(element):
        return []  # the local derivative says it all, or there is none
    if worked.paths.count(element) == 1:
        path = next(worked.paths.paths(element))
        symbols, _ = worked.whole_path(element, path)
        return [Display((equation(worked.derivative(element), "=", symbols),))]
    shown = [e for e in _shown(levels) if not worked.is_direct(e)]
    rules = Display(tuple(worked.rule(e) for e in shown))
    return [*_batch_note(worked, element), rules, *_cut_note(worked, levels)]


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


def _locals(worked: Worked, levels: Levels) -> list[Block]:
    """Write every local derivative that the shown levels need, once."""
    shown = [(e, link) for e in _shown(levels) for link in worked.shown(e)]
    lines = tuple(worked.local(e, link) for e, link in shown)
    return [Display(lines)] if lines else []


def _numbers(worked: Worked, element: Element, levels: Levels) -> list[Block]:
    count = worked.paths.count(element)
    gradient = worked.number(worked.paths.gradient(element))
    blocks: list[Block] = []
    if count == 1 and not worked.is_direct(element):
        path = next(worked.paths.paths(element))
        line = (worked.derivative(element), *worked.whole_path(element, path), gradient)
        blocks.append(Display((equals(*line),)))
    elif count > 1:
        backwards = [e for level in reversed(levels[:-1]) for e in level]
        lines = [worked.numbers(e) for e in backwards if not worked.is_direct(e)]
        blocks.append(Display(tuple(lines)))
        if count <= LONG:
            blocks.append(_path_table(worked, element))
    return blocks


def _agreement(worked: Worked, element: Element, levels: Levels) -> Check:
    """Compare with the gradient that the backward pass computed, at every step."""
    gradient = worked.number(worked.paths.gradient(element))
    same = all(map(worked.paths.adds_up, _shown(levels)))
    return Check(same, ("The backward pass computed the same: ", gradient, "."))


def _path_table(worked: Worked, element: Element) -> Table:
    rows: list[tuple[Content, ...]] = []
    for path in worked.paths.paths(element):
        _, numbers = worked.whole_path(element, path)
        share = worked.number(prod(link.value for link in path))
        product = (numbers, share) if len(path) > 1 else (share,)
        rows.append((_route(worked, element, path), equals(*product)))
    total = equals(worked.number(worked.paths.gradient(element)))
    rows.append(("all together", total))
    return Table(("path to E", "product of its local derivatives"), tuple(rows))


def _route(
    worked: Worked, element: Element, path: tuple[Link, ...]
) -> tuple[Inline, ...]:
    said: list[Inline] = [worked.symbol(element)]
    if len(path) == 1 and not worked.is_direct(element):
        said += [" → ", worked.symbol(worked.errors()[-2])]  # the penalty
    for link in path[:-1]:
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
