"""The derivation of one gradient: complete, true, and no longer than it must be."""

from pathlib import Path
from time import perf_counter

import numpy as np
import pytest
from derivations import equations, untrue

import backlit as bl
from backlit.errors import NetworkError
from backlit.explain.typeset.document import Check, Heading, Note
from backlit.explain.typeset.text import expression
from backlit.explain.weight import explain_weight

HERE = Path(__file__).parent


def checks(document):
    return [b for b in document.blocks if isinstance(b, Check)]


def notes(document):
    return " ".join(str(b.content) for b in document.blocks if isinstance(b, Note))


def lines(document):
    return [expression(e) for e in equations(document)]


def test_lone_neuron_tells_the_textbooks_story():
    trace = bl.load(HERE / "neuron.toml").trace()
    told = (HERE / "neuron_weight.txt").read_text("utf-8")
    assert str(trace.explain("dense1.weight[0,1]")) == told


def test_sections_follow_the_argument():
    blocks = explain_weight(
        bl.load(HERE / "mazur.toml").trace(), "dense1.weight[0,0]"
    ).blocks
    assert [b.text for b in blocks if isinstance(b, Heading)] == [
        "Forward", "The chain rule", "Local derivatives", "With the numbers", "Update",
        "Proof by nudging",
    ]  # fmt: skip


def test_nothing_is_said_twice():
    """What acts on E by itself has a local derivative, and needs no chain rule."""
    told = lines(
        explain_weight(bl.load(HERE / "mazur.toml").trace(), "dense1.weight[0,0]")
    )
    assert sum(line.startswith("∂E/∂y₁ =") for line in told) == 1
    assert len(set(told)) == len(told)


def test_output_needs_no_chain_rule():
    blocks = explain_weight(
        bl.load(HERE / "neuron.toml").trace(), "dense1.output"
    ).blocks
    headings = [b.text for b in blocks if isinstance(b, Heading)]
    assert headings == ["Forward", "Local derivatives"]


def test_index_of_a_single_element_may_be_left_out():
    trace = bl.load(HERE / "neuron.toml").trace()
    named = explain_weight(trace, "dense1.bias[0]")
    assert explain_weight(trace, "dense1.bias") == named
    assert explain_weight(trace, "grad.dense1.bias[0]") == named


def test_published_example_has_its_published_numbers():
    """Mazur 2015, A step by step backpropagation example."""
    weight = str(bl.load(HERE / "mazur.toml").trace().explain("dense1.weight[0,0]"))
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


@pytest.mark.parametrize("samples", [2, 3, 4])
def test_of_a_batch_the_error_of_each_sample_that_is_shown_is_given(samples):
    net = bl.Network(1, [bl.Dense(1, "tanh")])
    x = np.linspace(1.0, 2.0, samples)[:, None]
    text = str(net.trace(x, 0 * x).explain("dense1.weight"))
    shown = [n for n in range(1, samples + 1) if f"    E{chr(0x2080 + n)} = " in text]
    assert len(shown) == (samples if samples <= 3 else 1)
    assert ("the sample with the largest share" in text) == (samples > 3)


def test_what_is_left_out_is_counted():
    net = bl.Network(20, [bl.Dense(1, "tanh"), bl.Dense(12)], "sse")
    draw = np.random.default_rng(5)
    trace = net.trace(draw.random((7, 20)), draw.random((7, 12)))
    document = explain_weight(trace, "dense1.weight[0,3]", digits=4)
    # of 7 samples 1 is followed, of 12 outputs 4
    assert "what is left out (14 more)" in notes(document)
    assert f"along {7 * 12} paths" in str(trace.explain("dense1.weight[0,3]"))


def test_deep_network_is_followed_along_few_ways():
    net = bl.Network(4, [bl.Dense(16, "tanh")] * 12 + [bl.Dense(3)], "cross_entropy")
    draw = np.random.default_rng(6)
    trace = net.trace(draw.normal(size=4), [0.0, 1.0, 0.0])
    text = str(trace.explain("dense1.weight[0,0]", digits=4))
    assert "more than a billion paths" in " ".join(text.split())
    assert len(text.splitlines()) < 300
    assert untrue(explain_weight(trace, "dense1.weight[0,0]", digits=4)) == []


def test_penalty_of_many_weights_is_one_formula():
    net = bl.Network(
        784, [bl.Dense(128, "relu"), bl.Dense(10)], "cross_entropy", l2=0.1
    )
    draw = np.random.default_rng(7)
    trace = net.trace(draw.random((64, 784)), np.eye(10)[draw.integers(10, size=64)])
    start = perf_counter()
    text = str(trace.explain("dense1.weight[3,20]", digits=4))
    assert perf_counter() - start < 20  # a tenth of a second; not minutes
    assert "E_penalty = 0.05 · ∑ᵢ ∑ⱼ (w⁽¹⁾ᵢⱼ)² + 0.05 · ∑ᵢ ∑ⱼ (w⁽²⁾ᵢⱼ)²" in text
    assert "∂E_penalty/∂w⁽¹⁾₄,₂₁ = 0.1 · w⁽¹⁾₄,₂₁" in text
    assert len(text.splitlines()) < 200


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dense1.weigth[0,0]", "did you mean"),
        ("dense1.weight[0,7]", "outside"),
        ("dense1.weight", r"dense1.weight\[0,0\]"),
        ("dense1.weight[0]", "2 indices"),
        ("dense1.weight[-1,0]", "outside"),
        ("dense1.weight[a]", "NAME"),
        ("t[0]", "no derivative to t; choose a weight"),
        ("E", "no derivative to E; choose a weight"),
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
    trace = net.trace([1.0], [0.0, 1.0, 0.0])
    text = str(trace.explain("dense1.weight[0,0]"))
    assert "NaN" not in text
    assert "∞" not in text
    assert "∂E/∂Σ₁   = p₁ − t₁ = 1 − 0 = 1" in text


def test_overflow_is_told_as_such():
    net = bl.Network(1, [bl.Dense(1, "exp")])
    net.parameters["dense1.weight"] = [[1000.0]]
    document = explain_weight(net.trace([1.0], [0.0]), "dense1.weight")
    assert "beyond the range of 64-bit floats" in notes(document)
    assert all(check.ok for check in checks(document))


def test_before_a_jump_it_is_said_that_nothing_comes_back():
    net = bl.Network(2, [bl.Dense(2, "step"), bl.Dense(1)])
    document = explain_weight(net.trace([1.0, 2.0], [0.0]), "dense1.weight[0,0]")
    assert "step passes no derivative back" in notes(document)
    assert "No derivative reaches it" in str(document.blocks[0].content)
