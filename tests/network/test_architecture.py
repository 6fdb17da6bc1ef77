import numpy as np
import pytest
from scipy.special import expit
from scipy.special import softmax as softmax_of

import backlit as bl
from backlit.errors import NetworkError, OptionError
from backlit.graph import Graph, input_node
from backlit.interpret import run
from backlit.network.architecture import (
    LINKS,
    LOSS_NAMES,
    Architecture,
    Dense,
    activations,
)

RANDOM = np.random.default_rng(0)


def forward(architecture, x, seed=0):
    """Return the forward quantities of an input, and the parameters."""
    parameters = architecture.initial(seed)
    x_node = input_node("x", np.shape(x))
    nodes = {n: input_node(n, p.shape) for n, p in parameters.items()}
    graph = Graph({"x": x_node, **nodes}, architecture.forward(x_node, nodes))
    return run(graph, {"x": x, **parameters}), parameters


def error(architecture, y, t, weight=None, seed=0):
    """Return the error and its parts for an output and a target."""
    parameters = architecture.initial(seed)
    given = {"y": y, "t": t, **parameters}
    if weight is not None:
        given["sample_weight"] = weight
    nodes = {n: input_node(n, np.shape(v)) for n, v in given.items()}
    own = {n: nodes[n] for n in parameters}
    found = architecture.error(nodes["y"], nodes["t"], own, nodes.get("sample_weight"))
    used = {n: node for n, node in nodes.items() if n in given}
    return run(Graph(used, found), given)


# What a description may say


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"units": 0}, "units=0; it must be a whole number ≥ 1"),
        ({"units": -3}, "units=-3; it must be a whole number ≥ 1"),
        ({"units": 2.5}, "units=2.5; it must be a whole number ≥ 1"),
        ({"units": True}, "units=True; it must be a whole number ≥ 1"),
        ({"units": "4"}, "units='4'; it must be a whole number ≥ 1"),
        (
            {"units": 1, "activation": "sigmod"},
            "unknown activation 'sigmod'; did you mean 'sigmoid'?",
        ),
        (
            {"units": 1, "activation": "maxout"},
            "unknown activation 'maxout'; known are abs, cos, ",
        ),
        ({"units": 1, "activation": None}, "unknown activation None; known are"),
        ({"units": 1, "activation": "matmul"}, "unknown activation 'matmul'; known"),
        (
            {"units": 1, "initialiser": "glorot"},
            "unknown initialiser 'glorot'; did you mean",
        ),
        ({"units": 1, "initialiser": 3}, "unknown initialiser 3; known are"),
        (
            {"units": 1, "freeze": ["biases"]},
            "unknown freeze 'biases'; did you mean 'bias'?",
        ),
    ],
)
def test_layer_that_does_not_make_sense_is_refused(wrong, message):
    with pytest.raises(OptionError) as caught:
        Dense(**wrong)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("wrong", "kind", "message"),
    [
        ({"inputs": 0}, OptionError, "inputs=0; it must be a whole number ≥ 1"),
        ({"inputs": True}, OptionError, "inputs=True; it must be"),
        ({"layers": []}, NetworkError, "a network needs at least one layer"),
        ({"layers": Dense(1)}, NetworkError, "layers=Dense(units=1"),
        ({"layers": [Dense(1), 4]}, NetworkError, "layer 2 is 4; it must be one"),
        ({"loss": "mean"}, OptionError, "unknown loss 'mean'; known are mse, half_mse"),
        ({"loss": "crossentropy"}, OptionError, "unknown loss 'crossentropy'; did"),
        ({"l1": -0.1}, OptionError, "l1=-0.1; it must be 0 or a positive number"),
        ({"l2": float("nan")}, OptionError, "l2=nan; it must be 0 or a positive"),
        ({"l2": "0.1"}, OptionError, "l2='0.1'; it must be 0 or a positive number"),
        (
            {"loss": "cross_entropy"},
            NetworkError,
            (
                "cross_entropy needs an output for each class, got 1 output; for two "
                "classes on one output use binary_cross_entropy_with_logits"
            ),
        ),
    ],
)
def test_network_that_does_not_make_sense_is_refused(wrong, kind, message):
    with pytest.raises(kind) as caught:
        Architecture(**({"inputs": 2, "layers": [Dense(1)]} | wrong))
    assert str(caught.value).startswith(message)


