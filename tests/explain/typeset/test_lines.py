"""Long chains break before their relations, then before +, and lose nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backlit.explain.typeset.boxes import extent
from backlit.explain.typeset.lines import INDENT, lines
from backlit.explain.typeset.mathematics import (
    Add,
    Call,
    Divide,
    Marked,
    Multiply,
    Number,
    Symbol,
    Vector,
    equation,
)
from backlit.explain.typeset.pieces import plain, size, written

A, Y = Symbol("a"), Symbol("y")


def terms(count):
    return tuple(Multiply((Number(i + 0.25), Symbol("x", (i,)))) for i in range(count))


def broken(tree, width):
    found = lines([tree], width, lambda boxes: size(written(boxes)), linear=True)
    return [
        (plain(written(line.left)), plain(written(line.right)).replace("\u00a0", " "))
        for line in found
    ]


def test_a_chain_that_fits_stays_in_one_line():
    assert broken(equation(Y, "=", A, "=", Number(1)), 20) == [("y", " = a = 1")]


def test_a_longer_chain_has_a_line_for_each_relation():
    rows = broken(equation(Y, "=", A, "≈", Number(0.123456789)), 14)
    assert rows == [("y", " = a"), ("", " ≈ 0.123456789")]


def test_a_long_side_breaks_before_plus_rather_than_inside_of_a_product():
    rows = broken(equation(Y, "=", Add(terms(4))), 30)
    assert [right for _, right in rows] == [
        " = 0.25 · x₀ + 1.25 · x₁",
        " + 2.25 · x₂ + 3.25 · x₃",
    ]


def test_brackets_are_opened_only_where_nothing_outside_helps():
    tree = equation(Y, "=", Multiply((A, Call("f", (Add(terms(3)),)))))
    assert [right for _, right in broken(tree, 30)] == [
        " = a",
        " · f(0.25 · x₀ + 1.25 · x₁",
        " + 2.25 · x₂)",
    ]


def test_lists_break_after_commas():
    rows = broken(Vector(tuple(Number(i + 0.125) for i in range(5))), 20)
    assert [right for _, right in rows] == [
        "[0.125, 1.125, ",
        "2.125, 3.125, ",
        "4.125]",
    ]


def test_a_very_long_left_side_stands_alone():
    name = Symbol("a_layer_with_a_long_name.weight[0,1]")
    rows = broken(equation(name, "=", Add(terms(3))), 40)
    assert rows[0] == ("", "a_layer_with_a_long_name.weight[0,1]")
    assert rows[1][1].startswith(" = ")


def test_a_fraction_too_wide_for_the_page_becomes_a_linear_quotient():
    tree = equation(Y, "=", Divide(Add(terms(12)), Number(12)))
    wide = lines([tree], 60, extent, linear=False)
    assert len(wide) > 1
    assert all(extent(line.left + line.right) <= 60 for line in wide)


@given(
    st.integers(1, 12),
    st.integers(24, 90),
    st.lists(st.sampled_from(["=", "≈", "←"]), min_size=1, max_size=3),
)
def test_lines_are_narrow_enough_and_together_are_the_chain(count, width, relations):
    side = Add((Marked(Multiply((A, Add(terms(count)))), "gradient"), *terms(count)))
    parts = [part for relation in relations for part in (relation, side)]
    tree = equation(Y, *parts)
    rows = broken(tree, width)
    whole = "".join(left + right for left, right in broken(tree, 10_000))
    squeezed = "".join(left + right for left, right in rows)
    assert squeezed.replace(" ", "") == whole.replace(" ", "")
    assert all(len(left) + len(right) <= width + INDENT for left, right in rows)
