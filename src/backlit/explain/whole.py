"""One pass worked out from input to update: every neuron, the error, every δ."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from backlit.explain.printing import LONG
from backlit.explain.typeset.document import (
    Block,
    Display,
    Document,
    Heading,
    Inline,
    Note,
    Paragraph,
    Table,
)
from backlit.explain.typeset.mathematics import Symbol, equation
from backlit.explain.typeset.notation import parse
from backlit.explain.worked import Worked, equals

if TYPE_CHECKING:
    from backlit.explain.elements import Element
    from backlit.trace.trace import Trace

ROWS = 24  # rows of the table of parameters
_W = Symbol("w")
_RULE = equation(_W, "←", parse("w - eta * partial(E, w)", w=_W))


def explain_pass(trace: Trace, digits: int = 9) -> Document:
    """Return the whole pass, worked out.

    Of a wide layer the first neurons are shown, of a batch the first sample, of many
    parameters those with the largest gradients; what is left out is counted.
    """
    worked = Worked(trace, digits)
    blocks: list[Block] = [Paragraph(_opening(trace))]
    for n, name in enumerate(trace.architecture.names, 1):
        blocks += [Heading(1, f"Forward: layer {n}"), *_layer(worked, name)]
    blocks += [
        Heading(1, "Error"),
        Display(tuple(map(worked.forward, worked.errors()))),
    ]
    for n, name in reversed(list(enumerate(trace.architecture.names, 1))):
        blocks += [Heading(1, f"Backward: layer {n}"), *_deltas(worked, name)]
    blocks += [Heading(1, "Gradients and update"), *_parameters(worked)]
    return Document("One pass, worked out", tuple(blocks))


def _opening(trace: Trace) -> str:
    a = trace.architecture
    layers = ", then ".join(
        f"{layer.units} {'neuron' if layer.units == 1 else 'neurons'} "
        f"({layer.activation})"
        for layer in a.layers
    )
    said = f"{a.inputs} inputs, {layers}; the error is {a.loss}."
    if trace.batched:
        count = trace.quantities["x"].shape[0]
        said += (
            f" The batch has {count} samples; the first is worked out. E and the "
            "gradients of weights are over the whole batch. The first index below a "
            "symbol is the sample."
        )
    return said


def _elements(worked: Worked, name: str) -> list[Element]:
    """Return the elements of a quantity, of a batch those of the first sample."""
    trace = worked.trace
    node = (trace.one_pass.inputs | trace.one_pass.quantities)[name]
    sizes = list(node.shape)
    if trace.batched and name not in trace.architecture.shapes:
        sizes[0] = 1
    return [(node, place) for place in product(*map(range, sizes))]


def _layer(worked: Worked, name: str) -> list[Block]:
    sums, outputs = (_elements(worked, f"{name}.{p}") for p in ("sum", "output"))
    lines = []
    for e, y in list(zip(sums, outputs, strict=True))[:LONG]:
        lines += (
            [worked.forward(e)] if e == y else [worked.forward(e), worked.forward(y)]
        )
    return [Display(tuple(lines)), *_more(len(sums))]


def _deltas(worked: Worked, name: str) -> list[Block]:
    sums, outputs = (_elements(worked, f"{name}.{p}") for p in ("sum", "output"))
    lines = []
    for e, y in list(zip(sums, outputs, strict=True))[:LONG]:
        for x in [e] if e == y else [y, e]:
            rule, numbers = worked.rule(x), worked.numbers(x)
            lines.append(equals(*rule.sides, *numbers.sides[1:]))
    return [Display(tuple(lines)), *_more(len(sums))]


def _more(count: int) -> list[Block]:
    if count <= LONG:
        return []
    return [Note(f"The other {count - LONG} neurons of the layer likewise.")]


def _parameters(worked: Worked) -> list[Block]:
    trace = worked.trace
    every = [e for name in trace.architecture.shapes for e in _elements(worked, name)]
    shown = every
    if len(every) > ROWS:
        largest = sorted(every, key=lambda e: -abs(worked.paths.gradient(e)))[:ROWS]
        shown = [e for e in every if e in set(largest)]
    header = ("", "name", "value", "gradient", "after the update")
    rows = tuple(_row(worked, e) for e in shown)
    rate = worked.number(trace.learning_rate)
    said: tuple[Inline, ...] = (
        "Each weight moves against its gradient: ", _RULE,
        " with ", equation(Symbol("η"), "=", rate), ".",
    )  # fmt: skip
    blocks: list[Block] = [Paragraph(said), Table(header, rows)]
    if len(every) > ROWS:
        left = len(every) - ROWS
        blocks.append(Note(f"The {ROWS} largest gradients; {left} more parameters."))
    after: tuple[Inline, ...] = (
        "The error of the same input was ", worked.number(float(trace["E"])),
        " and is ", worked.number(trace.error_after), " after the update.",
    )  # fmt: skip
    return [*blocks, Paragraph(after)]


def _row(worked: Worked, e: Element) -> tuple[Inline, ...]:
    name = worked.symbols.names[e[0]]
    return (
        worked.symbol(e),
        worked.symbols.name(e),
        worked.number(worked.value(e)),
        worked.number(worked.paths.gradient(e)),
        worked.number(float(worked.trace.updated[name][e[1]])),
    )
