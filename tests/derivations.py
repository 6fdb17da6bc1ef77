"""Reading printed derivations back: what a line of numbers says, and how exactly.

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

from backlit.explain.typeset.document import Check, Display, Paragraph, Table
from backlit.explain.typeset.mathematics import Equation, Marked
from backlit.explain.typeset.text import expression

RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
WORDS = {
    "σ": lambda x: 1 / (1 + np.exp(-x)),
    "ln": np.log,
    "max": max,
    "min": min,
    "tanh": np.tanh,
    "sin": np.sin,
    "cos": np.cos,
    "erf": np.vectorize(math.erf),
    "sqrt": np.sqrt,
    "abs": abs,
    "sign": np.sign,
    "step": lambda x: float(x > 0),
    "e": math.e,
    "inf": math.inf,
}


@dataclass(frozen=True)
class Printed:
    """A printed side: its value, and how far rounding may have moved it."""

    value: float
    slack: float


def equations(document):
    """Return every equation of a document, those in running text too."""
    found = []
    for block in document.blocks:
        if isinstance(block, Display):
            found += block.equations
        elif isinstance(block, Paragraph | Check):
            content = block.content
            parts = content if isinstance(content, tuple) else (content,)
            found += [part for part in parts if isinstance(part, Equation)]
        elif isinstance(block, Table):
            found += [c for row in block.rows for c in row if isinstance(c, Equation)]
    return found


def numeric(text):
    """Tell whether a printed side holds numbers only, and all of them."""
    bare = re.sub(r"\b(if|otherwise|and)\b", "", text)
    words = set(re.findall(r"[^\W\d]+", bare))
    return words <= WORDS.keys() and not set("∂∑…") & set(text)


def python(text):
    """Return a printed side as Python, with n[0], n[1], ... for its numbers."""
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    # {a if c; b otherwise} is (a if c else b), {a if c; b if d; e otherwise} likewise.
    text = re.sub(r"; ([^;{}]*) otherwise\}", r" else (\1))", text)
    text = text.replace("{", "(").replace(";", " else ").replace("√", "sqrt")
    text = re.sub(r"sqrt(\d[\d.]*)", r"sqrt(\1)", text)
    numbers = []

    def taken(match):
        digits, power = match["mantissa"] or "1", match["power"]
        exponent = int(power.translate(RAISED)) if power else 0
        decimals = len(digits.partition(".")[2])
        whole = "." not in digits and not power
        numbers.append(
            (
                float(digits) * 10.0**exponent,
                0.0 if whole else 0.5 * 10.0 ** (exponent - decimals),
            )
        )
        return f"n[{len(numbers) - 1}]"

    scientific = (
        rf"(?:(?P<mantissa>\d[\d.]*) · )?10(?P<power>[{SUPERSCRIPT}]+)(?![\d.])"
    )
    text = re.sub(scientific, lambda m: f"({taken(m)})", text)
    text = re.sub(
        r"(?<![\w\[.])(?P<mantissa>\d+(?:\.\d+)?)(?P<power>(?!x)x)?", taken, text
    )
    text = re.sub(rf"[{SUPERSCRIPT}]+", lambda m: f"**{m[0].translate(RAISED)}", text)
    for printed, sign in {
        "·": "*", "−": "-", "^": "**", "∞": "inf", "≤": "<=", "≥": ">=", "≠": "!=",
    }.items():  # fmt: skip
        text = text.replace(printed, sign)
    text = re.sub(r"(?<![<>!=])=(?!=)", "==", text)
    return text, numbers


def read(text):
    """Return what a side of numbers says."""
    source, numbers = python(text)
    code = compile(source.strip(), text, "eval")

    def at(values):
        with np.errstate(all="ignore"):
            # the text is the project's own output, and no names but these are known
            names = WORDS | {"n": values}
            return float(eval(code, {"__builtins__": {}}, names))  # noqa: S307

    values = [np.float64(value) for value, _ in numbers]
    value = at(values)
    slack = 0.0
    for k, (x, half) in enumerate(numbers):
        for moved in (x - half, x + half):
            there = at([*values[:k], np.float64(moved), *values[k + 1 :]])
            if math.isfinite(there):
                slack += abs(there - value) / 2
    return Printed(value, slack)


def chains(document):
    """Yield, for every equation, its text and its sides of numbers."""
    for equation in equations(document):
        body = equation.body if isinstance(equation, Marked) else equation
        if not isinstance(body, Equation):
            continue
        sides = [expression(side) for side in body.sides]
        yield expression(body), [side for side in sides if numeric(side)]


def untrue(document):
    """Return every equation whose sides of numbers contradict each other."""
    found = []
    for text, sides in chains(document):
        said = [read(side) for side in sides]
        for a, b in pairwise(said):
            rounding = 1e-12 * (abs(a.value) + abs(b.value)) + 1e-300
            apart = abs(a.value - b.value)
            if not apart <= 2 * (a.slack + b.slack) + rounding:
                found.append(f"{text}   [{a} {b}]")
    return found
