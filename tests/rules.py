"""Rules filled in by Python, as a page fills them in, to compare with explanations."""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np

from backlit.explain.typeset.characters import lowered, raised
from backlit.explain.typeset.numbers import figures, number
from backlit.interpret import Program
from backlit.studio.bundle import step_of
from backlit.trace.trace import Trace
from backlit.update.optimizers import SGD
from backlit.update.step import step_graph, whole_pass

RELATIONS = {
    ">": operator.gt,
    "≥": operator.ge,
    "<": operator.lt,
    "≤": operator.le,
    "=": operator.eq,
    "≠": operator.ne,
}


@dataclass(frozen=True)
class Moment:
    """The numbers that a page's memory holds after a step."""

    values: dict
    rows: int

    def one(self, factor, letters):
        if not isinstance(factor, list):
            return factor
        name, *places = factor
        if name == "batch":
            return float(self.rows)
        array = self.values[name]
        index = tuple(letters[at] if isinstance(at, str) else at for at in places)
        lead = (0,) * (array.ndim - len(index))
        return float(array[(*lead, *index)])

    def value(self, factors, letters):
        return prod(self.one(f, letters) for f in factors)


def stepped(architecture, parameters, x, t, optimizer):
    """Return what a page's memory holds after a step over rows of x."""
    graph = step_of(architecture, optimizer, len(x))
    rng = np.random.default_rng(3)
    given = {name: rng.uniform(size=n.shape) for name, n in graph.inputs.items()}
    given |= {"x": x, "t": t, **parameters, "count": np.array(float(len(x)))}
    given |= {"step": np.array(2.0), "learning_rate": np.array(0.5)}
    given = {name: np.asarray(given[name], "f8") for name in graph.inputs}
    return Moment({**given, **Program(graph)(given)}, len(x))


def counted(architecture, parameters, x, t):
    """Return a recorded pass whose number of samples is an input, as in a page."""
    one_pass = whole_pass(architecture, x.shape[:-1], counted=x.ndim > 1)
    graph = step_graph(one_pass, architecture, SGD(0.5))
    given = {"x": x, "t": t, **parameters, "step": 2.0, "count": float(len(x))}
    given = {name: np.asarray(given[name], "f8") for name in graph.inputs}
    with np.errstate(all="ignore"):
        found = Program(graph).values(given)
    values = dict(zip(graph.nodes, found, strict=True))
    for name, node in graph.inputs.items():
        values.setdefault(node, given[name])
    return Trace(architecture, one_pass, graph, values, 0.5)


def text(template, letters, moment=None):
    """Return a template as text, all terms of its sums written out."""

    def filled(match):
        gap = match[1]
        if re.match(r"\d", gap):
            n, _, demands = gap.partition(":")
            value = moment.value(template.slots[int(n)], letters)
            return _number(value, demands)
        if gap.startswith("+"):
            loop = template.loops[int(gap[1:].partition(":")[0])]
            size = moment.rows if loop.size == "batch" else loop.size
            places = range(loop.start, loop.start + size)
            own = [{**letters, loop.letter: n} for n in places]
            return " + ".join(text(loop.term, each, moment) for each in own)
        if gap.startswith("?"):
            case = template.choices[int(gap[1:])]
            left, right = (moment.value(x, letters) for x in (case.left, case.right))
            holds = RELATIONS[case.relation](left, right)
            return text(case.then if holds else case.otherwise, letters, moment)
        return _index(gap.split(","), letters)

    return _powers(re.sub("«([^»]*)»", filled, template.text))


def _index(parts, letters):
    printed = [
        p[1:] if p.startswith("=") else lowered(str(letters[p] + 1)) for p in parts
    ]
    return ("" if all(len(p) == 1 for p in printed) else ",").join(printed)


def _number(value, demands):
    parts = figures(value, 17)
    loose = (
        (parts.negative and "n" in demands)
        or (not parts.negative and parts.exponent is not None and parts.mantissa
            and "e" in demands)
        or (not parts.negative and parts.exponent is not None and not parts.mantissa
            and "p" in demands)
    )  # fmt: skip
    written = number(value, 17)
    return f"({written})" if loose else written


def _powers(written):
    """Write x^2 as x², as far as there are raised signs: as text is printed."""
    return re.sub(r"\^(\d+)(?![\d.])", lambda m: raised(m[1]) or m[0], written)


def ways(rule, letters, moment):
    """Yield each way of an element: the rule's way, its letters, target and numbers."""
    for way in rule.ways:
        sizes = [moment.rows if r.size == "batch" else r.size for r in way.runs]
        for places in product(*map(range, sizes)):
            own = {
                **letters,
                **dict(zip((r.letter for r in way.runs), places, strict=True)),
            }
            if any(r.other and own[r.letter] == own[r.other] for r in way.runs):
                continue
            place = tuple(own[at] if isinstance(at, str) else at for at in way.index)
            yield way, own, (way.target, place)


def holds(equation, moment):
    """Tell whether nothing is cut off that a formula does not write."""
    if equation.bound is None:
        return True
    values = moment.values[equation.bound.name]
    return bool(
        ((values >= equation.bound.low) & (values <= equation.bound.high)).all()
    )