def test_numbers_of_any_kind_make_equal_descriptions():
    layers = [Dense(np.int64(3)), Dense(2.0, freeze="bias")]
    a = Architecture(np.int32(4), layers, l1=np.float64(0.5), l2=1)
    b = Architecture(4, (Dense(3), Dense(2, freeze=("bias",))), l1=0.5, l2=1.0)
    assert a == b
    assert hash(a) == hash(b)
    assert type(a.layers[0].units) is int
    assert type(a.l2) is float


def test_layers_and_parameters_are_named_from_the_input_on():
    a = Architecture(4, [Dense(3, "tanh"), Dense(5, use_bias=False), Dense(2)])
    assert a.names == ("dense1", "dense2", "dense3")
    assert a.shapes == {
        "dense1.weight": (3, 4),
        "dense1.bias": (3,),
        "dense2.weight": (5, 3),
        "dense3.weight": (2, 5),
        "dense3.bias": (2,),
    }
    assert a.outputs == 2


def test_frozen_parameters_are_not_trainable():
    a = Architecture(2, [Dense(3, freeze="weight"), Dense(1, freeze=["bias"])])
    assert a.trainable == ("dense1.bias", "dense2.weight")
    assert Architecture(2, [Dense(1, freeze=("weight", "bias"))]).trainable == ()


def test_first_weights_suit_the_activation_or_are_as_asked_and_biases_are_zero():
    layers = [
        *(Dense(200, "relu"), Dense(200, "tanh")),
        *(Dense(200, initialiser=bl.Initialiser("normal", 0.1)), Dense(3, "tanh")),
    ]
    first = Architecture(200, layers).initial(0)
    bound = np.abs(first["dense1.weight"]).max()
    assert bound == pytest.approx(np.sqrt(6 / 200), rel=1e-3)
    bound = np.abs(first["dense2.weight"]).max()
    assert bound == pytest.approx(np.sqrt(6 / 400), rel=1e-3)
    assert first["dense3.weight"].std() == pytest.approx(0.1, rel=0.02)
    assert not any(first[f"dense{n}.bias"].any() for n in (1, 2, 3, 4))


def test_layers_of_one_shape_start_with_weights_of_their_own():
    first = Architecture(3, [Dense(3), Dense(3)]).initial(0)
    assert not np.intersect1d(first["dense1.weight"], first["dense2.weight"]).size


# The quantities


def test_every_activation_of_one_array_can_be_named():
    assert {"relu", "sigmoid", "tanh", "softmax", "gelu", "silu", "step"} <= set(
        activations()
    )
    assert not {"matmul", "add", "clip", "mean", "greater"} & set(activations())


@pytest.mark.parametrize("lead", [(), (5,), (1,)])
def test_quantities_have_the_values_and_shapes_of_the_formulas(lead):
    a = Architecture(3, [Dense(4, "tanh"), Dense(2, "sigmoid", use_bias=False)])
    x = RANDOM.normal(size=(*lead, 3))
    found, p = forward(a, x)
    hidden = np.tanh(x @ p["dense1.weight"].T + p["dense1.bias"])
    output = expit(hidden @ p["dense2.weight"].T)
    assert list(found) == [
        *("dense1.sum", "dense1.output", "dense2.sum", "dense2.output", "prediction")
    ]
    assert np.allclose(found["dense1.output"], hidden, rtol=1e-15)
    assert np.allclose(found["dense2.output"], output, rtol=1e-15)
    assert found["dense2.sum"].shape == found["prediction"].shape == (*lead, 2)
    assert (found["prediction"] == found["dense2.output"]).all()


