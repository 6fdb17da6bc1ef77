"""`backlit explain`, as a person uses it."""

from pathlib import Path

import pytest

NEURON = (Path(__file__).parents[1] / "explain" / "neuron.toml").read_text()


@pytest.fixture
def neuron(run, folder):
    (folder / "neuron.toml").write_text(NEURON)
    return lambda *options: run("explain", "neuron.toml", *options)


def test_whole_pass_is_worked_out(neuron):
    done = neuron()
    assert done.code == 0
    assert (
        "Σ = w₁ · x₁ + w₂ · x₂ + b = 0.4 · 0.5 + (−0.6) · 0.8 + 0.1 = −0.18" in done.out
    )
    assert "\x1b" not in done.out


def test_one_weight_is_worked_out(neuron):
    done = neuron("--weight", "dense1.weight[0,1]", "--digits", "4")
    assert "∂E/∂w₂ = ∂E/∂y · ∂y/∂Σ · ∂Σ/∂w₂" in done.out
    assert "−0.2162" in done.out


def test_json_holds_every_value_and_the_update(neuron):
    told = neuron("--json").told
    assert set(told) == {"quantities", "updated", "error", "error_after"}
    assert told["quantities"]["dense1.sum"] == [pytest.approx(-0.18)]
    assert told["quantities"]["E"] == told["error"] == pytest.approx(0.2968930073542595)
    gradient = told["quantities"]["grad.dense1.weight"]
    assert gradient == [pytest.approx([-0.13512227435360943, -0.2161956389657751])]
    assert told["updated"]["dense1.bias"] == [pytest.approx(0.23512227435360944)]
    assert told["error_after"] < told["error"]


def test_json_with_a_weight_holds_its_derivation(neuron):
    told = neuron("--json", "--weight", "dense1.bias[0]").told
    assert told["derivation"]["title"].endswith("dense1.bias[0]")


@pytest.mark.parametrize(
    ("form", "mark"),
    [
        ("markdown", "$$"),
        ("latex", r"\documentclass"),
        ("mathml", "<math"),
        ("json", '"blocks"'),
    ],
)
def test_other_forms_are_written_to_a_file(neuron, folder, form, mark):
    done = neuron("--format", form, "--to", "derivation")
    assert (done.code, done.out) == (0, "")
    assert mark in (folder / "derivation").read_text()


def test_another_input_may_be_given_and_a_batch_of_them(neuron):
    told = neuron("--json", "--x", "1,2", "--t", "0").told
    assert told["quantities"]["x"] == [1.0, 2.0]
    told = neuron("--json", "--x", "1,2;3,4", "--t", "0;1").told
    assert told["quantities"]["x"] == [[1.0, 2.0], [3.0, 4.0]]


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--weight", "dense1.weigt[0,0]"), 1, "did you mean"),
        (("--weight", "dense1.weight[3,0]"), 1, "outside"),
        (("--x", "1,b", "--t", "0"), 2, "numbers parted by commas"),
        (("--x", "1,2,3", "--t", "0"), 1, "2 inputs"),
        (("--x", "1,2"), 1, "both"),
        (("--format", "pdf"), 2, "pdf"),
        (("--digits", "0"), 2, "digits"),
        (("--to", "no/such/folder"), 1, "does not exist"),
    ],
)
def test_mistakes_are_one_line(neuron, options, code, said):
    done = neuron(*options)
    assert done.code == code
    assert said in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert "Traceback" not in done.err


def test_network_file_with_an_unknown_key_names_it(run, folder):
    (folder / "wrong.toml").write_text(NEURON.replace("units", "unit"))
    done = run("explain", "wrong.toml")
    assert (done.code, done.out) == (1, "")
    assert "unknown key 'unit'; did you mean 'units'?" in done.err
