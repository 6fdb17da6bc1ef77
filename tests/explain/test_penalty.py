"""The penalty, written with whole parameters."""

from __future__ import annotations

import pytest

import backlit as bl
from backlit.explain.penalty import penalty
from backlit.explain.symbols import Symbols
from backlit.explain.typeset.text import expression


@pytest.mark.parametrize(
    ("strengths", "text"),
    [
        ({"l2": 0.1}, "0.05 · ∑ᵢ ∑ⱼ (w⁽¹⁾ᵢⱼ)² + 0.05 · ∑ᵢ (w⁽²⁾ᵢ)²"),
        ({"l1": 0.1}, "0.1 · ∑ᵢ ∑ⱼ |w⁽¹⁾ᵢⱼ| + 0.1 · ∑ᵢ |w⁽²⁾ᵢ|"),
        (
            {"l1": 1, "l2": 2},
            "∑ᵢ ∑ⱼ |w⁽¹⁾ᵢⱼ| + ∑ᵢ |w⁽²⁾ᵢ| + ∑ᵢ ∑ⱼ (w⁽¹⁾ᵢⱼ)² + ∑ᵢ (w⁽²⁾ᵢ)²",
        ),
    ],
)
def test_each_parameter_is_one_sum(strengths, text):
    trace = bl.Network(3, [bl.Dense(4), bl.Dense(1)], **strengths).trace([1.0] * 3, [0])
    node = trace.one_pass.quantities["E.penalty"]
    assert expression(penalty(node, Symbols(trace), 9)) == text
