"""The derivation of one gradient: complete, true, and no longer than it must be."""

from pathlib import Path

import numpy as np
import pytest
from derivations import equations, untrue

import backlit as bl
from backlit.errors import NetworkError
from backlit.explain.typeset.document import Check, Note
from backlit.explain.typeset.text import expression
from backlit.explain.weight import explain_weight

HERE = Path(__file__).parent
ACTIVATIONS = (
    "linear", "sigmoid", "tanh", "relu", "softplus", "elu", "leaky_relu", "silu",
    "gelu", "gelu_tanh", "softmax", "erf", "sin", "square",
)  # fmt: skip
LOSSES = (
    "mse", "half_mse", "sse", "half_sse", "mae", "huber", "hinge",
    "binary_cross_entropy_with_logits", "cross_entropy",
)  # fmt: skip


def checks(document):
    return [b for b in document.blocks if isinstance(b, Check)]


def notes(document):
    return " ".join(str(b.content) for b in document.blocks if isinstance(b, Note))


def lines(document):
    return [expression(e) for e in equations(document)]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_nothing_that_is_printed_is_false(activation, loss):
    draw = np.random.default_rng(len(activation) * 31 + len(loss))
    net = bl.Network(
        2, [bl.Dense(3, activation), bl.Dense(2)], loss, l1=0.01, l2=0.1, seed=5
    )
    net.parameters["dense1.bias"] = draw.normal(size=3)
    x = draw.normal(size=(2, 2))
    t = np.eye(2)[[0, 1]] * (2 if loss == "hinge" else 1) - (loss == "hinge")
    for trace in (net.trace(x[0], t[0]), net.trace(x, t)):
        for name in ("dense1.weight[1,0]", "dense2.bias[1]", "dense1.bias[2]"):
            document = explain_weight(trace, name)
            assert untrue(document) == []
            assert all(check.ok for check in checks(document))


def test_a_false_line_would_be_found():
    from backlit.explain.typeset.document import Display, Document
    from backlit.explain.typeset.mathematics import Add, Number, equation

    wrong = equation(Add((Number(0.41235), Number(0.51234))), "=", Number(0.92479))
    assert untrue(Document("", (Display((wrong,)),)))


def test_lone_neuron_tells_the_textbooks_story():
    document = explain_weight(
        bl.load(HERE / "neuron.toml").trace(), "dense1.weight[0,1]"
    )
    told = lines(document)
    assert "∂E/∂w₂ = ∂E/∂y · ∂y/∂Σ · ∂Σ/∂w₂" in told
    assert "y = σ(Σ) = σ(−0.18) = 0.455121108" in told
    assert "E = (y − t)² = (0.455121108 − 1)² = 0.296893007" in told
    assert "∂y/∂Σ = y · (1 − y) = 0.455121108 · (1 − 0.455121108) = 0.247985885" in told
    update = "w₂ ← w₂ − η · ∂E/∂w₂ = −0.6 − 0.5 · (−0.216195639) = −0.491902181"
    assert update in told


def test_published_example_to_all_its_digits():
    """Mazur 2015, A step by step backpropagation example."""
    trace = bl.load(HERE / "mazur.toml").trace()
    whole = str(trace.explain())
    for number in (
        "0.3775", "0.593269992", "1.10590597", "0.75136507", "0.772928465",
        "0.298371109", "0.74136507", "0.138498562", "0.0821670406",
        "0.35891648", "0.408666186", "0.51130127", "0.561370121", "0.149780716",
        "0.199561432", "0.249751144", "0.299502287",
    ):  # fmt: skip
        assert number in whole
    weight = str(trace.explain("dense1.weight[0,0]"))
    for number in ("0.241300709", "0.0363503064", "0.000438567734", "0.149780716"):
        assert number in weight


def test_paths_are_listed_where_they_are_few():
    text = str(bl.load(HERE / "mazur.toml").trace().explain("dense1.weight[0,0]"))
    assert "along 2 paths" in text
    assert "0.000668396021" in text
    assert "−0.000229828287" in text


def test_frozen_weight_has_a_gradient_and_no_update():
    net = bl.Network(2, [bl.Dense(1, "tanh", freeze=("weight",))])
    text = str(net.trace([0.5, 1.0], [0.3]).explain("dense1.weight[0,0]"))
    assert "frozen" in text
    assert "←" not in text


def test_dead_neuron_is_named():
    net = bl.Network(1, [bl.Dense(1, "relu"), bl.Dense(1)])
    net.parameters["dense1.weight"] = [[-1.0]]
    document = explain_weight(net.trace([2.0], [1.0]), "dense1.weight[0,0]")
    assert "relu has the neuron off" in notes(document)


def test_kink_is_no_contradiction():
    net = bl.Network(1, [bl.Dense(1, "relu"), bl.Dense(1)])
    net.parameters["dense1.weight"] = [[0.0]]
    net.parameters["dense2.weight"] = [[1.0]]
    document = explain_weight(net.trace([2.0], [1.0]), "dense1.weight[0,0]")
    assert "kink" in notes(document)
    assert "at 0 the derivative is taken as 0" in notes(document)
    assert all(check.ok for check in checks(document))


def test_batch_is_a_sum_over_its_samples():
    net = bl.Network(2, [bl.Dense(3, "tanh"), bl.Dense(1)])
    draw = np.random.default_rng(1)
    trace = net.trace(draw.normal(size=(12, 2)), draw.normal(size=(12, 1)))
    text = str(trace.explain("dense1.weight[0,0]"))
    assert "12 samples" in text
    assert "∑ₙ₌₁¹²" in text


@pytest.mark.parametrize("samples", [None, 32], ids=["one", "batch"])
def test_wide_network_stays_readable(samples):
    net = bl.Network(64, [bl.Dense(64, "relu"), bl.Dense(10)], "cross_entropy")
    draw = np.random.default_rng(2)
    lead = () if samples is None else (samples,)
    t = np.eye(10)[draw.integers(10, size=lead)]
    trace = net.trace(draw.random((*lead, 64)), t)
    document = explain_weight(trace, "dense1.weight[3,20]", digits=5)
    text = str(trace.explain("dense1.weight[3,20]", digits=5))
    assert len(text.splitlines()) < 200
    assert "∑ᵢ₌₁⁶⁴" in text
    assert "more)" in text
    assert untrue(document) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dense1.weigth[0,0]", "did you mean"),
        ("dense1.weight[0,7]", "outside"),
        ("dense1.weight", r"dense1.weight\[0,0\]"),
        ("dense1.weight[0]", "2 indices"),
        ("dense1.weight[-1,0]", "outside"),
        ("dense1.weight[a]", "NAME"),
        ("t[0]", "t"),
    ],
)
def test_wrong_names_are_one_clear_error(name, said):
    trace = bl.load(HERE / "neuron.toml").trace()
    with pytest.raises(NetworkError, match=said) as caught:
        trace.explain(name)
    assert "\n" not in str(caught.value)


def test_huge_logits_print_no_nan():
    net = bl.Network(1, [bl.Dense(3)], "cross_entropy")
    net.parameters["dense1.weight"] = [[1000.0], [0.0], [-1000.0]]
    text = str(net.trace([1.0], [0.0, 1.0, 0.0]).explain("dense1.weight[0,0]"))
    assert "NaN" not in text
