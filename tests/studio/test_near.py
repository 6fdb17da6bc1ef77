from __future__ import annotations

import re

import msgspec
import pytest

import backlit as bl
from backlit.draw.layout import layout
from backlit.draw.reading import Reading
from backlit.draw.within import within
from backlit.network.architecture import Architecture
from backlit.studio.near import neurons, openings
from backlit.studio.picture import picture, pictured, probe

SMALL = "₀₁₂₃₄₅₆₇₈₉"


def architecture(inputs, *units, activation="tanh"):
    layers = [bl.Dense(n, activation) for n in units[:-1]]
    return Architecture(inputs, (*layers, bl.Dense(units[-1])))


def filled(drawing, number):
    """Fill a neuron's number into the drawing of its layer, as the page does."""
    small = "".join(SMALL[int(digit)] for digit in str(number + 1))
    found = msgspec.to_builtins(drawing)
    for part, text in (("nodes", "symbol"), ("texts", "text")):
        for one in found[part]:
            wide = one.pop("wide", "")
            chosen = wide if number >= 9 and wide else one[text]
            one[text] = chosen.replace("{k}", small)
    return msgspec.convert(_numbered(found, number), type(drawing))


def _numbered(found, number):
    if isinstance(found, dict):
        return {key: _numbered(value, number) for key, value in found.items()}
    if isinstance(found, list | tuple):
        return [_numbered(value, number) for value in found]
    if found == "k":
        return number
    if isinstance(found, str) and "[" in found:
        return re.sub(r"\bk\b", str(number), found)
    return found


@pytest.mark.parametrize("number", [0, 8, 9, 11, 29])
@pytest.mark.parametrize("layer", [1, 2])
def test_the_drawing_of_a_layer_filled_in_is_that_of_each_of_its_neurons(number, layer):
    a = architecture(12, 30, 30, 2)
    wanted = pictured(within(a, layer, number), Reading(probe(a)))
    assert filled(neurons(a)[f"dense{layer}"], number) == wanted


def test_a_layer_of_one_neuron_has_a_drawing_without_a_gap():
    found = neurons(architecture(2, 3, 1))["dense2"]
    assert "{k}" not in str(found)
    assert "Σ⁽²⁾" in {node.symbol for node in found.nodes}


def test_a_neuron_alone_needs_no_second_drawing():
    assert neurons(architecture(2, 1)) == {}


@pytest.mark.parametrize("units", [(64, 64, 10), (12, 9, 1), (1,)])
def test_an_opening_and_the_folded_diagram_make_the_opened_one(units):
    a = architecture(64, *units)
    base, reading = picture(a), Reading(probe(a))
    for name, opening in openings(a).items():
        layer = name.partition(".")[0]
        depth = int(layer[5:]) if layer.startswith("dense") else 0
        wanted = pictured(layout(a, depth, opening.shown - 1), reading)
        for part, without in zip(
            ("nodes", "lines", "texts"), opening.without, strict=True
        ):
            kept = [
                own for n, own in enumerate(getattr(base, part)) if n not in without
            ]
            made = [*kept, *getattr(opening.more, part)]
            key = msgspec.json.encode
            assert sorted(made, key=key) == sorted(getattr(wanted, part), key=key)
        assert (opening.more.width, opening.more.height) == (
            wanted.width,
            wanted.height,
        )


def test_narrow_layers_have_nothing_to_open():
    assert openings(architecture(2, 6, 6, 1)) == {}


@pytest.mark.parametrize(
    "units", [(64, 10), (128, 64, 10), (64,) * 8 + (1,), (300, 300, 10)]
)
def test_what_a_page_gets_is_bounded(units):
    a = architecture(64, *units)
    size = len(msgspec.json.encode((picture(a), openings(a), neurons(a))))
    assert size < 700_000


def test_all_neurons_of_a_layer_of_64_are_shown_where_the_network_is_small():
    assert {o.shown for o in openings(architecture(8, 64, 1)).values()} == {8, 64}
