"""HTML that is well-formed, means what it shows and needs nothing from elsewhere."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backlit.explain.typeset.document import (
    Bullets,
    Check,
    Display,
    Document,
    Heading,
    Note,
    Paragraph,
    Span,
    Table,
)
from backlit.explain.typeset.mathematics import Number, Symbol, equation, symbol
from backlit.explain.typeset.mathml import STYLE, block_element, expression, render

NASTY = "<script>alert('\"&amp;\x00\x1b\ufffe]]>--</script>"


def parsed(fragment):
    return ET.fromstring(f"<div>{fragment}</div>")  # noqa: S314 (our own source)


def blocks_of(text):
    return (
        Heading(1, text),
        Paragraph((text, Span(text, "error"), Symbol(text, (text,), text))),
        Display((equation(Symbol(text), "=", Number(1)),)),
        Table((text,), ((text,),), text),
        Bullets((text,)),
        Check(False, text),
        Note(text),
    )


@given(st.text(min_size=1))
@example(NASTY)
def test_every_part_is_well_formed_whatever_the_names_hold(text):
    root = parsed(render(Document(text, blocks_of(text))))
    assert root.find(".//script") is None


def test_the_story_has_real_headings_tables_and_lists(story):
    root = parsed(render(story))
    assert root[0].tag == "h2"
    assert [node.text for node in root.iter("h3")][:2] == ["Forward", "Backward"]
    assert root.find(".//h4").text == "Update"
    table = root.find(".//table")
    assert table.find("caption").text == "What the pass computed"
    assert {head.get("scope") for head in table.find("thead").iter("th")} == {"col"}
    assert {head.get("scope") for head in table.find("tbody").iter("th")} == {"row"}
    assert len(root.find(".//ul")) == 3


def test_every_formula_has_its_text_as_alternative(story):
    formulas = [
        node for node in parsed(render(story)).iter() if node.tag.endswith("math")
    ]
    assert len(formulas) > 10
    assert all(node.get("alttext") for node in formulas)


def test_a_check_is_not_told_by_colour_alone():
    node = block_element(Check(True, "agrees"), 2)
    assert "".join(node.itertext()) == "✓ holds: agrees"
    assert node[0].get("aria-hidden") == "true"


def test_numbers_of_a_table_are_text_with_their_points_aligned():
    rows = (("a", Number(-0.5)), ("b", Number(150)))
    cells = list(block_element(Table(("x", "y"), rows), 2).iter("td"))
    assert [cell[0].text for cell in cells] == ["−0.5", "150"]
    assert [cell[0].get("style") for cell in cells] == [
        "margin-left:1ch",
        "margin-left:0ch",
    ]


def test_a_page_is_whole_and_loads_nothing(story):
    page = render(story, standalone=True)
    assert page.startswith("<!DOCTYPE html>")
    assert "<title>How the weight w₁ learns</title>" in page
    assert "<h1>" in page
    assert re.findall(r"https?://[^\"]+", page.replace("www.w3.org/1998", "")) == [
        "http:///Math/MathML"
    ] * page.count("<math ")
    assert not re.search(r"<(script|link|img|iframe)|src=|url\(|@import", page)


def test_a_page_has_balanced_tags(story):
    opened = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag, attrs):  # noqa: ARG002
            if tag != "meta":
                opened.append(tag)

        def handle_endtag(self, tag):
            assert opened.pop() == tag

    Tags().feed(render(story, standalone=True))
    assert opened == []


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts
    ]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_colours_are_readable_in_light_and_in_dark():
    found = re.findall(r"--(\w+): (#\w{6})", STYLE)
    for palette in (dict(found[:7]), dict(found[7:])):
        paper = luminance(palette["paper"])
        for name in ("ink", "quantity", "gradient", "update", "error"):
            low, high = sorted([paper, luminance(palette[name])])
            assert (high + 0.05) / (low + 0.05) >= 4.5, name


def test_a_formula_alone_is_inline_or_a_block():
    assert "display" not in expression(symbol("x"))
    assert 'display="block"' in expression(symbol("x"), block=True)


def test_a_thing_that_is_no_block_is_named():
    with pytest.raises(TypeError, match="str is no block"):
        block_element("text", 1)
