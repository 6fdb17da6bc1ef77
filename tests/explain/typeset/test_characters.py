"""Names may hold anything, and what is printed moves no cursor."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from backlit.explain.typeset.characters import columns, lowered, printable, raised


def test_raised_and_lowered_give_up_rather_than_print_half():
    assert raised("(1)") == "⁽¹⁾"
    assert lowered("k+1") == "ₖ₊₁"
    assert raised("0.5") is None
    assert lowered("batch") is None


@given(st.text())
def test_nothing_printed_is_a_control_or_a_turn_of_direction(text):
    shown = printable(text)
    assert len(shown) == len(text)
    for character in shown:
        assert unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"}
        assert unicodedata.bidirectional(character) not in {"RLO", "LRO", "RLE", "LRI"}


def test_escape_codes_in_a_name_are_shown_and_not_sent():
    assert printable("\x1b[31mred\u202e") == "�[31mred�"


def test_columns_count_what_a_terminal_shows():
    assert columns("w⁽¹⁾₂₁") == 6
    assert columns("x\u0304") == 1
    assert columns("重み") == 4
