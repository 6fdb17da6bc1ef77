from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from drawings import network

from backlit.draw.curve import sampled
from backlit.draw.layout import layout
from backlit.draw.within import within

WIDE = ("2-8-8-1", "64-64-10", "3-5 softmax", "4-3-2")


@pytest.fixture(params=WIDE)
def near(request):
    a = network(request.param).architecture
    return [within(a, depth, 0) for depth in range(1, len(a.layers) + 1)]


def test_every_room_for_text_is_apart_and_inside(near):
    for found in near:
        boxes = [slot.box for slot in found.slots]
        assert not any(a.meets(b) for a, b in combinations(boxes, 2))
        assert all(box.x >= 0 and box.x + box.width <= found.width for box in boxes)
        assert all(box.y >= 0 and box.y + box.height <= found.height for box in boxes)


def test_no_line_runs_through_a_symbol_or_a_value(near):
    for found in near:
        lines = [e.curve for e in found.edges if not e.folded]
        points = np.concatenate([sampled(curve) for curve in lines])
        for slot in found.slots:
            if slot.shows in {"symbol", "equation"}:
                box = slot.box
                inside = [box.holds(x, y, -0.2 * box.height) for x, y in points]
                assert not any(inside), slot


def test_a_neuron_has_its_own_number_in_every_name():
    a = network("2-8-8-1").architecture
    found = within(a, 2, 5)
    names = {edge.name for edge in found.edges if edge.kind == "forward"}
    assert {"dense2.weight[5,0]", "dense2.weight[5,7]", "dense3.weight[0,5]"} <= names
    of = {edge.of for edge in found.edges if edge.kind == "backward"}
    assert of == {"dense2.sum[5]", "dense2.output[5]", "dense3.sum[0]"}


def test_the_drawing_is_the_same_for_every_neuron_of_a_layer():
    a = network("64-64-10").architecture
    one, other = within(a, 1, 0), within(a, 1, "k")
    places = [[(v.x, v.y) for v in found.vertices] for found in (one, other)]
    assert places[0] == places[1]
    assert "dense1.weight[k,63]" in {edge.name for edge in other.edges}


def test_an_output_leads_to_the_error_and_its_own_target():
    found = within(network("64-64-10").architecture, 2, 4)
    roles = {v.role: v.name for v in found.vertices}
    assert (roles["target"], roles["error"]) == ("t[4]", "E")


@pytest.mark.parametrize("kind", ["2-8-8-1", "64-64-10", "many inputs"])
def test_where_a_column_is_opened_the_others_stay_in_place(kind):
    a = network(kind).architecture
    base = layout(a)
    folds = [v for v in base.vertices if v.role == "fold" and v.name[0] != "t"]
    assert folds
    for fold in folds:
        layer = fold.name.partition(".")[0]
        depth = int(layer[5:]) if layer.startswith("dense") else 0
        opened = layout(a, depth, 63)
        own = [v for v in opened.vertices if v.x == fold.x and v.role != "bias"]
        before = {v.name: v for v in base.vertices if v.x != fold.x}
        after = {v.name: v for v in opened.vertices}
        targets = {name for name in before if name[0] == "t"}
        assert all(after[n] == before[n] for n in before.keys() - targets)
        first = next(v for v in base.vertices if v.x == fold.x)
        assert after[first.name] == first
        assert len(own) > 5
