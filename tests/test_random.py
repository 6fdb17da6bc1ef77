from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from backlit.random import bits, key, normal, permutation, uniform

# Other executors must give these bits too.


def test_bits_are_those_of_splitmix64():
    """The first outputs of SplitMix64 with seed 1234567, as published with it."""
    assert bits(1234567, 5).tolist() == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


def test_known_answers():
    assert key(0) == 0
    assert key(0, "example") == 9885170566887347917
    assert key(0, "order", 3) == 2841784896086567932
    assert uniform(key(0), 3).tolist() == [
        0.8833108082136426,
        0.43152799704850997,
        0.026433771592597743,
    ]
    assert normal(key(0), 3).tolist() == pytest.approx(
        [-1.8839083333524405, 0.22760793546360525, -0.22143788059715477], rel=1e-14
    )
    assert permutation(key(0, "order", 0), 8).tolist() == [1, 3, 7, 2, 4, 0, 6, 5]


def test_a_number_depends_on_its_place_only():
    assert bits(5, 100)[:10].tolist() == bits(5, 10).tolist()
    assert uniform(5, 3).tolist() == uniform(5, 7)[:3].tolist()


def test_keys_separate_streams():
    names = [key(s, part, n) for s in range(20) for part in "ab" for n in range(20)]
    assert len(set(names)) == len(names)
    assert key(1, 2) != key(2, 1)
    assert key(0, 1, 2) != key(0, 2, 1)
    assert key(0, "1") != key(0, 1)
    together = np.corrcoef([uniform(key(0, n), 2000) for n in range(8)])
    assert np.abs(together - np.eye(8)).max() < 0.1


def test_neighbouring_seeds_do_not_overlap():
    first, second = (set(bits(key(seed, "x"), 1000).tolist()) for seed in (0, 1))
    assert not first & second


def test_negative_and_large_seeds_are_taken():
    assert key(-1, "x") == key(2**64 - 1, "x")
    assert key(2**70 + 5, "x") == key(5, "x")


def test_uniform_numbers_are_uniform():
    numbers = uniform(key(0, "uniform"), 100_000)
    assert numbers.min() >= 0
    assert numbers.max() < 1
    counts = np.bincount((numbers * 100).astype(int), minlength=100)
    assert stats.chisquare(counts).pvalue > 0.001
    pairs = np.histogram2d(numbers[::2], numbers[1::2], bins=10, range=[[0, 1]] * 2)[0]
    assert stats.chisquare(pairs.ravel()).pvalue > 0.001


def test_normal_numbers_are_normal():
    numbers = normal(key(0, "normal"), 100_000)
    assert np.isfinite(numbers).all()
    assert numbers.mean() == pytest.approx(0, abs=0.01)
    assert numbers.std() == pytest.approx(1, abs=0.01)
    assert stats.kstest(numbers, "norm").pvalue > 0.001


@pytest.mark.parametrize("count", [0, 1, 2, 7, 1000])
def test_a_permutation_holds_each_number_once(count):
    order = permutation(key(0, "order"), count)
    assert sorted(order.tolist()) == list(range(count))
    assert order.dtype == np.int64


def test_each_epoch_has_another_order():
    orders = {tuple(permutation(key(0, "order", epoch), 20)) for epoch in range(50)}
    assert len(orders) == 50


def test_all_orders_are_equally_likely():
    counts: dict[tuple[int, ...], int] = {}
    for n in range(4800):
        order = tuple(permutation(key(0, "likely", n), 4).tolist())
        counts[order] = counts.get(order, 0) + 1
    assert len(counts) == 24
    assert stats.chisquare(list(counts.values())).pvalue > 0.001
