"""Symbols lead to where their numbers lie."""

import pytest

import backlit as bl
from backlit.explain.symbols import Symbols
from backlit.explain.typeset.mathematics import (
    Add,
    Indicator,
    Multiply,
    Negate,
    Number,
    Symbol,
)
from backlit.studio.rules.general import Letter
from backlit.studio.rules.passes import SAMPLES, passed
from backlit.studio.rules.slots import Slots

NET = bl.Network(2, [bl.Dense(3, "tanh"), bl.Dense(1)], l2=0.1)


def slots(*, batched):
    trace = passed(NET.architecture, batched=batched)
    return Slots(Symbols(trace), batched, SAMPLES)


@pytest.mark.parametrize(
    ("symbol", "reference"),
    [
        (Symbol("w", (Letter("j"), 2), "(1)"), ["dense1.weight", "j", 1]),
        (Symbol("w", (Letter("i"),), "(2)"), ["dense2.weight", 0, "i"]),
        (Symbol("b", (), "(2)"), ["dense2.bias", 0]),
        (Symbol("h", (3,), "(1)"), ["dense1.output", 2]),
        (Symbol("E", ("penalty",)), ["E.penalty"]),
        (Symbol("E"), ["E"]),
    ],
)
def test_a_symbol_is_found_by_its_letter_and_layer(symbol, reference):
    assert slots(batched=False).reference(symbol) == reference


def test_over_a_batch_the_sample_comes_first():
    found = slots(batched=True)
    symbol = Symbol("h", (Letter("n"), 3), "(1)")
    assert found.reference(symbol) == ["dense1.output", "n", 2]
    assert found.reference(Symbol("N")) == ["count"]


def test_only_products_have_factors():
    found = slots(batched=False)
    x, t = Symbol("x", (1,)), Symbol("t")
    product = found.numeric(Negate(Multiply((Number(2.0), x, t))))
    assert found.factors(product) == [-1.0, 2.0, ["x", 0], ["t", 0]]
    assert found.factors(found.numeric(Multiply((x, Add((x, t)))))) is None
    assert found.factors(Indicator(x)) is None
