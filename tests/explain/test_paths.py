"""The chain rule, element by element: links add up, paths multiply out."""

from __future__ import annotations

import numpy as np
import pytest
from derivations import ACTIVATIONS, recorded

import backlit as bl
from backlit.errors import NetworkError
from backlit.explain.paths import Paths
from backlit.network.architecture import LOSS_NAMES


def elements(paths, name):
    value = paths.trace.quantities[name]
    return [paths.element(name, place) for place in np.ndindex(value.shape)]


def gradient_along_all(paths, element):
    return sum(np.prod([link.value for link in path]) for path in paths.paths(element))


@pytest.mark.parametrize("loss", LOSS_NAMES)
def test_ways_add_up_to_the_gradient_and_so_do_all_paths(loss):
    for n, activation in enumerate(ACTIVATIONS):
        paths = Paths(
            recorded(activation, loss, ("a batch", "deep", "weighted")[n % 3])
        )
        for element in elements(paths, "dense1.weight"):
            gradient = paths.gradient(element)
            assert paths.adds_up(element)
            whole = gradient_along_all(paths, element)
            assert whole == pytest.approx(gradient, rel=1e-9, abs=1e-12)


def test_every_quantity_of_the_pass_adds_up():
    paths = Paths(recorded("tanh", "cross_entropy", "a batch"))
    parts = {"prediction", "E", "E.sample", "E.data", "E.penalty"}
    for name in paths.trace.gradients.keys() - parts:
        assert all(map(paths.adds_up, elements(paths, name)))


def test_a_wrong_share_does_not_add_up():
    paths = Paths(recorded("tanh", "mse", "deep"))
    element = paths.element("dense1.weight", (0, 0))
    links = paths.links(element)
    object.__setattr__(links[0], "value", links[0].value * 1.001)
    assert not paths.adds_up(element)


def test_paths_are_counted_without_walking_them():
    rng = np.random.default_rng(0)
    layers = [bl.Dense(16, "tanh")] * 12 + [bl.Dense(1)]
    trace = bl.Network(2, layers).trace(rng.normal(size=2), [0.0])
    paths = Paths(trace)
    assert paths.count(paths.element("dense1.weight", (0, 0))) == 16**11


@pytest.mark.parametrize("kind", ["one sample", "a batch", "deep", "narrow"])
def test_as_many_paths_are_counted_as_there_are(kind):
    paths = Paths(recorded("sigmoid", "mse", kind))
    for name in ("dense1.weight", "x"):
        for element in elements(paths, name):
            assert paths.count(element) == len(list(paths.paths(element)))


def test_a_penalty_is_a_way_of_its_own():
    net = bl.Network(1, [bl.Dense(1)], l2=0.5)
    net.parameters["dense1.weight"] = [[3.0]]
    paths = Paths(net.trace([2.0], [6.0]))  # the data has no gradient
    direct = [
        link
        for link in paths.links(paths.element("dense1.weight", (0, 0)))
        if link.target == paths.error
    ]
    assert [link.product for link in direct] == [pytest.approx(1.5)]


def test_before_a_jump_there_is_no_way_to_the_error():
    net = bl.Network(2, [bl.Dense(2, "step"), bl.Dense(1)])
    paths = Paths(net.trace([1.0, 2.0], [0.0]))
    weight = paths.element("dense1.weight", (0, 0))
    assert paths.links(weight) == []
    assert paths.count(weight) == 0
    assert paths.gradient(weight) == 0
    assert paths.adds_up(weight)
    with pytest.raises(NetworkError, match=r"no derivative to dense1\.sum"):
        paths.element("dense1.sum", (0,))


@pytest.mark.parametrize("name", ["t", "E"])
def test_what_is_no_variable_of_the_error_is_refused(name):
    paths = Paths(recorded("tanh", "mse", "one sample"))
    with pytest.raises(NetworkError, match=r"choose a weight, such as dense1.weight"):
        paths.element(name, ())


def test_huge_logits_have_finite_derivatives():
    net = bl.Network(1, [bl.Dense(2)], "cross_entropy")
    net.parameters["dense1.weight"] = [[1000.0], [-1000.0]]
    paths = Paths(net.trace([1.0], [0.0, 1.0]))
    values = [paths.links(e)[0].value for e in elements(paths, "dense1.sum")]
    assert values == [1.0, -1.0]
