import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlit.train.curves import DASHES, HEIGHT, LETTER, WIDTH, curves

NAMESPACE = "{http://www.w3.org/2000/svg}"
LOSSES = {"loss": [1.0, 0.5, 0.25, 0.2], "validation_loss": [1.1, 0.6, 0.4, 0.41]}
AWKWARD = [
    {},
    {"loss": []},
    {"loss": [0.5]},
    {"loss": [0.0] * 9},
    {"loss": [-3.0] * 9},
    {"loss": [nan, inf, -inf]},
    {"loss": [nan, 1.0, inf, 2.0, 3.0, nan, 1.0]},
    {"loss": [1e308, -1e308, 1.0]},
    {"loss": [5e-324, 0.0]},
    {"loss": [1.0, 1.0 + 2**-52]},
    {"loss": [1e6, 2e5], "mae": [1e-9, 3e-9]},
    {f"column {n}": [0.3 + n / 1000] * 3 for n in range(12)},
    {"<b>&\"'": [1.0, 2.0]},
]


def parsed(columns, **options):
    return ET.fromstring(curves(columns, **options))  # noqa: S314 - our own


def elements(columns, kind):
    return list(parsed(columns).iter(NAMESPACE + kind))


def texts(columns):
    return {e.text: e.attrib for e in elements(columns, "text")}


def coordinates(svg):
    for name in ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy"):
        yield from re.findall(rf' {name}="([^"]*)"', svg)
    for points in re.findall(r'points="([^"]*)"', svg):
        yield from points.replace(",", " ").split()


@pytest.mark.parametrize("columns", [LOSSES, *AWKWARD])
def test_picture_is_valid_and_nothing_is_drawn_outside_it(columns):
    root = parsed(columns)
    assert root.tag == NAMESPACE + "svg"
    found = [float(c) for c in coordinates(curves(columns))]
    assert all(0 <= c <= max(WIDTH, HEIGHT) for c in found)
    for element in root.iter(NAMESPACE + "text"):
        assert 0 < float(element.attrib["y"]) < HEIGHT


values = st.floats() | st.floats(0, 2)


@given(st.dictionaries(st.text("abc_", min_size=1), st.lists(values), max_size=5))
def test_any_columns_make_a_picture_of_finite_numbers(columns):
    svg = curves(columns)
    ET.fromstring(svg)  # noqa: S314 - our own
    assert all(0 <= float(c) <= max(WIDTH, HEIGHT) for c in coordinates(svg))


@pytest.mark.parametrize("columns", [LOSSES, *AWKWARD])
def test_names_are_whole_and_do_not_cover_one_another(columns):
    placed = texts(columns)
    found = sorted(float(placed[name]["y"]) for name in columns if name in placed)
    assert all(b - a >= 15 for a, b in pairwise(found))
    for name in columns.keys() & placed.keys():
        assert float(placed[name]["x"]) + LETTER * len(name) <= WIDTH


def test_names_are_near_the_ends_of_their_lines():
    lines = [e.attrib["points"].split()[-1] for e in elements(LOSSES, "polyline")]
    for name, end in zip(LOSSES, lines, strict=True):
        assert float(texts(LOSSES)[name]["y"]) == pytest.approx(
            float(end.split(",")[1]) + 4, abs=20
        )


def test_lines_differ_without_colour_and_names_show_the_dash():
    groups = elements({str(n): [n, n + 1] for n in range(len(DASHES))}, "g")
    dashes = [g.attrib["stroke-dasharray"] for g in groups]
    assert len(set(dashes)) == len(DASHES)
    for group in groups:  # the line itself, and a piece of it beside its name
        kinds = [e.tag.removeprefix(NAMESPACE) for e in group]
        assert kinds == ["polyline", "line"]


def test_line_has_gaps_where_values_are_not_finite_and_dots_where_they_are_alone():
    columns = {"loss": [nan, 1.0, inf, 2.0, 3.0, nan, 1.0]}
    assert len(elements(columns, "polyline")) == 1
    assert len(elements(columns, "circle")) == 2
    assert len(elements({"loss": [0.5]}, "circle")) == 1
    assert elements({"loss": [nan]}, "polyline") == elements({}, "circle") == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ([0.1, 1.1], ["0", "0.2", "0.4", "0.6", "0.8", "1", "1.2"]),
        ([0.3, 0.52], ["0.3", "0.35", "0.4", "0.45", "0.5", "0.55"]),
        ([123456, 1e6], ["0", "200000", "400000", "600000", "800000", "1000000"]),
        ([3e-7, 1e-7], ["0", "5e-8", "1e-7", "1.5e-7", "2e-7", "2.5e-7", "3e-7"]),
        ([-1, 0], ["-1", "-0.8", "-0.6", "-0.4", "-0.2", "0"]),
        ([5, 5], ["2", "3", "4", "5", "6", "7", "8"]),
        ([0, 0], ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        ([2e9, 1e10], ["0", "2e9", "4e9", "6e9", "8e9", "1e10"]),
    ],
)
def test_ticks_are_round_and_written_short(line, expected):
    found = [e.text for e in elements({"loss": line}, "text")]
    assert found[: len(expected)] == expected


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, "1"), (3, "1 2 3"), (7, "1 2 4 6"), (50, "1 10 20 30 40 50")],
)
def test_epochs_are_counted_in_round_numbers(count, expected):
    found = [e.text for e in elements({"loss": [nan] * count}, "text")]
    assert found[6:-1] == expected.split()
    assert found[-1] == "epoch"


def test_values_are_drawn_where_the_ticks_say():
    rules = elements({"loss": [0.0, 1.0]}, "line")
    bottom, top = float(rules[0].attrib["y1"]), float(rules[5].attrib["y1"])
    (line,) = elements({"loss": [0.0, 1.0]}, "polyline")
    points = [tuple(map(float, p.split(","))) for p in line.attrib["points"].split()]
    assert [y for _, y in points] == [bottom, top]
    assert [x for x, _ in points] == [float(rules[0].attrib[k]) for k in ("x1", "x2")]


def test_long_history_is_small_and_keeps_its_spikes():
    line = [0.5] * 100_000
    line[77_777] = 2.0
    svg = curves({"loss": line})
    assert len(svg) < 60_000
    (path,) = elements({"loss": line}, "polyline")
    heights = [float(p.split(",")[1]) for p in path.attrib["points"].split()]
    assert min(heights) == 16


def test_picture_has_a_title_for_those_who_do_not_see_it():
    (title,) = elements(LOSSES, "title")
    assert title.text == "loss, validation_loss by epoch"
    assert 'stroke="currentColor"' in curves(LOSSES, across="step")
