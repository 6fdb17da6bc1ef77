"""Pieces of lines: what Unicode cannot raise or lower is still unambiguous."""

from __future__ import annotations

import pytest

from backlit.explain.typeset.boxes import Fraction, Script, Token
from backlit.explain.typeset.pieces import coloured, plain, stripped, wrapped, written

X, Q, NUMBER = Token("letter", "x"), Token("letter", "Q"), Token("number", "0.5")


@pytest.mark.parametrize(
    ("sub", "sup", "shown"),
    [
        ((), (NUMBER,), "x^0.5"),
        ((), (Q,), "x^Q"),
        ((), (Q, Q), "x^(QQ)"),
        ((Q,), (), "x_Q"),
        ((Q, Token("mark", ","), Q), (), "x_(Q,Q)"),
        ((X,), (X,), "xˣₓ"),
    ],
)
def test_scripts_fall_back_to_signs(sub, sup, shown):
    assert plain(written((Script((X,), sub, sup),))) == shown


def test_a_fraction_has_no_place_in_a_line():
    with pytest.raises(TypeError, match="Fraction was not laid out in linear form"):
        list(written((Fraction((X,), (X,)),)))


def test_a_word_of_several_styles_is_not_broken():
    line = wrapped([("aa (", ""), ("bb", "error"), (") cc", "")], 7)
    assert [plain(part) for part in line] == ["aa (bb)", "cc"]


def test_blanks_at_the_end_are_cut_and_glue_becomes_a_blank():
    assert stripped([("a\u00a0b ", "error"), ("  ", "")]) == [("a b", "error")]
    assert stripped([("  ", "")]) == []


def test_only_styled_pieces_are_coloured():
    assert coloured([("a", ""), ("b", "error"), (" ", "note")]) == "a\x1b[31mb\x1b[0m "
