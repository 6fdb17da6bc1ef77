"""JSON for programs: every formula in three languages, every number in full."""

from __future__ import annotations

import json
import math
import xml.etree.ElementTree as ET

import pytest

from backlit.explain.typeset.document import Document, Paragraph, Span
from backlit.explain.typeset.json import (
    block_record,
    expression,
    numbers_of,
    render,
    structure,
)
from backlit.explain.typeset.mathematics import Number, Symbol
from backlit.explain.typeset.notation import parse

FORMULA = {"text", "latex", "mathml", "numbers"}
KEYS = {
    "heading": {"level", "text"},
    "paragraph": {"content"},
    "note": {"content"},
    "check": {"ok", "content"},
    "bullets": {"items"},
    "display": {"equations"},
    "table": {"caption", "header", "rows"},
    "text": {"role", "text"},
    "formula": {"role", *FORMULA},
}


def records(part):
    if isinstance(part, dict):
        yield part
        for value in part.values():
            yield from records(value)
    elif isinstance(part, list):
        for entry in part:
            yield from records(entry)


def test_the_story_survives_the_way_through_json(story):
    assert json.loads(render(story)) == structure(story)
    assert render(story, indent=None).count("\n") == 1


def test_keys_are_those_of_the_docstring(story):
    kinds = set()
    for record in records(structure(story)["blocks"]):
        kind = record.get("kind")
        kinds.add(kind)
        assert record.keys() == (KEYS[kind] | {"kind"} if kind else FORMULA)
    assert kinds - {None} == set(KEYS)


def test_each_formula_is_there_in_text_latex_and_mathml(story):
    formulas = [record for record in records(structure(story)) if "mathml" in record]
    for record in formulas:
        assert record["text"]
        assert record["latex"]
        ET.fromstring(record["mathml"])  # noqa: S314 (our own source)


def test_numbers_have_full_precision_in_their_order(neuron):
    tree = parse(
        "w * x + b", w=Number(neuron.gradient, 3), x=Number(1 / 3), b=Number(2)
    )
    assert expression(tree)["numbers"] == [neuron.gradient, 1 / 3, 2]


def test_numbers_that_json_lacks_are_strings():
    values = [Number(math.nan), Number(math.inf), Number(-math.inf)]
    found = [expression(value)["numbers"][0] for value in values]
    assert found == ["NaN", "Infinity", "-Infinity"]


def test_numbers_in_cases_and_limits_are_found():
    tree = parse("where(x > 3, 1, sum(i, 4, 5, x[i] * 6))")
    assert list(numbers_of(tree)) == [1, 3, 4, 5, 6]


def test_a_span_keeps_its_role():
    content = (Span("E", "error"), Span(Symbol("w"), "update"), Symbol("x"))
    record = block_record(Paragraph(content))
    assert [span["role"] for span in record["content"]] == ["error", "update", None]


def test_names_are_printable():
    assert structure(Document("a\x1b", ()))["title"] == "a�"


def test_a_thing_that_is_no_block_is_named():
    with pytest.raises(TypeError, match="str is no block"):
        block_record("text")
