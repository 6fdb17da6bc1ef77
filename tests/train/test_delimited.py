import contextlib
import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backlit.errors import DataError
from backlit.train import delimited


def parse(data, **options):
    if isinstance(data, str):
        data = data.encode()
    return delimited.parse(data, "d.csv", **options)


def rows(data, **options):
    return parse(data, **options).rows()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("a,b\n1,x\n2,y\n", [(1, "x"), (2, "y")]),
        ("a;b\n1.5;x, y\n2.5;z\n", [(1.5, "x, y"), (2.5, "z")]),
        ("a\tb\n1\tx, y; z\n", [(1, "x, y; z")]),
    ],
)
def test_separator_is_found(data, expected):
    assert rows(data) == expected


def test_semicolons_go_with_decimal_commas_and_decimal_points():
    assert rows("a;b\n1,75;1.5\n2;3\n") == [(1.75, 1.5), (2.0, 3.0)]


def test_comma_groups_thousands_in_quotes():
    assert rows('a,b\n"1,234",2\n"5,000",3\n') == [(1234, 2), (5000, 3)]


def test_decimal_comma_in_a_tab_file_is_not_guessed_at():
    assert rows("a\tb\n3,14\t1\n2,5\t2\n") == [("3,14", 1), ("2,5", 2)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ('a,b\n"x, y",1\n"say ""hi""",2\n', [("x, y", 1), ('say "hi"', 2)]),
        ('a,b\n"two\nlines",1\n', [("two\nlines", 1)]),
        ('a , b\n1, "x, y"\n 2 , z \n', [(1, "x, y"), (2, "z")]),
        ('a,b\n5" pipe,1\n', [('5" pipe', 1)]),
    ],
)
def test_quotes_and_blanks_are_taken_off(data, expected):
    assert rows(data) == expected


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\n\n", "\n  \n"])
def test_lines_may_end_in_any_way_and_be_blank(newline):
    assert rows(newline.join(["a,b", "1,2", "3,4"])) == [(1, 2), (3, 4)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_is_read_with_and_without_a_mark(encoding):
    frame = parse("größe,b\nä,2\n".encode(encoding))
    assert (frame.columns, frame.rows()) == (["größe", "b"], [("ä", 2)])


@pytest.mark.parametrize(
    ("data", "names", "height"),
    [
        ("5.1,3.5,setosa\n4.9,3.0,setosa\n", ["x1", "x2", "x3"], 2),
        ("0,0,0\n0,1,1\n1,0,1\n1,1,0\n", ["x1", "x2", "x3"], 4),
        ("a,?\n1,2\n", ["a", "?"], 1),
        ("color,kind\nred,a\nblue,b\n", ["color", "kind"], 2),
        ("country,2019,2020\nFrance,3.1,2.2\n", ["country", "2019", "2020"], 1),
        ("0,1,2\n5.1,3.2,1.1\n", ["0", "1", "2"], 1),
        ("0,1\n1,0\n", ["x1", "x2"], 2),
        ("1,2,3\n5,7,9\n", ["x1", "x2", "x3"], 2),
        ("2019,2020\n2020,2021\n", ["x1", "x2"], 2),
        ("1,2,3\n2,3,4\n", ["x1", "x2", "x3"], 2),
        ("id,7\n3,1\n4,2\n", ["id", "7"], 2),
        (",a\n0,x\n1,y\n", ["column 1", "a"], 2),
        ("a,b,\n1,2,\n3,4,\n", ["a", "b"], 2),
    ],
)
def test_header_is_told_from_values(data, names, height):
    frame = parse(data)
    assert (frame.columns, frame.height) == (names, height)


def test_one_column_needs_no_separator():
    assert rows("review\ngood, but slow\nbad\n") == [("good, but slow",), ("bad",)]


def test_column_asked_for_as_text_keeps_its_spelling():
    assert rows("a,b\n1.50,2\n007,3\n", as_text=["a"]) == [("1.50", 2), ("007", 3)]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "d.csv is empty"),
        (" \n\n", "d.csv is empty"),
        ('""\n', "d.csv is empty"),
        ("a,b\n", "a header line and no rows"),
        ("a,b,a\n1,2,3\n", r"2 columns called 'a' \(columns 1, 3\)"),
        ("a,b,c\n1,2,3\n\n4,5\n", "line 4: 2 fields, where the first line has 3"),
        ("a,b\n1,2\n3,4,5\n", "line 3: 3 fields, .* put a value that contains ','"),
        ('a,b\n1,"x\n2,y\n', "line 2: the double quotes do not match"),
        ('a,b\n1,"x"y\n2,y\n', "line 2: the double quotes do not match"),
        ("notes\none; two, three\tfour\nfive\n", "is not a table with tab, ';', ','"),
        (b"a,b\n\x00,1\n", "is not text"),
        ("a,b\nM\xfcller,1\n".encode("latin-1"), "not UTF-8: byte 0xfc on line 2"),
    ],
)
def test_bad_text_is_refused_in_one_line(data, message):
    with pytest.raises(DataError, match=message) as caught:
        parse(data)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        ("a,b\n1,2\n3,4\n", [2, 3]),
        ("1,2\n3,5\n", [1, 2]),
        ('a,b\n"x\ny",1\n\n\nz,2\n', [2, 6]),
    ],
)
def test_line_of_a_row_counts_blank_lines_and_breaks_in_values(data, lines):
    found = [
        delimited.line_of(data.encode(), "d.csv", row) for row in range(len(lines))
    ]
    assert found == lines


plain = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\x00"),
    max_size=8,
).map(lambda value: f"t{value}t")  # is text, and has no blanks at its ends


@settings(deadline=None)
@given(
    table=st.integers(2, 4).flatmap(
        lambda width: st.lists(st.tuples(*[plain] * width), min_size=1, max_size=8)
    ),
    separator=st.sampled_from(",;\t"),
)
def test_quoted_text_comes_back_as_it_was(table, separator):
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerows([[f"name{i}" for i in range(len(table[0]))], *table])
    assert rows(written.getvalue()) == table


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_every_byte_string_is_read_or_refused(data):
    with contextlib.suppress(DataError):
        assert parse(data).height > 0
