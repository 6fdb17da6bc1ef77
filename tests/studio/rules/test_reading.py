"""Rules say of every element what an explanation of it says."""

from __future__ import annotations

import re

import numpy as np
import pytest

import backlit as bl
from backlit.explain.typeset.text import expression
from backlit.explain.worked import Worked
from backlit.network.architecture import activations
from backlit.ops.loss import LOSSES
from backlit.studio.rules.network import rules
from backlit.update.optimizers import SGD
from tests.derivations import POSITIVE, is_numeric, read
from tests.rules import counted, holds, stepped, text, ways

ACTIVATIONS = ["linear", *sorted(activations())]
LOSS = [loss.name for loss in LOSSES]
KINDS = {
    "neuron": {"units": [1], "inputs": 2, "rows": 1},
    "layers": {"units": [3, 2], "inputs": 2, "rows": 1},
    "deep": {"units": [2, 1, 2], "inputs": 1, "rows": 1, "use_bias": False},
    "batch": {"units": [2, 2], "inputs": 3, "rows": 3, "l2": 0.1, "l1": 0.02},
    "wide": {"units": [10, 9], "inputs": 12, "rows": 1, "freeze": ("weight",)},
    "wide batch": {"units": [9, 2], "inputs": 2, "rows": 10, "l2": 0.1},
}
CASES = [
    (activation, LOSS[(3 * n + 7 * k) % len(LOSS)], kind)
    for n, activation in enumerate(ACTIVATIONS)
    for k, kind in enumerate(KINDS)
    if (n + k) % 4 == 0 or activation == "softmax"
]
SUPERSCRIPTS = "[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]"


def network(activation, loss, *, units, inputs, rows, **options):
    """Return architecture, parameters and samples with numbers of both signs."""
    penalties = {k: options.pop(k) for k in ("l1", "l2") if k in options}
    if loss == "cross_entropy":
        units = [*units[:-1], max(2, units[-1])]
    last = "sigmoid" if loss == "binary_cross_entropy" else activation
    hidden = "softplus" if activation in POSITIVE else activation
    names = [*[hidden] * (len(units) - 1), last]
    layers = [bl.Dense(n, a, **options) for n, a in zip(units, names, strict=True)]
    net = bl.Network(inputs, layers, loss, **penalties)
    rng = np.random.default_rng([len(units), rows])
    shapes = net.architecture.shapes.items()
    parameters = {n: rng.normal(size=s) / s[-1] for n, s in shapes}
    x, t = rng.normal(size=(rows, inputs)), rng.uniform(size=(rows, units[-1]))
    if activation in POSITIVE:
        parameters = {n: abs(v) + 0.1 for n, v in parameters.items()}
        x = abs(x) + 0.1
    if loss == "cross_entropy":
        t /= t.sum(axis=1, keepdims=True)
    return net.architecture, parameters, x, t


class Case:
    """A pass, its explanation and its rules."""

    def __init__(self, activation, loss, kind):
        a, parameters, x, t = network(activation, loss, **KINDS[kind])
        self.batched = len(x) > 1
        found = rules(a, SGD(), batches=len(x) > 1)
        self.rules = found.batch if self.batched else found.single
        pair = (x, t) if self.batched else (x[0], t[0])
        self.worked = Worked(counted(a, parameters, *pair))
        self.moment = stepped(a, parameters, x, t, SGD())

    def elements(self):
        """Yield the first and the last element of each quantity, and their rules."""
        for node, name in self.worked.symbols.names.items():
            last = tuple(n - 1 for n in node.shape)
            for place in dict.fromkeys([(0,) * node.ndim, last]):
                rule = self.rules[name]
                letters = dict(zip(rule.letters, place, strict=True))
                yield (node, place), rule, letters

    def links(self, element):
        """Return the ways of an element as they are explained, by target."""
        if element[0].shape == () or element[0] not in self.worked.paths.cotangents:
            return {}
        names = self.worked.symbols.names
        found = self.worked.paths.links(element)
        return {(names[w.target[0]], w.target[1]): w for w in found}


