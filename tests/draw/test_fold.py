from __future__ import annotations

import pytest

from backlit.draw.fold import MOST, Row, folded


@pytest.mark.parametrize("size", [1, 2, MOST])
def test_few_neurons_are_all_drawn(size):
    assert folded(size) == [Row(n) for n in range(size)]


@pytest.mark.parametrize("size", [MOST + 1, 64, 10_000])
def test_every_neuron_of_a_wide_layer_is_drawn_or_counted(size):
    rows = folded(size)
    assert sum(row.count or 1 for row in rows) == size
    assert len(rows) < MOST


def test_a_wide_layer_shows_the_first_neurons_and_the_last_around_the_fold():
    assert folded(64) == [Row(0), Row(1), Row(2), Row(3, 60), Row(63)]
