import numpy as np
import pytest

import backlit as bl
from backlit.errors import DataError, NetworkError, OptionError
from backlit.network.architecture import LOSS_NAMES, Architecture
from backlit.trace.trace import Trace


def neuron(**options):
    net = bl.Network(2, [bl.Dense(1, "sigmoid", **options)])
    net.parameters.update({"dense1.weight": [[0.4, -0.6]], "dense1.bias": [0.1]})
    return net


def mazur():
    """Return the network of Matt Mazur's "A Step by Step Backpropagation Example"."""
    net = bl.Network(2, [bl.Dense(2, "sigmoid"), bl.Dense(2, "sigmoid")], "half_sse")
    net.parameters["dense1.weight"] = [[0.15, 0.20], [0.25, 0.30]]
    net.parameters["dense1.bias"] = [0.35, 0.35]
    net.parameters["dense2.weight"] = [[0.40, 0.45], [0.50, 0.55]]
    net.parameters["dense2.bias"] = [0.60, 0.60]
    return net


def test_neurons_numbers_are_those_worked_out_by_hand():
    # Σ = 0.4 · 0.5 - 0.6 · 0.8 + 0.1; the rest with 40 decimal digits
    p = neuron().trace([0.5, 0.8], [1.0], learning_rate=0.5)
    by_hand = {
        "dense1.sum[0]": -0.18,
        "dense1.output[0]": 0.4551211076264199,
        "prediction[0]": 0.4551211076264199,
        "E": 0.2968930073542594,
        "grad.dense1.output[0]": -1.0897577847471601,
        "grad.dense1.sum[0]": -0.2702445487072188,
        "grad.dense1.weight[0,0]": -0.1351222743536094,
        "grad.dense1.weight[0,1]": -0.2161956389657750,
        "grad.dense1.bias[0]": -0.2702445487072188,
        "grad.x[0]": 0.4 * -0.2702445487072188,
        "grad.x[1]": -0.6 * -0.2702445487072188,
    }
    found = {name: float(p[name]) for name in by_hand}
    assert found == pytest.approx(by_hand, rel=1e-12)
    updated = [*p.updated["dense1.weight"].ravel(), *p.updated["dense1.bias"]]
    assert updated == pytest.approx(
        [0.4675611371768047, -0.4919021805171125, 0.2351222743536094], rel=1e-12
    )


def test_published_example_comes_out_to_all_printed_digits():
    # https://mattmazur.com/2015/03/17/a-step-by-step-backpropagation-example/
    p = mazur().trace([0.05, 0.10], [0.01, 0.99], learning_rate=0.5)
    printed = {
        "dense1.sum[0]": "0.3775",
        "dense1.output[0]": "0.593269992",
        "dense1.output[1]": "0.596884378",
        "dense2.sum[0]": "1.105905967",
        "dense2.output[0]": "0.75136507",
        "dense2.output[1]": "0.772928465",
        "E": "0.298371109",
        "grad.dense2.output[0]": "0.74136507",
        "grad.dense2.sum[0]": "0.138498562",
        "grad.dense2.weight[0,0]": "0.082167041",
        "grad.dense1.output[0]": "0.036350306",
        "grad.dense1.weight[0,0]": "0.000438568",
    }
    for name, digits in printed.items():
        assert f"{p[name]:.{len(digits) - 2}f}" == digits
    moved = [
        *("0.149780716", "0.19956143", "0.24975114", "0.29950229"),
        *("0.35891648", "0.408666186", "0.511301270", "0.561370121"),
    ]
    found = [*p.updated["dense1.weight"].ravel(), *p.updated["dense2.weight"].ravel()]
    assert [f"{w:.{len(d) - 2}f}" for w, d in zip(found, moved, strict=True)] == moved


def test_published_example_keeps_learning():
    # Printed there, computed on with rounded numbers and with biases left as they are:
    # 0.291027924 after the first update, 0.0000351085 after 10,000 of them.
    layers = [bl.Dense(2, "sigmoid", freeze="bias") for _ in range(2)]
    net = bl.Network(2, layers, "half_sse")
    net.parameters.update(mazur().parameters)
    x, t = [0.05, 0.10], [0.01, 0.99]
    net.step(x, t, bl.SGD(0.5))
    assert net.trace(x, t)["E"] == pytest.approx(0.291027924, abs=5e-7)
    net.fit([x], [t], optimizer=bl.SGD(0.5), epochs=9999)
    assert net.trace(x, t)["E"] == pytest.approx(0.0000351085, rel=1e-3)
    assert net.predict(x) == pytest.approx([0.015912196, 0.984065734], abs=5e-6)


