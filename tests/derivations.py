"""Passes to explain, and reading explanations back: what does a printed line say?

A side of an equation that holds numbers only is read as Python and evaluated. Each
number was rounded when it was printed, so what a side says is known to within the sum
of what half a unit in the last place of each number moves it.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

import backlit as bl
from backlit.explain.typeset.document import Check, Display, Note, Paragraph, Table
from backlit.explain.typeset.mathematics import Equation, Marked
from backlit.explain.typeset.text import expression
from backlit.network.architecture import activations

ACTIVATIONS = ["linear", *sorted(activations())]
POSITIVE = {"log", "log1p", "sqrt"}  # activations that need a positive sum
KINDS = ("one sample", "a batch", "deep", "weighted", "narrow")

SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
LEVEL = str.maketrans(SUPERSCRIPT, "0123456789-")
WORDS = {
    "σ": lambda x: 1 / (1 + np.exp(-x)),
    "ln": np.log,
    "max": np.maximum,
    "min": np.minimum,
    "tanh": np.tanh,
    "sin": np.sin,
    "cos": np.cos,
    "erf": np.vectorize(math.erf),
    "sqrt": np.sqrt,
    "abs": np.abs,
    "sign": np.sign,
    "floor": np.floor,
    "step": lambda x: np.where(x > 0, 1.0, 0.0),
    "where": np.where,
    "e": np.float64(math.e),
    "inf": math.inf,
}
SIGNS = {"·": "*", "−": "-", "^": "**", "∞": "inf", "≤": "<=", "≥": ">=", "≠": "!="}


def recorded(activation, loss, kind):
    """Return a pass of a small network; every kind differs in more than one way."""
    rng = np.random.default_rng([ACTIVATIONS.index(activation), KINDS.index(kind)])
    units = 2 if loss == "cross_entropy" or kind != "narrow" else 1
    last = "sigmoid" if loss == "binary_cross_entropy" else activation
    positive = activation in POSITIVE
    hidden = [bl.Dense(2, "softplus" if positive else activation, use_bias=False)]
    hidden *= {"a batch": 1, "deep": 2}.get(kind, 0)
    penalty = {"l1": 0.02, "l2": 0.1} if kind in ("a batch", "narrow") else {}
    frozen = ("weight",) if kind == "deep" else ()
    layers = [*hidden, bl.Dense(units, last, freeze=frozen)]
    net = bl.Network(2, layers, loss, **penalty)
    for name, value in net.parameters.items():
        noisy = value + 0.2 * rng.normal(size=value.shape)
        net.parameters[name] = abs(noisy) + 0.1 if positive else noisy
    lead = (3,) if kind in ("a batch", "weighted") else ()
    x = rng.normal(size=(*lead, 2))
    t = rng.uniform(size=(*lead, units))
    if loss == "cross_entropy":
        t /= t.sum(axis=-1, keepdims=True)
    if loss == "hinge":
        t = np.sign(t - 0.5)
    weight = rng.uniform(size=3) if kind == "weighted" else None
    return net.trace(abs(x) + 0.1 if positive else x, t, sample_weight=weight)


def equations(document):
    """Return every equation of a document, those in tables and running text too."""
    found = []
    for block in document.blocks:
        if isinstance(block, Display):
            found += block.equations
        elif isinstance(block, Table):
            found += [cell for row in block.rows for cell in row]
        elif isinstance(block, Paragraph | Check | Note):
            found += block.content if isinstance(block.content, tuple) else ()
    bare = [x.body if isinstance(x, Marked) else x for x in found]
    return [x for x in bare if isinstance(x, Equation)]


@dataclass(frozen=True)
class Said:
    """What a printed side of an equation says."""

    value: float
    slack: float


def is_numeric(text):
    """Tell whether a printed side holds numbers only, and all of them."""
    words = set(re.findall(r"[^\W\d]+", re.sub(r"\b(if|otherwise)\b", "", text)))
    return words <= WORDS.keys() and not set("∂∑…[") & set(text)


def _python(text):
    """Return a side as Python, with n[0], n[1], … for its numbers, and those."""
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    cases = r"\{([^{};]*) if ([^{};]*); ([^{};]*) otherwise\}"
    text = re.sub(cases, r"where(\2, \1, \3)", text)
    text = re.sub(r"sqrt(\d[\d.]*)", r"sqrt(\1)", text.replace("√", "sqrt"))
    numbers = []

    def taken(digits, power=""):
        exponent = int(power.translate(LEVEL)) if power else 0
        decimals = len(digits.partition(".")[2])
        exact = "." not in digits and not power
        half = 0.0 if exact else 0.5 * 10.0 ** (exponent - decimals)
        numbers.append((float(digits) * 10.0**exponent, half))
        return f"(n[{len(numbers) - 1}])"

    tens = rf"(?:(\d[\d.]*) · )?(?<![\d.])10([{SUPERSCRIPT}]+)"
    text = re.sub(tens, lambda m: taken(m[1] or "1", m[2]), text)
    plain = r"(?<![\w\[.])\d+(?:\.\d+)?"
    text = re.sub(plain, lambda m: taken(m[0]), text)
    raised = rf"[{SUPERSCRIPT}]+"
    text = re.sub(raised, lambda m: f"**({m[0].translate(LEVEL)})", text)
    for printed, sign in SIGNS.items():
        text = text.replace(printed, sign)
    return text.strip(), numbers


def read(text):
    """Return what a side of numbers says; all its numbers are moved, one at a time."""
    source, numbers = _python(text)
    count = len(numbers)
    n = np.array([[value] * (2 * count + 1) for value, _ in numbers])
    for k, (_, half) in enumerate(numbers):
        n[k, 2 * k + 1 : 2 * k + 3] += (-half, half)
    with np.errstate(all="ignore"):
        found = eval(source, {"__builtins__": {}}, WORDS | {"n": n})  # noqa: S307
    found = np.broadcast_to(np.asarray(found, float), (2 * count + 1,))
    moved = np.abs(found[1:] - found[0])
    slack = moved[np.isfinite(moved)].sum() / 2
    return Said(float(found[0]), float(slack))


def untrue(document):
    """Return every equation with two sides of numbers that contradict each other."""
    found = []
    for whole in equations(document):
        sides = [expression(side) for side in whole.sides]
        said = [read(side) for side in sides if is_numeric(side)]
        for a, b in pairwise(said):
            rounding = 1e-13 * (abs(a.value) + abs(b.value)) + 1e-14
            if not abs(a.value - b.value) <= 1.5 * (a.slack + b.slack) + rounding:
                found.append(f"{expression(whole)}  says {a} and {b}")
    return found