def says(equation, letters, moment):
    """Return the number that an equation's side with numbers says; None if nothing."""
    if equation.numbers is None or not holds(equation, moment):
        return None
    said = text(equation.numbers, letters, moment)
    assert is_numeric(re.sub(SUPERSCRIPTS, "", said)), said
    return read(said).value


@pytest.fixture(scope="module", params=CASES, ids="-".join)
def case(request):
    return Case(*request.param)


def test_every_element_acts_in_the_ways_that_are_explained(case):
    for element, rule, letters in case.elements():
        links = case.links(element)
        found = {target: w for *w, target in ways(rule, letters, case.moment)}
        assert found.keys() == links.keys()
        for target, (way, own) in found.items():
            link = links[target]
            local = case.moment.value(way.value, own)
            assert local == pytest.approx(link.value, rel=1e-9, abs=1e-13)
            symbol = expression(case.worked.local_symbol(element, link))
            assert text(way.symbol, own) == symbol


def test_the_ways_add_up_to_the_gradient(case):
    for element, rule, letters in case.elements():
        if not rule.ways:
            continue
        shares = []
        for way, own, (target, place) in ways(rule, letters, case.moment):
            above = (
                1.0
                if target == "E"
                else case.moment.one([f"grad.{target}", *place], {})
            )
            shares.append(above * case.moment.value(way.value, own))
        name = case.worked.symbols.names[element[0]]
        known = case.moment.one([f"grad.{name}", *element[1]], {})
        scale = abs(known) + sum(map(abs, shares))
        assert abs(sum(shares) - known) <= 1e-9 * scale
        assert known == pytest.approx(case.worked.paths.gradient(element), abs=1e-12)


def test_local_derivatives_are_written_as_they_are_explained(case):
    for element, rule, letters in case.elements():
        links = case.links(element)
        for way, own, target in ways(rule, letters, case.moment):
            link = links[target]
            if holds(way.formula, case.moment):
                formula = expression(case.worked.symbolic.tree(link.local))
                assert text(way.formula.symbols, own, case.moment) == formula
            said = says(way.formula, own, case.moment)
            if said is not None:
                assert said == pytest.approx(link.value, rel=1e-6, abs=1e-9)


def test_formulas_are_written_as_they_are_explained(case):
    worked = case.worked
    for element, rule, letters in case.elements():
        assert (rule.forward is None) == (not element[0].inputs)
        assert text(rule.symbol, letters) == expression(worked.symbol(element))
        if rule.forward is None or not holds(rule.forward, case.moment):
            continue
        mean = case.batched and worked.symbols.names[element[0]] in {"E", "E.data"}
        if not mean and rule.forward.numbers:  # of a few samples no ∑ is explained
            formula = worked.symbolic.opened(worked.paths.formula(element))
            said = text(rule.forward.symbols, letters, case.moment)
            assert said == expression(formula)
        said = says(rule.forward, letters, case.moment)
        if said is not None:
            value = worked.value(element)
            assert said == pytest.approx(value, rel=1e-6, abs=1e-9)


def test_a_rule_is_as_long_for_many_neurons_as_for_few():
    def size(units):
        net = bl.Network(20, [bl.Dense(units, "tanh"), bl.Dense(units)])
        return len(str(rules(net.architecture, SGD(), batches=True)))

    assert size(200) < size(20) + 100


def test_one_sample_alone_has_no_rules_of_a_batch():
    net = bl.Network(2, [bl.Dense(1, "sigmoid")])
    assert rules(net.architecture, SGD(), batches=False).batch == {}


def test_an_output_of_a_linear_layer_has_the_rule_of_its_sum():
    net = bl.Network(2, [bl.Dense(1, "sigmoid"), bl.Dense(1)])
    found = rules(net.architecture, SGD(), batches=False)
    assert found.same == {"dense2.output": "dense2.sum", "prediction": "dense2.sum"}
    assert "dense2.output" not in found.single
