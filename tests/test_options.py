from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from backlit import options
from backlit.errors import OptionError

NO_NUMBERS = ["3", None, True, [1], 1j, Decimal("NaN"), object()]


@pytest.mark.parametrize("value", [3, 3.0, np.int64(3), np.float32(3), Fraction(6, 2)])
def test_whole_numbers_of_any_kind_become_an_int(value):
    found = options.whole("epochs", value, 1)
    assert (found, type(found)) == (3, int)


@pytest.mark.parametrize(
    "value", [*NO_NUMBERS, 2.5, 0, -1, float("nan"), float("inf"), 2**63]
)
def test_whole_refuses_what_is_none_and_names_the_option(value):
    with pytest.raises(OptionError, match=r"^epochs=.*; it must be a whole number ≥ 1"):
        options.whole("epochs", value, 1)


@pytest.mark.parametrize("check", [options.positive, options.not_negative])
@pytest.mark.parametrize("value", [*NO_NUMBERS, -1, float("nan"), float("inf")])
def test_numbers_outside_their_range_are_refused(check, value):
    with pytest.raises(OptionError, match=r"^l1=.*; it must be"):
        check("l1", value)


@pytest.mark.parametrize("value", [0.5, np.float64(0.5), np.float32(0.5)])
def test_numbers_of_any_kind_become_a_float(value):
    for check in (options.positive, options.not_negative, options.fraction):
        found = check("rate", value)
        assert (found, type(found)) == (0.5, float)


def test_zero_and_one_are_inside_or_outside_as_said():
    assert options.not_negative("l2", 0) == 0
    assert options.fraction("momentum", 0) == 0
    assert options.finite("scale", -3) == -3
    for check, value in ((options.positive, 0), (options.fraction, 1)):
        with pytest.raises(OptionError):
            check("x", value)
    with pytest.raises(OptionError, match="scale=inf; it must be a finite number"):
        options.finite("scale", float("inf"))


def test_unknown_name_is_answered_by_the_closest_or_by_all():
    with pytest.raises(OptionError, match=r"unknown loss 'msee'; did you mean 'mse'\?"):
        options.known("loss", "msee", ["mse", "hinge"])
    with pytest.raises(OptionError, match="unknown loss 7; known are mse, hinge"):
        options.known("loss", 7, ["mse", "hinge"])
    with pytest.raises(OptionError, match="unknown loss None"):
        options.known("loss", None, ["mse"])
