from __future__ import annotations

from dataclasses import asdict, replace
from itertools import combinations

import msgspec
import numpy as np
import pytest

import backlit as bl
from backlit.draw.curve import sampled
from backlit.draw.extent import extent
from backlit.draw.layout import layout
from backlit.draw.reading import Reading
from backlit.network.architecture import Architecture


def written(trace):
    """Return the text of each slot and the rectangle that it takes at most."""
    reading, found = Reading(trace), []
    for slot in layout(trace.architecture).slots:
        text = reading.text(slot)
        width = min(slot.width, extent(text, slot.size))
        found += [(text, replace(slot, width=width).box)] * bool(text)
    return found


def crossed(box, points):
    low, size = np.array([box.x, box.y]), np.array([box.width, box.height])
    return bool(((points > low) & (points < low + size)).all(axis=1).any())


def architecture(inputs, *units):
    return Architecture(inputs, tuple(bl.Dense(n, "tanh") for n in units))


def test_no_two_texts_overlap(trace):
    pairs = combinations(written(trace), 2)
    assert [(a, b) for (a, at), (b, there) in pairs if at.meets(there)] == []


def test_no_line_runs_through_a_text(trace):
    lines = [e.curve for e in layout(trace.architecture).edges if not e.folded]
    points = np.concatenate([sampled(curve) for curve in lines])
    assert [text for text, box in written(trace) if crossed(box, points)] == []


def test_rooms_for_texts_are_apart_whatever_is_written_in_them(trace):
    slots = layout(trace.architecture).slots
    pairs = combinations(slots, 2)
    assert [(a, b) for a, b in pairs if a.box.meets(b.box)] == []


def test_everything_lies_inside_the_drawing(trace):
    found = layout(trace.architecture)
    xs = [x for edge in found.edges for x, _ in edge.curve]
    ys = [y for edge in found.edges for _, y in edge.curve]
    assert min(xs + ys) >= 0
    assert max(xs) <= found.width
    assert max(ys) <= found.height
    for _, box in written(trace):
        assert box.x >= 0
        assert box.x + box.width <= found.width
        assert box.y >= 0
        assert box.y + box.height <= found.height


def test_nodes_stand_apart(trace):
    for a, b in combinations(layout(trace.architecture).vertices, 2):
        assert np.hypot(a.x - b.x, a.y - b.y) > a.radius + b.radius


def test_positions_never_move_with_the_weights():
    layout.cache_clear()
    before = layout(architecture(4, 3, 2))
    layout.cache_clear()
    assert layout(architecture(4, 3, 2)) == before
    assert layout(architecture(4, 3, 3)) != before


def test_the_lone_neuron_has_the_lessons_nodes(neuron):
    roles = [v.role for v in layout(neuron.architecture).vertices]
    assert sorted(roles) == sorted(
        ["input", "input", "bias", "sum", "activation", "output", "target", "error"]
    )


def test_values_flow_from_left_to_right_and_gradients_back(neuron):
    for edge in layout(neuron.architecture).edges:
        (start, _), (end, _) = edge.curve[0], edge.curve[-1]
        assert (end > start) == (edge.kind == "forward")


@pytest.mark.parametrize("units", [1, 2, 6])
def test_every_weight_between_narrow_layers_has_a_line_each_way(units):
    edges = layout(architecture(3, units, 2)).edges
    first = [e for e in edges if e.name.startswith("dense1.weight")]
    names = {f"dense1.weight[{o},{i}]" for o in range(units) for i in range(3)}
    assert {e.name for e in first} == names
    assert len(first) == 2 * len(names)


def test_wide_layers_fold_and_count_what_is_hidden():
    found = layout(architecture(64, 64, 10))
    folds = {v.name: v.count for v in found.vertices if v.role == "fold"}
    assert folds == {
        "x[3]": 60,
        "dense1.output[3]": 60,
        "dense2.output[3]": 6,
        "t[3]": 6,
    }
    texts = [slot.name for slot in found.slots if slot.shows == "text"]
    assert texts.count("⋮ 60 more") == 2


def test_the_last_neuron_of_a_wide_layer_keeps_its_own_number():
    names = {v.name for v in layout(architecture(64, 64, 10)).vertices}
    assert {"x[63]", "dense1.output[63]", "dense2.output[9]", "t[9]"} <= names


def test_a_layer_without_bias_has_no_node_for_one():
    layers = [bl.Dense(2, use_bias=False), bl.Dense(1, use_bias=False)]
    found = layout(bl.Network(2, layers).architecture)
    assert "bias" not in {v.role for v in found.vertices}


def test_the_drawing_of_a_huge_network_stays_small():
    found = layout(architecture(1000, 5000, 5000, 1000))
    assert len(found.edges) < 400
    assert found.height < 1000


def test_a_layout_can_be_sent_as_json(trace):
    found = layout(trace.architecture)
    sent = msgspec.json.decode(msgspec.json.encode(found))
    assert sent["vertices"] == [asdict(vertex) for vertex in found.vertices]
    assert len(sent["edges"]) == len(found.edges)
