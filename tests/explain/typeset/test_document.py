"""Documents hold what is said, and refuse what cannot be laid out."""

from __future__ import annotations

import pytest

from backlit.errors import OptionError
from backlit.explain.typeset.document import (
    Check,
    Span,
    Table,
    inlines,
    lone_number,
    number_columns,
    number_indents,
    verdict,
)
from backlit.explain.typeset.mathematics import Marked, Number, Symbol


def test_a_ragged_table_is_refused():
    with pytest.raises(OptionError, match="row 1 of a table has 1 cells, its header 2"):
        Table(("a", "b"), (("1", "2"), ("3",)))


def test_content_is_one_part_or_several_and_its_text_is_printable():
    assert list(inlines("a\nb\x1b")) == [Span("a b�")]
    assert list(inlines((Span("E", "error"), Symbol("w")))) == [
        Span("E", "error"),
        Span(Symbol("w")),
    ]


def test_a_formula_carries_the_role_of_its_span():
    (span,) = inlines(Span(Number(1), "gradient"))
    assert span.body == Marked(Number(1), "gradient")


def test_a_check_says_in_words_whether_it_holds():
    assert verdict(Check(True, "")) == ("✓", "holds")
    assert verdict(Check(False, "")) == ("✗", "fails")


def test_columns_of_numbers_are_found_and_their_points_line_up():
    rows = (("a", Number(-0.5)), ("b", Span(Number(150), "error")))
    table = Table(("name", "value"), rows)
    assert number_columns(table) == [False, True]
    assert number_indents([row[1] for row in rows]) == [1, 0]
    assert number_columns(Table(("name",), ())) == [False]


def test_only_a_number_alone_is_a_lone_number():
    assert lone_number(Number(2)) == Number(2)
    assert lone_number(("about ", Number(2))) is None
    assert lone_number("2") is None
