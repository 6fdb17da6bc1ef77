"""Nothing printed is false: every equation of an explanation is evaluated."""

from __future__ import annotations

import numpy as np
import pytest
from derivations import ACTIVATIONS, KINDS, equations, read, recorded, untrue
from formulas import known, value

import backlit as bl
from backlit.explain.typeset.document import Display, Document
from backlit.explain.typeset.mathematics import Number, equation
from backlit.explain.typeset.notation import parse
from backlit.explain.typeset.text import expression
from backlit.explain.worked import Worked
from backlit.network.architecture import LOSS_NAMES

WEIGHT = "dense1.weight[0,1]"


def documents(trace, digits):
    """Return the whole pass and one weight, worked out."""
    return [trace.explain(name, digits=digits).document for name in (None, WEIGHT)]


def kind_for(activation, loss):
    """Return a kind of pass, so that each activation and each loss meets all."""
    return KINDS[(ACTIVATIONS.index(activation) + LOSS_NAMES.index(loss)) % len(KINDS)]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_all_sides_of_numbers_of_an_equation_say_the_same(activation):
    for n, loss in enumerate(LOSS_NAMES):
        trace = recorded(activation, loss, kind_for(activation, loss))
        for document in documents(trace, digits=(9, 5, 17)[n % 3]):
            assert untrue(document) == []


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_formula_has_the_value_of_its_numbers(activation):
    for loss in LOSS_NAMES:
        trace = recorded(activation, loss, kind_for(activation, loss))
        values = known(Worked(trace))
        for document in documents(trace, digits=9):
            for found in equations(document):
                if "←" not in found.relations:
                    sides = [value(side, values) for side in found.sides]
                    assert sides == pytest.approx([sides[0]] * len(sides), 1e-9, 1e-9)


def test_a_false_equation_is_noticed():
    x = parse("x * (1 - x)", x=Number(0.4551))
    false = equation(x, "=", Number(0.2485))
    assert untrue(Document("", (Display((false,)),)))
    true = equation(x, "=", Number(0.248))
    assert not untrue(Document("", (Display((true,)),)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("(−0.5)² · 4", 1.0),
        ("2 · 10⁻³ + 10⁻⁴", 0.0021),
        ("e^(−1) / (e^(−1) + e¹)", 1 / (1 + np.e**2)),
        ("−(0.25 − 1) / 2", 0.375),
        ("√2 + √(3 · 3) − |−1|", 2**0.5 + 2),
        ("{1 if −2.5 > 0; 0.25 otherwise} · max(0, 3)", 0.75),
    ],
)
def test_the_reader_of_these_tests_reads_what_is_printed(text, said):
    assert read(text).value == pytest.approx(said, rel=1e-12)


def test_the_reader_of_these_tests_knows_how_far_rounding_goes():
    assert read("0.5 · 3").slack == pytest.approx(0.15)
    assert read("3").slack == 0


def worked(layers, loss="mse", x=(1.0, 2.0), t=(0.0, 1.0), **options):
    return Worked(bl.Network(2, layers, loss, **options).trace(x, t), digits=4)


def lines(found):
    return [expression(line) for line in found]


def test_the_probability_of_a_logit_is_shown_beside_it():
    w = worked([bl.Dense(2)], "cross_entropy")
    output = w.paths.element("dense1.output", (1,))
    (probability,) = w.probability(output)
    assert expression(w.forward(probability)).startswith("p₂ = e^(Σ₂) / (e^(Σ₁)")
    assert worked([bl.Dense(2)]).probability(output) == []


def test_derivatives_of_softmax_are_written_with_its_outputs():
    w = worked([bl.Dense(2, "softmax")])
    first = w.paths.element("dense1.sum", (0,))
    y1, y2 = lines(w.local(first, link).sides[1] for link in w.shown(first))
    assert (y1, y2) == ("y₁ · (1 − y₁)", "−y₁ · y₂")


def test_a_long_sum_in_numbers_shows_its_largest_terms_and_counts_the_others():
    x = np.zeros(20)
    x[[3, 7]] = (2.0, 1.0)
    net = bl.Network(20, [bl.Dense(1, initialiser="constant")], "mse")
    w = Worked(net.trace(x, [0.0]), digits=3)
    node = w.trace.one_pass.quantities["dense1.sum"]
    text = expression(w.forward((node, (0,))))
    assert text.startswith("Σ = ∑ᵢ₌₁²⁰ wᵢ · xᵢ + b = ")
    assert text.count("·") == 3  # one in the formula, and two terms
    assert "… (19 more, all 0)" in text


def test_the_numbers_of_many_ways_show_the_largest():
    rng = np.random.default_rng(0)
    net = bl.Network(2, [bl.Dense(1, "tanh"), bl.Dense(12)], "sse")
    w = Worked(net.trace(rng.normal(size=2), rng.normal(size=12)), digits=3)
    hidden = w.paths.element("dense1.output", (0,))
    sizes = [abs(link.product) for link in w.paths.links(hidden)]
    assert sizes == sorted(sizes, reverse=True)
    shown = w.shown(hidden)
    assert sorted((abs(x.product) for x in shown), reverse=True) == sizes[:4]
    places = [x.target[1] for x in shown]
    assert places == sorted(places)
    assert "… (8 more)" in expression(w.numbers(hidden))
    assert "∑ᵢ₌₁¹²" in expression(w.rule(hidden))


def test_a_saturated_output_is_not_printed_as_1():
    w = worked([bl.Dense(1, "sigmoid")], t=[0.0])
    assert expression(w.number(1 - 1e-12)) == "0.999999999999"
    assert expression(w.number(0.3 + 0.7)) == "1"
    assert expression(w.number(1 + 4e-16)) == "1"
    assert expression(w.number(12345.6)) == "1.235 · 10⁴"
    assert expression(w.number(float("inf"))) == "∞"


def test_the_update_is_written_with_its_numbers():
    w = worked([bl.Dense(1)], x=(1.0, 2.0), t=[0.0])
    w.trace.quantities["dense1.weight"][:] = [[0.5, 0.25]]
    text = expression(w.update(w.paths.element("dense1.weight", (0, 1))))
    assert text.startswith("w₂ ← w₂ − η · ∂E/∂w₂ = ")


def test_a_derivative_that_is_1_in_any_pass_is_not_written_as_a_factor():
    w = worked([bl.Dense(1, "tanh")], t=[0.0])
    assert expression(w.written(w.paths.element("dense1.bias", (0,)))).startswith(
        "∂E/∂b = ∂E/∂Σ = "
    )
