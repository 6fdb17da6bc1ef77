from __future__ import annotations

import numpy as np
import pytest
from drawings import network, recorded

from backlit.draw.extent import extent
from backlit.draw.geometry import Edge, Slot
from backlit.draw.layout import layout
from backlit.draw.reading import Reading

RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def number(text):
    """Read the number that a text ends in: 0.25, −3 or 1.2 · 10⁻⁷."""
    shown = text.rpartition("= ")[2].replace("−", "-").replace("⁻", "-")
    mantissa, dot, power = shown.rpartition("10" if "· 10" in shown else "none")
    if not dot:
        return float(shown)
    return float(mantissa.removesuffix(" · ")) * 10.0 ** int(power.translate(RAISED))


def texts(trace, shows):
    """Return each text of some kinds with the quantities that it is about."""
    reading = Reading(trace)
    slots = [s for s in layout(trace.architecture).slots if s.shows in shows]
    return {(s.shows, s.name, s.by): reading.text(s) for s in slots}


def in_batch(trace, name):
    """Name a quantity of the drawing as the batch has it, in its first sample."""
    base, _, place = name.partition("[")
    if not trace.batched or base in trace.architecture.shapes or base == "E":
        return name
    return f"{base}[0,{place}"


@pytest.mark.parametrize("samples", [None, 5])
def test_values_shown_are_those_of_the_pass(named, samples):
    trace = recorded(network(named), samples)
    shown = texts(trace, {"value", "equation"})
    assert ("value", "E", "") in shown
    for (_, name, _), text in shown.items():
        expected = float(trace[in_batch(trace, name)])
        assert number(text) == pytest.approx(expected, rel=6e-3)


@pytest.mark.parametrize("samples", [None, 5])
def test_gradients_shown_are_those_of_the_pass(named, samples):
    trace = recorded(network(named), samples)
    shown = texts(trace, {"gradient", "gradient equation"})
    for (_, name, _), text in shown.items():
        expected = float(trace.gradients[in_batch(trace, name)])
        assert number(text) == pytest.approx(expected, rel=6e-3)


def test_the_lone_neuron_shows_every_value_and_gradient_of_its_pass(neuron):
    texts_of = {"value", "equation", "gradient", "gradient equation", "local"}
    shown = {number(text) for text in texts(neuron, texts_of).values()}
    every = [neuron[name] for name in neuron if name != "grad.E"]
    for value in np.concatenate([np.ravel(v) for v in every]):
        assert min(abs(value - n) for n in shown) <= 5e-4 * abs(value)


def test_the_lone_neuron_shows_the_three_factors_of_the_chain_rule(neuron):
    shown = texts(neuron, {"local"})
    assert shown["local", "E", "dense1.output[0]"] == "∂E/∂y = −1.09"
    assert shown["local", "dense1.sum[0]", "dense1.weight[0,1]"] == "∂Σ/∂w₂ = 0.8"
    assert shown["local", "dense1.output[0]", "dense1.sum[0]"] == "∂y/∂Σ = 0.248"


def test_weights_stand_on_their_lines_by_name(neuron):
    shown = texts(neuron, {"equation", "gradient equation"})
    assert "w₁ = 0.4" in shown.values()
    assert "∂E/∂w₂ = −0.2162" in shown.values()
    larger = texts(recorded(network("2-2-2")), {"equation"})
    assert larger["equation", "dense2.weight[0,1]", ""].startswith("w⁽²⁾₁₂ = ")


def test_local_derivatives_are_those_of_small_changes(neuron):
    reading, h = Reading(neuron), 1e-6
    bias = neuron["dense1.bias"]
    change = neuron.error_with({"dense1.bias": bias + h}) - float(neuron["E"])
    link = reading.link("dense1.sum[0]", "dense1.bias[0]")
    assert link.product == pytest.approx(change / h, rel=1e-4)


@pytest.mark.parametrize("name", ["neuron", "2-2-2", "4-3-2"])
def test_very_small_and_large_numbers_have_room_in_a_hardly_smaller_font(name):
    for factor in (1e-9, 123.456):
        net = network(name)
        for parameter, value in net.parameters.items():
            net.parameters[parameter] = value * factor
        trace = recorded(net)
        reading = Reading(trace)
        slots = layout(trace.architecture).slots
        fonts = [s.width / extent(reading.text(s) or "0", s.size) for s in slots]
        assert min(fonts) > 0.75


def test_a_narrow_room_has_fewer_digits(neuron):
    def shown(width):
        slot = Slot("value", "dense1.output[0]", 0, 0, width)
        return Reading(neuron, digits=6).text(slot)

    assert shown(200) == "0.455121"
    assert shown(40) == "0.455"


def test_an_activation_is_called_as_in_the_explanation(neuron):
    (text,) = texts(neuron, {"operation"}).values()
    assert text == "σ"


def test_backward_lines_carry_the_gradient_of_their_weight():
    trace = recorded(network("2-2-2"))
    reading = Reading(trace)
    for edge in layout(trace.architecture).edges:
        if edge.name:
            backward = edge.kind == "backward"
            named = trace.gradients if backward else trace.quantities
            assert reading.strength(edge) == float(named[edge.name])


def test_a_line_without_a_weight_has_no_strength(neuron):
    assert Reading(neuron).strength(Edge("forward", ())) is None


def test_what_a_line_says_names_the_local_derivative_of_a_larger_network():
    trace = recorded(network("2-2-2"))
    weight = "dense2.weight[1,0]"
    (back,) = [
        e
        for e in layout(trace.architecture).edges
        if e.name == weight and e.kind == "backward"
    ]
    said = Reading(trace).said(back).split("; ")
    assert said[0].startswith("w⁽²⁾₂₁ = ")
    assert said[1].startswith("∂E/∂w⁽²⁾₂₁ = ")
    assert said[2].startswith("∂Σ⁽²⁾₂/∂h⁽¹⁾₁ = ")
    assert number(said[2]) == pytest.approx(float(trace[weight]), rel=1e-3)


def test_what_a_neuron_says_names_the_slope_of_its_activation():
    trace = recorded(network("2-2-2"))
    vertices = layout(trace.architecture).vertices
    (neuron,) = [v for v in vertices if v.name == "dense1.output[0]"]
    *_, slope = Reading(trace).told(neuron).split("; ")
    h = float(trace["dense1.output[0]"])
    assert slope.startswith("∂h⁽¹⁾₁/∂Σ⁽¹⁾₁ = ")
    assert number(slope) == pytest.approx(h * (1 - h), rel=1e-3)