@pytest.mark.parametrize("lead", [(), (4,)])
@pytest.mark.parametrize(
    ("loss", "probability"),
    [
        ("cross_entropy", lambda z: softmax_of(z, axis=-1)),
        ("binary_cross_entropy_with_logits", expit),
    ],
)
def test_prediction_is_a_probability_where_the_loss_takes_logits(
    loss, probability, lead
):
    found, _ = forward(
        Architecture(3, [Dense(2)], loss), RANDOM.normal(size=(*lead, 3))
    )
    assert np.allclose(
        found["prediction"], probability(found["dense1.output"]), rtol=1e-12
    )
    assert set(LINKS) == {"cross_entropy", "binary_cross_entropy_with_logits"}


def test_softmax_is_over_the_outputs_of_each_sample():
    found, _ = forward(
        Architecture(3, [Dense(4, "softmax")]), RANDOM.normal(size=(5, 3))
    )
    assert np.allclose(found["dense1.output"].sum(axis=1), 1, rtol=1e-15)


# The error

Y = np.array([[0.2, 0.9], [0.6, 0.3]])
ONE_HOT = np.array([[0.0, 1.0], [1.0, 0.0]])
SIGNS = np.array([[-1.0, 1.0], [1.0, -1.0]])

# loss -> (target, the errors of the two samples, worked out by hand)
BY_HAND = {
    "mse": (ONE_HOT, [(0.04 + 0.01) / 2, (0.16 + 0.09) / 2]),
    "half_mse": (ONE_HOT, [(0.04 + 0.01) / 4, (0.16 + 0.09) / 4]),
    "sse": (ONE_HOT, [0.05, 0.25]),
    "half_sse": (ONE_HOT, [0.025, 0.125]),
    "mae": (ONE_HOT, [0.15, 0.35]),
    "huber": (SIGNS, [(1.2 - 0.5 + 0.1**2 / 2) / 2, (0.4**2 / 2 + 1.3 - 0.5) / 2]),
    "hinge": (SIGNS, [(1.2 + 0.1) / 2, (0.4 + 1.3) / 2]),
    "binary_cross_entropy": (
        ONE_HOT,
        [-(np.log(0.8) + np.log(0.9)) / 2, -(np.log(0.6) + np.log(0.7)) / 2],
    ),
    "binary_cross_entropy_with_logits": (
        ONE_HOT,
        [
            -(np.log(1 - expit(0.2)) + np.log(expit(0.9))) / 2,
            -(np.log(expit(0.6)) + np.log(1 - expit(0.3))) / 2,
        ],
    ),
    "cross_entropy": (
        ONE_HOT,
        [np.log(1 + np.exp(0.2 - 0.9)), np.log(1 + np.exp(0.3 - 0.6))],
    ),
}


def test_every_loss_is_worked_out_here():
    assert set(BY_HAND) == set(LOSS_NAMES)


@pytest.mark.parametrize("loss", LOSS_NAMES)
def test_error_is_the_mean_over_samples_of_the_loss(loss):
    t, each = BY_HAND[loss]
    a = Architecture(2, [Dense(2)], loss)
    found = error(a, Y, t)
    assert found["E.sample"] == pytest.approx(each, rel=1e-12)
    assert found["E"] == pytest.approx(np.mean(each), rel=1e-12)
    assert error(a, Y[0], t[0])["E"] == pytest.approx(each[0], rel=1e-12)


def test_sample_weights_multiply_the_errors_of_samples():
    t, each = BY_HAND["mse"]
    found = error(Architecture(2, [Dense(2)]), Y, t, [0.5, 3.0])
    assert found["E"] == pytest.approx((0.5 * each[0] + 3 * each[1]) / 2, rel=1e-12)


def test_penalties_are_over_weights_not_biases_and_named():
    a = Architecture(2, [Dense(2), Dense(2)], l1=0.1, l2=0.4)
    weights = [w for n, w in a.initial(0).items() if n.endswith("weight")]
    penalty = sum(0.1 * np.abs(w).sum() + 0.2 * np.square(w).sum() for w in weights)
    found = error(a, Y, ONE_HOT, [1.0, 1.0])
    assert found["E.penalty"] == pytest.approx(penalty, rel=1e-12)
    assert found["E.data"] == pytest.approx(np.mean(BY_HAND["mse"][1]), rel=1e-12)
    assert found["E"] == found["E.data"] + found["E.penalty"]
