"""The lone neuron's story: one document that uses every kind of block."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pytest
from hypothesis import settings

from backlit.explain.typeset.document import (
    Bullets,
    Check,
    Display,
    Document,
    Heading,
    Note,
    Paragraph,
    Span,
    Table,
)
from backlit.explain.typeset.mathematics import (
    Add,
    BigSum,
    Dots,
    Marked,
    Matrix,
    Multiply,
    Number,
    Partial,
    Piecewise,
    Symbol,
    Vector,
    equation,
    symbol,
)
from backlit.explain.typeset.notation import parse

# The same examples each time, and no clock: a busy machine is no failure.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@dataclass(frozen=True)
class Neuron:
    """Two inputs, a sigmoid, half the squared error."""

    x1: float = 0.5
    x2: float = 0.8
    w1: float = 0.4
    w2: float = -0.6
    b: float = 0.1
    t: float = 1.0
    eta: float = 0.5

    @property
    def sum(self):
        return self.w1 * self.x1 + self.w2 * self.x2 + self.b

    @property
    def y(self):
        return 1 / (1 + math.exp(-self.sum))

    @property
    def error(self):
        return (self.y - self.t) ** 2

    @property
    def gradient(self):
        return 2 * (self.y - self.t) * self.y * (1 - self.y) * self.x1


def numbers(neuron):
    names = ("x1", "x2", "w1", "w2", "b", "t", "eta", "y")
    return {name: Number(getattr(neuron, name)) for name in names}


def forward(neuron):
    n = numbers(neuron)
    weighted = "w1 * x1 + w2 * x2 + b"
    total = Number(neuron.sum)
    sigmoid = "1 / (1 + exp(-s))"
    error = "(y - t)**2"
    return Display(
        (
            equation(
                symbol("Sigma"),
                *("=", parse(weighted), "=", parse(weighted, **n)),
                *("=", Marked(total, "quantity")),
            ),
            equation(
                symbol("y"),
                *("=", parse("sigmoid(s)", s=symbol("Sigma"))),
                *("=", parse(sigmoid, s=symbol("Sigma")), "=", parse(sigmoid, s=total)),
                *("=", Marked(Number(neuron.y), "quantity")),
            ),
            equation(
                symbol("E"),
                *("=", parse(error), "=", parse(error, **n)),
                *("=", Marked(Number(neuron.error), "error")),
            ),
        )
    )


def chain(neuron):
    E, y, s, w = (symbol(name) for name in ("E", "y", "Sigma", "w1"))
    local = (Partial(E, y), Partial(y, s), Partial(s, w))
    n = numbers(neuron)
    symbolic = parse("2 * (y - t) * a * x1", a=parse("y * (1 - y)"))
    plugged = parse("2 * (y - t) * a * x1", a=parse("y * (1 - y)", **n), **n)
    return Display(
        (
            equation(local[0], "=", parse("2 * (y - t)"), "=", parse("2*(y-t)", **n)),
            equation(local[1], "=", parse("y * (1 - y)"), "=", parse("y*(1-y)", **n)),
            equation(local[2], "=", symbol("x1"), "=", n["x1"]),
            equation(
                Partial(E, w),
                *("=", Multiply(local), "=", symbolic, "=", plugged),
                *("=", Marked(Number(neuron.gradient), "gradient")),
            ),
        )
    )


def update(neuron):
    rule = "w1 - eta * g"
    symbolic = parse(rule, g=Partial(symbol("E"), symbol("w1")))
    plugged = parse(rule, g=Number(neuron.gradient), **numbers(neuron))
    new = Number(neuron.w1 - neuron.eta * neuron.gradient)
    return Display(
        (
            equation(
                symbol("w1"),
                *("←", symbolic, "=", plugged, "=", Marked(new, "update")),
            ),
        )
    )


def wide_sum():
    """A sum of many terms, the largest written out, as in wide layers."""
    terms = [
        Multiply((Number(0.123456789 * i - 0.4), Number(1 / i))) for i in range(1, 9)
    ]
    body = parse("w[j, i] * x[i]")
    return equation(
        Symbol("Σ", (1,), "(2)"),
        "=",
        BigSum(symbol("i"), Number(1), Number(16), body),
        "=",
        Add((*terms, Dots("8 more"))),
        "≈",
        Number(-1.25e-7),
    )


def table(neuron):
    rows = [
        ("x1", "input", neuron.x1),
        ("w2", "weight", neuron.w2),
        ("Sigma", "weighted sum", neuron.sum),
        ("E", "error", neuron.error),
        ("eta", "learning rate, in steps of a very small size", 1.25e-7),
        ("n", "number of samples", 150.0),
    ]
    return Table(
        ("quantity", "what it is", "value"),
        tuple((symbol(name), what, Number(value)) for name, what, value in rows),
        "What the pass computed",
    )


@pytest.fixture
def neuron():
    return Neuron()


@pytest.fixture
def story(neuron):
    gradient = Span(Number(neuron.gradient), "gradient")
    w = symbol("w1")
    name = "dense1.weight[0,1]"
    small = "100 % of my_net & <b>#1</b> ~ {x} \\ $5^2$ naïve Größe Привет 重み"
    return Document(
        "How the weight w₁ learns",
        (
            Paragraph(
                (
                    *("A lone neuron with the weights ", w, " and ", symbol("w2")),
                    *(" adds its weighted inputs and the bias ", symbol("b")),
                    *(", and squashes the sum ", symbol("Sigma"), " to the output "),
                    *(symbol("y"), ". Its gradient is ", gradient, "."),
                )
            ),
            Heading(1, "Forward"),
            forward(neuron),
            table(neuron),
            Heading(1, "Backward"),
            Paragraph(
                ("The error ", Span("E", "error"), " hears of ", w, " through Σ and y.")
            ),
            chain(neuron),
            Heading(2, "Update"),
            update(neuron),
            Check(
                True, ("a finite difference, ", Number(neuron.gradient, 6), ", agrees")
            ),
            Check(
                False, ("a step along ", Partial(symbol("E"), w), " lowers the error")
            ),
            Heading(1, "Wide & deep: names_with 100 % <specials>"),
            Display((wide_sum(),)),
            Display(
                (
                    equation(
                        Symbol(name, (), None),
                        *("=", Symbol("w", (2, 1), "(1)"), "≈", Number(0.4)),
                    ),
                    equation(
                        parse("relu(z)"),
                        "=",
                        Piecewise(((symbol("z"), parse("z > 0")),), Number(0)),
                        "=",
                        parse("z * (z > 0)"),
                    ),
                    equation(
                        parse("W @ x + b", W=Symbol("W", bold=True)),
                        "=",
                        parse(
                            "W @ x + b",
                            W=Matrix(
                                (
                                    (Number(0.4), Number(-0.6)),
                                    (Number(1), symbol("w3")),
                                )
                            ),
                            x=Vector((Number(0.5), Number(0.8))),
                        ),
                        "=",
                        parse("sqrt(x**2 + 1) / abs(y) + x.T"),
                    ),
                )
            ),
            Bullets((small, ("a sum of ", Number(150), " samples"), "plain")),
            Note(("a convention: ", parse("relu(0)"), " has the derivative 0.")),
        ),
    )
