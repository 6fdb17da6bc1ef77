from __future__ import annotations

import pytest

from backlit.draw.extent import extent

# Advance widths in DejaVu Sans, in em, as a browser measures them.
MEASURED = {
    "0.4551": 3.499,
    "−0.1351": 4.337,
    "w₁ = 0.4": 4.283,
    "∂Σ/∂w₁ = 0.5": 6.286,
    "⋮ 60 more": 5.499,
    "∂E/∂Σ⁽²⁾₁₀ = −0.1351": 10.139,
    "1.25 · 10⁻⁷": 5.381,
    "h⁽¹⁾₆₄": 2.328,
    "softplus": 3.927,
}


@pytest.mark.parametrize("text", MEASURED)
def test_a_text_is_thought_as_wide_as_in_the_widest_usual_font(text):
    assert MEASURED[text] <= extent(text, 1.0) <= 1.25 * MEASURED[text]


def test_width_grows_with_the_font():
    assert extent("w", 26) == 2 * extent("w", 13)
