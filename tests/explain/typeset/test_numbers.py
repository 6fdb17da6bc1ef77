"""Numbers are printed rounded once, without noise, and lose nothing else."""

from __future__ import annotations

import math
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlit.explain.typeset.characters import SUPERSCRIPTS
from backlit.explain.typeset.numbers import Figures, figures, number

ORDINARY = {character: base for base, character in SUPERSCRIPTS.items()}


def value_of(text):
    marked = re.sub(r"(^|−)10(?=[⁻⁰-⁹¹²³])", r"\g<1>1 · 10", text)
    plain = "".join(ORDINARY.get(character, character) for character in marked)
    return Fraction(plain.replace("−", "-").replace(" · 10", "e"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.593269992, "0.593269992"),
        (0.5, "0.5"),
        (-0.18, "−0.18"),
        (0.1 + 0.2, "0.3"),
        (3.0, "3"),
        (16777216, "16777216"),
        (0.0, "0"),
        (-0.0, "0"),
        (0.0001, "0.0001"),
        (0.00012345678912, "0.000123456789"),
        (0.00009, "9 · 10⁻⁵"),
        (1.25e-7, "1.25 · 10⁻⁷"),
        (1e-7, "10⁻⁷"),
        (-1e-7, "−10⁻⁷"),
        (1234567.5, "1234567.5"),
        (12345678.5, "1.23456785 · 10⁷"),
        (1e9, "10⁹"),
        (1e300, "10³⁰⁰"),
        (5e-324, "4.94065646 · 10⁻³²⁴"),
        (0.99999999999, "1"),
        (9999999.99999, "10⁷"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "NaN"),
        (np.float32(0.5), "0.5"),
        (np.int64(7), "7"),
    ],
)
def test_a_number_is_printed_as_a_person_writes_it(value, text):
    assert number(value) == text


def test_fewer_digits_round_and_never_invent_zeros():
    assert number(0.593269992, 4) == "0.5933"
    assert number(12345.6, 3) == "1.23 · 10⁴"
    assert number(12345, 3) == "12345"
    assert number(2.5, 1) == "2"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_seventeen_digits_keep_the_float(value):
    assert float(value_of(number(value, 17))) == value


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 17))
def test_the_error_is_at_most_half_a_unit_of_the_last_digit(value, digits):
    exact = Fraction(value)
    error = abs(value_of(number(value, digits)) - exact)
    assert error <= abs(exact) / 2 / Fraction(10) ** (digits - 1)


@given(st.floats(), st.integers(1, 17))
def test_no_zeros_trail_and_no_exponent_lies_in_the_plain_range(value, digits):
    parts = figures(value, digits)
    assert not ("." in parts.mantissa and parts.mantissa.endswith(("0", ".")))
    if parts.exponent is not None:
        assert not -4 <= parts.exponent < min(7, digits)


def test_a_bare_power_of_ten_has_no_mantissa():
    assert figures(1e-7) == Figures(negative=False, mantissa="", exponent=-7)
