from __future__ import annotations

from math import inf, nan

import pytest

from backlit.draw.style import THICK, THIN, Scale, scale, sign


@pytest.mark.parametrize(
    ("strength", "name"),
    [
        (0.2, "positive"),
        (-0.2, "negative"),
        (0.0, "zero"),
        (-0.0, "zero"),
        (None, "neutral"),
        (nan, "neutral"),
    ],
)
def test_a_sign_has_a_class_of_its_own(strength, name):
    assert sign(strength) == name


def test_width_grows_with_size_between_two_ends():
    widths = [Scale(2.0).width(s) for s in (0.0, -0.5, 1.0, -2.0)]
    assert widths == sorted(widths)
    assert (widths[0], widths[-1]) == (THIN, THICK)


@pytest.mark.parametrize("strength", [3.0, -1e300, inf, nan])
def test_no_line_is_thicker_than_the_thickest(strength):
    assert Scale(2.0).width(strength) == THICK


def test_the_largest_finite_strength_is_thickest():
    assert scale([None, -3.0, 1.0, inf, nan]).largest == 3.0


def test_without_strengths_lines_are_thin():
    assert scale([]).width(0.0) == THIN