def central(p, name, h=1e-6):
    """Return the derivative of E to an input or parameter by central differences."""
    value = p.quantities[name]
    slope = np.zeros(value.shape)
    for place in np.ndindex(value.shape):
        step = np.zeros(value.shape)
        step[place] = h
        ends = [p.error_with({name: value + s * step}) for s in (1, -1)]
        slope[place] = (ends[0] - ends[1]) / (2 * h)
    return slope


@pytest.mark.parametrize("loss", LOSS_NAMES)
@pytest.mark.parametrize("lead", [(), (4,)])
@pytest.mark.parametrize("weighted", [False, True])
def test_every_gradient_is_a_finite_difference(loss, lead, weighted):
    last = "sigmoid" if loss == "binary_cross_entropy" else "linear"
    net = bl.Network(3, [bl.Dense(4, "tanh"), bl.Dense(2, last)], loss, l1=0.01, l2=0.1)
    random = np.random.default_rng(5)
    t = random.dirichlet([1, 1], lead)
    weight = random.uniform(size=lead) if weighted else None
    p = net.trace(random.normal(size=(*lead, 3)), t, sample_weight=weight)
    for name in ("x", *net.architecture.shapes):
        assert p.gradients[name] == pytest.approx(central(p, name), rel=1e-6, abs=1e-9)
        assert (p[f"grad.{name}"] == p.gradients[name]).all()


def test_gradients_of_sums_and_outputs_obey_the_chain_rule():
    p = mazur().trace([[0.05, 0.10], [0.3, -0.2]], [[0.01, 0.99], [0.5, 0.5]])
    y, w = p["dense2.output"], p["dense2.weight"]
    assert p["grad.dense2.output"] == pytest.approx((y - p["t"]) / 2, rel=1e-12)
    delta = p["grad.dense2.output"] * y * (1 - y)
    assert p["grad.dense2.sum"] == pytest.approx(delta, rel=1e-12)
    assert p["grad.dense1.output"] == pytest.approx(delta @ w, rel=1e-12)
    expected = delta.T @ p["dense1.output"]
    assert p["grad.dense2.weight"] == pytest.approx(expected, rel=1e-12)
    assert p["grad.dense2.bias"] == pytest.approx(delta.sum(axis=0), rel=1e-12)
    assert p.gradients["E"] == 1


def test_batch_is_the_mean_of_its_samples():
    net = mazur()
    x, t = [[0.05, 0.10], [0.3, -0.2], [1, 2]], [[0.01, 0.99], [0.5, 0.5], [1, 0]]
    p = net.trace(x, t)
    each = [net.trace(a, b) for a, b in zip(x, t, strict=True)]
    assert (p.batched, each[0].batched) == (True, False)
    assert p["E"] == pytest.approx(np.mean([q["E"] for q in each]), rel=1e-12)
    assert p["E.sample"] == pytest.approx([q["E"] for q in each], rel=1e-12)
    for name in net.parameters:
        mean = np.mean([q.gradients[name] for q in each], axis=0)
        assert p.gradients[name] == pytest.approx(mean, rel=1e-12)
    assert p["dense1.sum[2,1]"] == each[2]["dense1.sum[1]"]


def test_update_is_one_step_of_descent_and_frozen_parameters_stay():
    net = neuron(freeze=["bias"])
    p = net.trace([0.5, 0.8], [1], learning_rate=2)
    w, g = net.parameters["dense1.weight"], p.gradients["dense1.weight"]
    assert p.updated["dense1.weight"] == pytest.approx(w - 2 * g, rel=1e-15)
    assert p.updated["dense1.bias"] == net.parameters["dense1.bias"]
    assert p.gradients["dense1.bias"] != 0
    assert p.error_after < p["E"]
    net.step([0.5, 0.8], [1], bl.SGD(2))
    assert p.error_after == net.trace([0.5, 0.8], [1])["E"]


def test_tracing_changes_neither_network_nor_arguments_nor_later_the_trace():
    net = neuron()
    before = {n: p.copy() for n, p in net.parameters.items()}
    x, t = np.array([0.5, 0.8]), np.array([1.0])
    p = net.trace(x, t)
    assert all((net.parameters[n] == v).all() for n, v in before.items())
    assert (x.tolist(), t.tolist()) == ([0.5, 0.8], [1.0])
    net.parameters["dense1.weight"][0, 0] = 99
    x[0] = 99
    assert (p["dense1.weight[0,0]"], p["x[0]"]) == (0.4, 0.5)


# Names


