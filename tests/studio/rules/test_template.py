"""Templates are what is printed, with gaps where numbers and indices go."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from backlit.explain.typeset import latex
from backlit.explain.typeset import text as plain
from backlit.explain.typeset.mathematics import (
    Add,
    Call,
    Divide,
    Multiply,
    Negate,
    Number,
    Power,
    Symbol,
)
from backlit.studio.rules.form import Choice, Loop
from backlit.studio.rules.general import Letter
from backlit.studio.rules.template import Either, Gap, Long, template
from tests.rules import Moment, text

GAPS = [Number(Gap.of([["a"]])), Number(Gap.of([["b"]]))]
FORMULAS = {
    "sum": lambda a, b: Add((a, b)),
    "difference": lambda a, b: Add((a, Negate(b))),
    "product": lambda a, b: Multiply((a, b)),
    "quotient": Divide,
    "power": lambda a, b: Power(a, Multiply((b, Number(2)))),
    "call": lambda a, b: Multiply((Call("sigmoid", (a,)), Call("exp", (Negate(b),)))),
    "square below a minus": lambda a, b: Call("exp", (Negate(Power(a, b)),)),
}


@pytest.mark.parametrize("value", [0.5, -0.5, 1.5e-9, 1e-9, -1e-9, 3.5, -2.5])
@pytest.mark.parametrize("name", FORMULAS)
def test_a_template_filled_in_is_what_is_printed(name, value):
    formula = FORMULAS[name]
    moment = Moment({"a": np.array(value), "b": np.array(-value)}, 1)
    numbers = (Number(value, 17), Number(-value, 17))
    found = text(template(formula(*GAPS)), {}, moment)
    assert found.replace("^(", "(") == plain.expression(formula(*numbers)).replace(
        "^(", "("
    )


def test_a_symbol_has_gaps_for_its_indices_in_every_form():
    found = template(Symbol("w", (Letter("j"), Letter("i")), "(2)"))
    assert found.text == "w⁽²⁾«j,i»"
    assert found.tex == "w^{(2)}_{«j»,«i»}"
    assert "<mtext>(2)</mtext>" in found.math
    assert "«j»<mtext>,</mtext>«i»" in found.math


def test_an_index_that_is_given_stays():
    assert template(Symbol("w", (Letter("j"), 12))).text == "w«j,=₁₂»"


def test_mathematics_is_well_formed_and_holds_no_style():
    for formula in FORMULAS.values():
        written = template(formula(*GAPS)).math
        assert "style" not in written
        ET.fromstring(f"<math>{written}</math>")  # noqa: S314 - written by us


def test_latex_has_its_numbers_in_gaps():
    found = template(Divide(*GAPS))
    assert found.tex == r"\frac{«0»}{«1»}"
    assert latex.expression(Divide(Number(2), Number(3))) == r"\frac{2}{3}"


def test_a_long_sum_and_cases_are_gaps_of_their_own():
    loop = Loop("q", 0, 9, template(GAPS[0]), [["a"]])
    choice = Choice([["a"]], ">", [0.0], template(Number(1)), template(Number(0)))
    tree = Multiply((Add((Long("loop", loop=loop),)), Either("case", choice=choice)))
    found = template(tree)
    assert found.text == "(«+0:q») · «?0»"
    assert (found.loops, found.choices) == ([loop], [choice])
