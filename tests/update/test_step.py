import numpy as np
import pytest

import backlit as bl
from backlit.graph import Graph
from backlit.interpret import Program
from backlit.network.architecture import LOSS_NAMES, Architecture, activations
from backlit.simplify import simplify
from backlit.update.step import (
    forward_pass,
    state_name,
    step_graph,
    training_step,
    whole_pass,
)

SAMPLES, INPUTS, OUTPUTS = 3, 2, 2
H = 1e-6
ACTIVATIONS = sorted({"linear", *activations()})
ONLY_POSITIVE = ("sqrt", "log", "log1p")  # their sums must stay above 0 (or -1)


def data(loss, seed=0):
    """Return inputs and targets that the loss is defined for."""
    random = np.random.default_rng(seed)
    x = random.uniform(0.2, 1.5, (SAMPLES, INPUTS))
    if loss == "cross_entropy":
        t = random.dirichlet(np.ones(OUTPUTS), SAMPLES)
    elif loss == "hinge":
        t = random.choice([-1.0, 1.0], (SAMPLES, OUTPUTS))
    else:
        t = random.uniform(0.1, 0.9, (SAMPLES, OUTPUTS))
    return x, t


def parameters(architecture, seed=0, low=-1.0):
    random = np.random.default_rng(seed)
    return {n: random.uniform(low, 1, s) for n, s in architecture.shapes.items()}


def pass_of(architecture, weighted=False):
    """Return programs for E and the gradients, and for E alone."""
    one = whole_pass(architecture, (SAMPLES,), weighted=weighted)
    e = {"E": one.quantities["E"]}
    gradients = {f"grad.{n}": g for n, g in one.gradients.items()}
    return Program(Graph(one.inputs, e | gradients)), Program(Graph(one.inputs, e))


def central(error, given, name):
    """Return the derivative of E to an input by central differences."""
    value = given[name]
    slope = np.zeros(value.shape)
    for place in np.ndindex(value.shape):
        ends = []
        for h in (H, -H):
            moved = value.copy()
            moved[place] += h
            ends.append(float(error({**given, name: moved})["E"]))
        slope[place] = (ends[0] - ends[1]) / (2 * H)
    return slope


def assert_gradients(architecture, given, weighted=False):
    whole, error = pass_of(architecture, weighted)
    found = whole(given)
    assert np.isfinite(found["E"])
    for name in ("x", *architecture.shapes):
        if f"grad.{name}" not in found:  # E does not depend on x: the step function
            assert not central(error, given, name).any()
            continue
        expected = central(error, given, name)
        scale = max(1.0, float(np.abs(expected).max()))
        assert found[f"grad.{name}"] == pytest.approx(
            expected, rel=1e-6, abs=1e-8 * scale
        )
    return found