def test_trace_is_a_mapping_of_quantities_and_gradients():
    p = neuron().trace([0.5, 0.8], [1])
    assert list(p) == [
        *("x", "dense1.weight", "dense1.bias", "t"),
        *("dense1.sum", "dense1.output", "prediction", "E"),
        *("grad.x", "grad.dense1.weight", "grad.dense1.bias", "grad.dense1.sum"),
        *("grad.dense1.output", "grad.prediction", "grad.E"),
    ]
    assert len(p) == len(list(p)) == len(dict(p))
    assert "dense1.weight[0,1]" in p
    assert "dense1.wieght" not in p
    assert p.get("dense2.sum") is None


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("dense1.wait", "there is no quantity 'dense1.wait'; did you mean 'dense1.wei"),
        (
            "grad.dens1.sum",
            "there is no quantity 'dens1.sum'; did you mean 'dense1.sum",
        ),
        (
            "dense1.weight[0]",
            "dense1.weight has the shape (1, 2); 2 indices are needed",
        ),
        (
            "dense1.weight[1,0]",
            "dense1.weight has the shape (1, 2); index 1 is outside",
        ),
        ("grad.dense1.weight[0,2]", "dense1.weight has the shape (1, 2); index 2 is"),
        ("dense1.weight[0;1]", "'dense1.weight[0;1]': an element is written NAME[0,1]"),
        ("grad.t", "there is no quantity 't'; known are"),
    ],
)
def test_wrong_name_says_what_there_is(name, message):
    p = neuron().trace([0.5, 0.8], [1])
    with pytest.raises(NetworkError) as caught:
        p[name]
    assert str(caught.value).startswith(message)


def test_printed_trace_is_readable():
    lines = repr(neuron().trace([0.5, 0.8], [1])).splitlines()
    assert lines[0] == "x = [0.5 0.8]"
    assert lines[1] == "dense1.weight = [[ 0.4 -0.6]]"
    assert lines[7] == "E = 0.29689301"


def test_constant_output_has_gradients_of_zero():
    p = bl.Network(2, [bl.Dense(1, "step")]).trace([1, 2], [0.5])
    assert p.gradients["dense1.weight"].tolist() == [[0, 0]]
    assert (p.updated["dense1.weight"] == p["dense1.weight"]).all()


# What does not fit


@pytest.mark.parametrize(
    ("x", "t", "message"),
    [
        ([1], [1], "x has the shape (1,); the network has 2 inputs, so (2,) or (sam"),
        ([[[1, 2]]], [1], "x has the shape (1, 1, 2); the network has 2 inputs, so"),
        (3, [1], "x has the shape (); the network has 2 inputs"),
        ([1, 2], [1, 0], "t has the shape (2,); the network has 1 outputs, so (1,) is"),
        ([1, 2], [[1]], "t has the shape (1, 1); the network has 1 outputs, so (1,)"),
        ([[1, 2], [3, 4]], [[1]], "t has the shape (1, 1); the network has 1 outputs,"),
        (
            [[1, 2], [3, 4]],
            [1, 2],
            "t has the shape (2,); the network has 1 outputs, so",
        ),
        ([1, float("nan")], [1], "x holds a value that is not a finite number"),
        ([1, 2], [float("inf")], "t holds a value that is not a finite number"),
        ([1, "a"], [1], "x must be numbers"),
        ([[1], [1, 2]], [1], "x must be numbers"),
        (
            np.zeros((0, 2)),
            np.zeros((0, 1)),
            "x holds a value that is not a finite num",
        ),
        (None, [1], "trace needs both an input x and a target t"),
        ([1, 2], None, "trace needs both an input x and a target t"),
        (None, None, "trace needs both an input x and a target t"),
    ],
)
def test_wrong_sample_is_one_line(x, t, message):
    with pytest.raises(DataError) as caught:
        neuron().trace(x, t)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    "weight", [[1], [[1, 2]], [1, float("nan")], ["a", "b"], [1, -1]]
)
def test_wrong_sample_weight_is_one_line(weight):
    with pytest.raises(DataError, match="sample_weight must"):
        neuron().trace([[1, 2], [3, 4]], [[1], [0]], sample_weight=weight)


def test_wrong_learning_rate_is_one_line():
    with pytest.raises(OptionError, match="learning_rate=-1; it must be a positive"):
        neuron().trace([1, 2], [1], learning_rate=-1)


def test_pass_is_recorded_in_float64_from_float32_parameters():
    a = Architecture(2, [bl.Dense(1)])
    p = {n: w.astype("f4") for n, w in a.initial(0).items()}
    x = np.float32([0.1, 0.2])
    found = Trace.record(a, p, x, np.float32([1]), learning_rate=0.1)
    assert all(found[name].dtype == np.float64 for name in found)
