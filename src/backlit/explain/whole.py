"""One pass worked out from input to update: every neuron, the error, every δ."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from backlit.explain.printing import LONG, SHOWN
from backlit.explain.proof import jumps, overflow
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
from backlit.explain.worked import Worked

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
        blocks += _gradients(worked, name)
    blocks += [*jumps(worked), *overflow(worked)]
    blocks += [Heading(1, "Gradients and update"), *_parameters(worked)]
    return Document("One pass, worked out", tuple(blocks))


def _opening(trace: Trace) -> str:
    a = trace.architecture
    layers = ", then ".join(
        f"{_counted(layer.units, 'neuron')} ({layer.activation})" for layer in a.layers
    )
    penalties = [f"{n} = {v:g}" for n, v in (("l1", a.l1), ("l2", a.l2)) if v]
    with_them = f" with a penalty on weights, {' and '.join(penalties)}"
    said = f"{_counted(a.inputs, 'input')}, then {layers}; the error is {a.loss}"
    said += f"{with_them if penalties else ''}."
    if trace.batched:
        count = trace.quantities["x"].shape[0]
        said += (
            f" The batch has {_counted(count, 'sample')}; the first is worked out. E "
            "and the gradients of weights are over the whole batch. The first index "
            "below a symbol is the sample."
        )
    return said


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def _elements(worked: Worked, name: str) -> list[Element]:
    """Return the elements of a quantity, of a batch those of the first sample."""
    trace = worked.trace
    node = (trace.one_pass.inputs | trace.one_pass.quantities)[name]
    sizes = list(node.shape)
    if trace.batched and name not in trace.architecture.shapes:
        sizes[0] = 1
    return [(node, place) for place in product(*map(range, sizes))]


def _neurons(worked: Worked, name: str) -> list[tuple[Element, ...]]:
    """Return the sum and the output of each neuron of a layer; once if they are one."""
    sums, outputs = (_elements(worked, f"{name}.{p}") for p in ("sum", "output"))
    both = zip(sums, outputs, strict=True)
    return [(e,) if e == y else (e, y) for e, y in both]


def _layer(worked: Worked, name: str) -> list[Block]:
    neurons = _neurons(worked, name)
    last = name == worked.trace.architecture.names[-1]
    shown = [e for neuron in _first(neurons) for e in neuron]
    shown += [p for e in shown for p in worked.probability(e) if last]
    lines = tuple(map(worked.forward, shown))
    return [Display(lines), *_more(len(neurons), "neuron")]


def _deltas(worked: Worked, name: str) -> list[Block]:
    neurons = _neurons(worked, name)
    shown = [e for neuron in _first(neurons) for e in reversed(neuron)]
    lines = [worked.written(e) for e in shown if e[0] in worked.paths.chain]
    blocks: list[Block] = [Display(tuple(lines))] if lines else []
    return [*blocks, *_more(len(neurons), "neuron")]


def _gradients(worked: Worked, name: str) -> list[Block]:
    """Write the gradients of a layer's parameters, of many the first ones."""
    shapes = worked.trace.architecture.shapes
    own = [p for p in (f"{name}.weight", f"{name}.bias") if p in shapes]
    every = [e for p in own for e in _elements(worked, p)]
    lines = [worked.written(e) for e in _first(every) if worked.paths.links(e)]
    blocks: list[Block] = [Display(tuple(lines))] if lines else []
    return [*blocks, *_more(len(every), "parameter")]


def _first(every: list[Any]) -> list[Any]:
    return every if len(every) <= LONG else every[:SHOWN]


def _more(count: int, what: str) -> list[Block]:
    """Count what is not shown of a layer."""
    left = _counted(count - SHOWN, f"more {what}")
    return [Note(f"{left} of the layer likewise.")] if count > LONG else []


def _parameters(worked: Worked) -> list[Block]:
    trace = worked.trace
    every = [e for name in trace.architecture.shapes for e in _elements(worked, name)]
    shown = every
    if len(every) > ROWS:
        largest = set(
            sorted(every, key=lambda e: -abs(worked.paths.gradient(e)))[:ROWS]
        )
        shown = [e for e in every if e in largest]
    header = ("", "name", "value", "gradient", "after the update")
    table = Table(header, tuple(_row(worked, e) for e in shown))
    left = len(every) - len(shown)
    more = (
        [Note(f"The {ROWS} largest gradients; {left} more parameters.")] if left else []
    )
    return [_update_rule(worked), table, *more, _error_after(worked)]


def _update_rule(worked: Worked) -> Paragraph:
    trace = worked.trace
    rate = worked.number(trace.learning_rate)
    fixed = [
        n for n in trace.architecture.shapes if n not in trace.architecture.trainable
    ]
    said: tuple[Inline, ...] = (
        "Each weight moves against its gradient: ", _RULE,
        " with ", equation(Symbol("η"), "=", rate), ".",
    )  # fmt: skip
    frozen = f" Frozen, so left as they are: {', '.join(fixed)}." if fixed else ""
    return Paragraph((*said, frozen))


def _error_after(worked: Worked) -> Paragraph:
    trace = worked.trace
    before, after = worked.value(worked.paths.error), trace.error_after
    said: tuple[Inline, ...] = (
        "With the update E goes from ", worked.number(before), " to ",
        worked.number(after), " on the same input.",
    )  # fmt: skip
    return Paragraph(said)


def _row(worked: Worked, e: Element) -> tuple[Inline, ...]:
    name = worked.symbols.names[e[0]]
    return (
        worked.symbol(e),
        worked.symbols.name(e),
        worked.number(worked.value(e)),
        worked.number(worked.paths.gradient(e)),
        worked.number(float(worked.trace.updated[name][e[1]])),
    )
