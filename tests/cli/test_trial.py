import numpy as np
import pytest

import backlit as bl
from backlit.cli.trial import STRENGTHS, fifths, rounded, smoothed, tried

RANDOM = np.random.default_rng(3)
OPTIONS = {"batch_size": 16, "optimizer": bl.Adam(0.01)}


def network(inputs, loss="mse"):
    layers = [bl.Dense(16, "tanh"), bl.Dense(1)]
    return lambda l2: bl.Network(inputs, layers, loss, seed=0, l2=l2)


def choice(y, X):
    data = (X, y[:, None])
    return tried(network(X.shape[1]), data, np.zeros(len(X), int), **OPTIONS)


@pytest.mark.slow
def test_noise_wants_a_stronger_penalty_than_a_clean_curve():
    X = RANDOM.normal(size=(120, 5))
    curve = np.sin(3 * X[:, 0])
    clean = choice(curve, X)
    noisy = choice(curve * 0.3 + RANDOM.normal(size=120), X)
    assert clean.l2 < noisy.l2


def test_trial_compares_penalties_for_the_number_of_rows_within_a_limit_of_epochs():
    X = RANDOM.normal(size=(50, 1))
    labels = np.zeros(50, int)
    found = tried(network(1), (X, X), labels, epochs=3, **OPTIONS)
    assert found.compared == tuple(rounded(s / 50) for s in STRENGTHS)
    assert found.l2 in found.compared
    assert 1 <= found.epochs <= 3


def test_trial_is_the_same_for_the_same_seed():
    X = RANDOM.normal(size=(50, 2))
    runs = [
        tried(network(2), (X, X[:, :1]), np.zeros(50, int), epochs=5, seed=1, **OPTIONS)
        for _ in range(2)
    ]
    assert runs[0] == runs[1]


def test_what_is_tried_is_told():
    X = RANDOM.normal(size=(50, 1))
    told = []
    labels = np.zeros(50, int)
    tried(network(1), (X, X), labels, epochs=1, tell=told.append, **OPTIONS)
    assert len(told) == len(STRENGTHS)


def test_interrupted_trial_is_interrupted(monkeypatch):
    def fit(*given):
        given[1].history.stopped = "interrupted"

    monkeypatch.setattr("backlit.cli.trial.fit", fit)
    X = RANDOM.normal(size=(50, 1))
    with pytest.raises(KeyboardInterrupt):
        tried(network(1), (X, X), np.zeros(50, int), epochs=1, **OPTIONS)


def test_fifths_have_all_labels_in_the_same_shares():
    labels = np.array([0] * 40 + [1] * 10)
    fifth = fifths(labels, 0)
    assert np.bincount(fifth).tolist() == [10] * 5
    assert np.bincount(fifth[labels == 1]).tolist() == [2] * 5
    assert (fifths(labels, 1) != fifth).any()


def test_smoothing_keeps_a_constant_and_spreads_a_peak():
    assert smoothed(np.full(30, 2.0)) == pytest.approx(np.full(30, 2.0))
    peak = smoothed(np.eye(30)[15])
    assert peak.max() == pytest.approx(1 / 11)
    assert peak.sum() == pytest.approx(1)
    assert smoothed(np.array([3.0])) == pytest.approx([3.0])
