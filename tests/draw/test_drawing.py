from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from drawings import network, recorded

import backlit as bl
from backlit.draw.drawing import Drawing, diagram
from backlit.draw.layout import layout
from backlit.errors import DataError, OptionError

SVG = "{http://www.w3.org/2000/svg}"
DOCS = Path(__file__).parents[2] / "docs"


def parsed(svg):
    return ET.fromstring(svg)  # noqa: S314 - written by the code under test


def drawn_texts(svg):
    return [text.text for text in parsed(svg).iter(f"{SVG}text")]


def classes(svg, tag):
    return [found.get("class").split() for found in parsed(svg).iter(SVG + tag)]


@pytest.mark.parametrize("samples", [None, 5])
def test_the_picture_is_valid_xml_with_finite_positions(named, samples):
    svg = diagram(recorded(network(named), samples))
    assert parsed(svg).tag == f"{SVG}svg"
    assert not re.search(r'="[^"]*\b(nan|inf)\b', svg, re.IGNORECASE)


def test_a_pass_that_overflows_is_still_drawn():
    net = network("2-2-2")
    net.parameters["dense1.weight"] = np.full((2, 2), 1e308)
    net.parameters["dense2.bias"] = [1e308, -1e308]
    with np.errstate(all="ignore"):
        svg = diagram(net.trace([10.0, 10.0], [1e200, 0.0]))
    assert "∞" in drawn_texts(svg)
    assert not re.search(r'="[^"]*\b(nan|inf)\b', svg, re.IGNORECASE)


def test_who_cannot_see_the_picture_is_told_its_values_and_gradients(neuron):
    root = parsed(diagram(neuron))
    title, about = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {about.get('id')}"
    assert title.text == "One pass through a sigmoid neuron with 2 inputs"
    for fact in ("x₁ = 0.5", "w₂ = −0.6", "∂E/∂w₂ = −0.2162", "E = 0.2969"):
        assert fact in about.text


def test_two_pictures_in_one_page_have_names_of_their_own():
    one, two = (parsed(diagram(recorded(network("neuron", seed=n)))) for n in (0, 1))
    assert one.get("aria-labelledby") != two.get("aria-labelledby")


def test_every_text_of_the_layout_is_written(named):
    trace = recorded(network(named))
    legend = sum("legend" in kinds for kinds in classes(diagram(trace), "text"))
    slots = layout(trace.architecture).slots
    assert len(drawn_texts(diagram(trace))) == len(slots) + legend


def test_sign_is_told_by_colour_and_by_the_arrowhead(neuron):
    svg = diagram(neuron)
    kinds = {name for found in classes(svg, "g") for name in found}
    assert {"positive", "negative", "neutral", "forward", "backward"} <= kinds
    style = parsed(svg).find(f"{SVG}style").text
    assert ".backlit .positive .head { fill" in style
    assert ".backlit .negative .head { fill" not in style


def test_the_legend_says_what_colours_dashes_and_widths_mean(neuron):
    texts = " ".join(drawn_texts(diagram(neuron)))
    for word in ("forward", "backward", "positive", "negative", "|w| up to 0.6", "mse"):
        assert word in texts


def test_of_a_batch_the_picture_says_that_one_sample_is_drawn():
    texts = drawn_texts(diagram(recorded(network("4-3-2"), samples=8)))
    assert any("sample 1 of 8" in text for text in texts)
    assert not any("sample" in text for text in drawn_texts(diagram(recorded(
        network("4-3-2")
    ))))  # fmt: skip


def test_a_penalty_is_told():
    svg = diagram(recorded(network("neuron", l2=0.1)))
    assert any("with a penalty" in text for text in drawn_texts(svg))


def test_the_picture_needs_nothing_from_elsewhere(neuron):
    svg = diagram(neuron).replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"https?:|url\(|@import|<script|<image|href", svg)


def test_text_follows_the_page_and_a_picture_of_its_own_the_readers_preference(neuron):
    style = parsed(diagram(neuron)).find(f"{SVG}style").text
    assert "fill: currentColor" in style
    assert "@media (prefers-color-scheme: dark) { svg.backlit:root" in style
    assert "background" not in style


def test_a_network_of_one_weight_and_no_slope_is_drawn():
    net = network("linear neuron")
    net.parameters["dense1.weight"] = [[0.0, 0.0, 0.0]]
    svg = diagram(net.trace([0.0, 0.0, 0.0], [0.0]))
    assert "w₁ = 0" in drawn_texts(svg)


@pytest.mark.parametrize("units", [(1,), (3, 1)])
def test_behind_a_step_that_has_no_derivative_no_gradient_is_shown(units):
    layers = [bl.Dense(n, "step") for n in units]
    svg = diagram(bl.Network(2, layers).trace([0.5, -1.0], [1.0]))
    assert not any("/∂x" in text for text in drawn_texts(svg))
    assert "0.5" in drawn_texts(svg)


@pytest.mark.parametrize("digits", [0, -1, 2.5, "many"])
def test_digits_that_are_none_are_an_error(neuron, digits):
    with pytest.raises(OptionError, match="digits"):
        diagram(neuron, digits=digits)


def test_digits_are_those_asked_for(neuron):
    assert "∂E/∂w₁ = −0.14" in drawn_texts(diagram(neuron, digits=2))


def test_a_drawing_shows_itself_in_a_notebook_and_saves_itself(neuron, tmp_path):
    drawing = Drawing(diagram(neuron))
    drawing.save(tmp_path / "neuron.svg")
    saved = (tmp_path / "neuron.svg").read_text("utf-8")
    assert saved == str(drawing) == drawing._repr_svg_()


def test_a_place_that_cannot_be_written_is_one_clear_error(neuron, tmp_path):
    with pytest.raises(DataError, match="folder"):
        Drawing(diagram(neuron)).save(tmp_path / "no" / "neuron.svg")


def test_the_picture_of_the_readme_is_the_one_that_is_drawn(neuron):
    assert (DOCS / "neuron.svg").read_text("utf-8") == diagram(neuron)
