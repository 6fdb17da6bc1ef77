"""An update is written as its optimizer computes it."""

import re

import numpy as np
import pytest

import backlit as bl
from backlit.studio.rules.network import rules
from backlit.update.optimizers import OPTIMIZERS, SGD, Adam
from tests.derivations import is_numeric, read
from tests.rules import stepped, text


def case(optimizer):
    net = bl.Network(2, [bl.Dense(2, "tanh"), bl.Dense(1, freeze=("bias",))])
    rng = np.random.default_rng(1)
    x, t = rng.normal(size=(1, 2)), rng.normal(size=(1, 1))
    moment = stepped(net.architecture, net.parameters, x, t, optimizer)
    return rules(net.architecture, optimizer, batches=False).single, moment


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_assignment_says_the_number_that_the_step_computes(name):
    found, moment = case(OPTIMIZERS[name])
    letters = {"j": 1, "i": 0}
    steps = found["dense1.weight"].update
    assert len(steps) == 1 + len(OPTIMIZERS[name].state)
    for step in steps:
        said = text(step.formula.numbers, letters, moment)
        assert is_numeric(re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]", "", said)), said
        value = moment.value(step.value, letters)
        assert read(said.replace("^", "**")).value == pytest.approx(value, rel=1e-8)


def test_gradient_descent_is_written_as_in_the_explanation():
    step, *others = case(SGD())[0]["dense1.weight"].update
    said = text(step.symbol, {"j": 1, "i": 0})
    assert (said, others) == ("w⁽¹⁾₂₁", [])
    formula = text(step.formula.symbols, {"j": 1, "i": 0})
    assert formula == "w⁽¹⁾₂₁ − η · ∂E/∂w⁽¹⁾₂₁"


def test_state_comes_first_and_is_marked_as_new():
    m, v, w = case(Adam())[0]["dense2.weight"].update
    assert [s.symbol.text for s in (m, v)] == ["m′", "v′"]
    assert "m′" in w.formula.symbols.text
    assert "m′" not in m.formula.symbols.text


def test_a_gradient_that_is_limited_first_has_no_number():
    (step,) = case(SGD(clip_norm=1.0))[0]["dense1.weight"].update
    assert step.formula.symbols.text == "w⁽¹⁾«j,i» − η · g"
    assert step.formula.numbers is None


def test_what_is_frozen_has_no_update():
    assert case(SGD())[0]["dense2.bias"].update == []