@pytest.mark.parametrize("loss", LOSS_NAMES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_are_finite_differences_for_every_activation_and_loss(
    activation, loss
):
    last = "sigmoid" if loss == "binary_cross_entropy" else "linear"
    a = Architecture(INPUTS, [bl.Dense(3, activation), bl.Dense(OUTPUTS, last)], loss)
    x, t = data(loss)
    low = 0.1 if activation in ONLY_POSITIVE else -1.0
    p = {n: w / 2 for n, w in parameters(a, low=low).items()}  # hinge is not yet flat
    found = assert_gradients(a, {"x": x, "t": t, **p})
    flat = activation in ("floor", "sign", "step")
    assert found["grad.dense1.weight"].any() != flat
    assert found["grad.dense2.weight"].any()


@pytest.mark.parametrize("loss", LOSS_NAMES)
@pytest.mark.parametrize("activation", ["sigmoid", "softmax", "tanh", "linear"])
def test_gradients_are_right_with_everything_at_once(activation, loss):
    if loss == "binary_cross_entropy" and activation not in ("sigmoid", "softmax"):
        return  # needs probabilities
    layers = [
        bl.Dense(3, "tanh", use_bias=False),
        bl.Dense(2, "softmax", freeze=["weight"]),
        bl.Dense(OUTPUTS, activation, freeze=["bias"]),
    ]
    a = Architecture(INPUTS, layers, loss, l1=0.03, l2=0.2)
    x, t = data(loss, seed=1)
    weight = np.array([0.0, 2.0, 1.0])
    given = {"x": x, "t": t, "sample_weight": weight, **parameters(a, seed=1)}
    assert_gradients(a, given, weighted=True)


def test_gradients_of_one_sample_add_up_to_those_of_the_batch():
    a = Architecture(INPUTS, [bl.Dense(3, "tanh"), bl.Dense(OUTPUTS)])
    x, t = data("mse")
    p = parameters(a)
    batch = pass_of(a)[0]({"x": x, "t": t, **p})
    one = whole_pass(a, ())
    names = [f"grad.{name}" for name in a.shapes]
    outputs = {f"grad.{name}": one.gradients[name] for name in a.shapes}
    single = Program(Graph(one.inputs, outputs))
    each = [single({"x": x[n], "t": t[n], **p}) for n in range(SAMPLES)]
    for name in names:
        mean = np.mean([g[name] for g in each], axis=0)
        assert batch[name] == pytest.approx(mean, rel=1e-12)


def test_parameters_that_the_error_does_not_depend_on_have_gradients_of_zero():
    a = Architecture(INPUTS, [bl.Dense(3), bl.Dense(OUTPUTS, "step")])
    x, t = data("mse")
    found = pass_of(a)[0]({"x": x, "t": t, **parameters(a)})
    for name, shape in a.shapes.items():
        assert (found[f"grad.{name}"] == np.zeros(shape)).all()


# The whole step


def given_for(a, optimizer, x, t):
    state = {
        state_name(kind, name): np.zeros(a.shapes[name])
        for name in a.trainable
        for kind in optimizer.state
    }
    return {"x": x, "t": t, **parameters(a), **state, "step": 1.0}


@pytest.mark.parametrize(
    "optimizer",
    [bl.SGD(0.1), bl.SGD(0.1, momentum=0.9), bl.Adagrad(), bl.RMSprop(), bl.Adam()],
)
def test_every_trainable_parameter_moves_against_its_gradient(optimizer):
    a = Architecture(INPUTS, [bl.Dense(3, "tanh"), bl.Dense(OUTPUTS)])
    given = given_for(a, optimizer, *data("mse"))
    found = Program(training_step(a, optimizer, SAMPLES))(given)
    for name in a.shapes:
        moved = found[f"new.{name}"] - given[name]
        assert (np.sign(moved) == -np.sign(found[f"grad.{name}"])).all()
        for kind in optimizer.state:
            assert found[f"new.{state_name(kind, name)}"].shape == a.shapes[name]


def test_frozen_parameters_have_gradients_but_no_update_and_no_state():
    a = Architecture(INPUTS, [bl.Dense(3, "tanh", freeze="weight"), bl.Dense(OUTPUTS)])
    graph = training_step(a, bl.Adam(), SAMPLES)
    assert "grad.dense1.weight" in graph.outputs
    assert "new.dense1.weight" not in graph.outputs
    assert not any("dense1.weight" in name for name in graph.inputs if name[0] == "s")
    assert "new.dense1.bias" in graph.outputs


def test_gradients_of_frozen_parameters_do_not_count_in_the_norm():
    free = Architecture(INPUTS, [bl.Dense(OUTPUTS)])
    frozen = Architecture(INPUTS, [bl.Dense(OUTPUTS, freeze="weight")])
    x, t = data("mse")
    optimizer = bl.SGD(1.0, clip_norm=1e-3)
    moved = {}
    for a in (free, frozen):
        given = given_for(a, optimizer, x, t)
        new = Program(training_step(a, optimizer, SAMPLES))(given)["new.dense1.bias"]
        moved[a] = np.linalg.norm(new - given["dense1.bias"])
    assert moved[frozen] == pytest.approx(1e-3, rel=1e-9)
    assert moved[free] < moved[frozen]


def test_network_with_everything_frozen_has_a_step_that_changes_nothing():
    a = Architecture(INPUTS, [bl.Dense(OUTPUTS, freeze=["weight", "bias"])])
    graph = training_step(a, bl.Adam(clip_norm=1), SAMPLES)
    assert not any(name.startswith("new.") for name in graph.outputs)
    assert np.isfinite(Program(graph)(given_for(a, bl.Adam(), *data("mse")))["E"])


def test_penalty_pulls_on_weights_and_leaves_biases():
    a = Architecture(INPUTS, [bl.Dense(OUTPUTS)], l1=0.3, l2=0.5)
    plain = Architecture(INPUTS, [bl.Dense(OUTPUTS)])
    x, t = data("mse")
    given = {"x": x, "t": t, **parameters(a)}
    with_penalty, without = pass_of(a)[0](given), pass_of(plain)[0](given)
    w = given["dense1.weight"]
    pull = with_penalty["grad.dense1.weight"] - without["grad.dense1.weight"]
    assert pull == pytest.approx(0.3 * np.sign(w) + 0.5 * w, rel=1e-12)
    assert (with_penalty["grad.dense1.bias"] == without["grad.dense1.bias"]).all()


def test_learning_rate_of_the_step_is_told():
    a = Architecture(INPUTS, [bl.Dense(OUTPUTS)])
    optimizer = bl.SGD(bl.WarmUp(4, 0.8))
    program = Program(training_step(a, optimizer, SAMPLES))
    given = given_for(a, optimizer, *data("mse"))
    assert [
        float(program({**given, "step": float(n)})["learning_rate"]) for n in (1, 4, 9)
    ] == pytest.approx([0.2, 0.8, 0.8])


@pytest.mark.parametrize("loss", LOSS_NAMES)
@pytest.mark.parametrize("optimizer", [bl.SGD(0.1), bl.Adam()])
def test_simplified_step_has_the_same_bits(loss, optimizer):
    last = "sigmoid" if loss == "binary_cross_entropy" else "linear"
    layers = [bl.Dense(3, "gelu"), bl.Dense(OUTPUTS, last)]
    a = Architecture(INPUTS, layers, loss, l1=0.1, l2=0.1)
    graph = training_step(a, optimizer, SAMPLES)
    given = given_for(a, optimizer, *data(loss))
    plain, simple = Program(graph)(given), Program(simplify(graph))(given)
    assert all((plain[name] == simple[name]).all() for name in graph.outputs)


def test_forward_pass_needs_no_target():
    a = Architecture(INPUTS, [bl.Dense(3, "tanh"), bl.Dense(OUTPUTS)], "cross_entropy")
    graph = forward_pass(a, (SAMPLES,))
    assert list(graph.inputs) == ["x", *a.shapes]
    found = Program(graph)({"x": data("mse")[0], **parameters(a)})
    assert found["prediction"].sum(axis=1) == pytest.approx(np.ones(SAMPLES))


def test_step_of_a_recorded_pass_is_the_training_step():
    a = Architecture(INPUTS, [bl.Dense(OUTPUTS)])
    one = whole_pass(a, (SAMPLES,))
    graph = step_graph(one, a, bl.SGD(0.1))
    assert str(graph) == str(training_step(a, bl.SGD(0.1), SAMPLES))
