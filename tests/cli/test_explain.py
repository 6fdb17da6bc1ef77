"""`backlit explain`, as a person uses it."""

import json
from pathlib import Path

import polars as pl
import pytest
from sklearn.datasets import load_iris

from backlit.train import checkpoint
from backlit.train.preparation import Preparation

MODEL = "iris.safetensors"
NAMES = load_iris().feature_names
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
        (("--weight", "dense1.weigt[0,0]"), 2, "did you mean"),
        (("--weight", "dense1.weight[3,0]"), 2, "outside"),
        (("--json", "--weight", "t"), 2, "no derivative to t"),
        (("--x", "1,b", "--t", "0"), 2, "numbers parted by commas"),
        (("--x", "1,2,3", "--t", "0"), 1, "2 inputs"),
        (("--x", "1,2"), 2, "--x is given without --t; a pass needs both"),
        (("--t", "0"), 2, "--t is given without --x"),
        (("--x", "1,2;3", "--t", "0;1"), 2, "as many numbers"),
        (("--x", "1,nan", "--t", "0"), 1, "not a finite number"),
        (("--learning-rate", "-1"), 2, "--learning-rate -1; it must be 0 or larger"),
        (("--data", "iris"), 1, "does not know how to read a table"),
        (("--data", "iris", "--x", "1,2"), 2, "use one"),
        (("--format", "pdf"), 2, "pdf"),
        (("--digits", "0"), 2, "digits"),
        (("--to", "no/such/folder"), 1, "does not exist"),
        (("--to", "."), 1, "is a directory"),
        (("--to", "neuron.toml"), 2, "would replace the network"),
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


def test_network_without_a_sample_asks_for_one(run, folder):
    (folder / "bare.toml").write_text(NEURON[: NEURON.index("[sample]")])
    done = run("explain", "bare.toml")
    assert done.code == 2
    assert "bare.toml holds no sample; give --x and --t" in done.err
    assert run("explain", "bare.toml", "--x", "1,2", "--t", "0").code == 0


def test_learning_rate_of_the_update_may_be_given(neuron):
    half, whole = (neuron("--json", "--learning-rate", r).told for r in ("0.5", "1"))
    assert half["error"] == whole["error"]
    assert half["updated"]["dense1.bias"] != whole["updated"]["dense1.bias"]


def test_file_is_written_whole_and_ends_in_one_newline(neuron, folder):
    assert neuron("--to", "told.txt").code == 0
    assert (folder / "told.txt").read_text() == neuron().out
    assert neuron("--json", "--to", "told.txt").out == ""
    assert json.loads((folder / "told.txt").read_text())["error_after"] > 0
    assert {path.name for path in folder.iterdir()} == {"neuron.toml", "told.txt"}


def test_colour_is_for_terminals_that_want_it(neuron, monkeypatch):
    plain = neuron().out
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in neuron().out
    monkeypatch.delenv("NO_COLOR")
    coloured = neuron().out
    assert "\x1b[" in coloured
    assert "Σ" in plain


@pytest.fixture
def iris(run):
    """Return a function that explains a model of iris that was trained for an epoch."""
    run("train", "iris", "--hidden", "3", "--epochs", "1", "--l2", "0", "--out", MODEL)
    return lambda *options: run("explain", MODEL, *options)


def test_rows_of_a_table_are_prepared_as_the_model_wants_them(iris, folder):
    told = iris("--json", "--data", "iris", "--rows", "3").told
    X = pl.DataFrame({n: load_iris().data[:, k] for k, n in enumerate(NAMES)})
    preparation = Preparation.from_json(checkpoint.load(folder / MODEL).preparation)
    assert told["quantities"]["x"] == preparation.features(X)[3].tolist()
    assert told["quantities"]["t"] == [1.0, 0.0, 0.0]


def test_several_rows_are_a_batch(iris):
    told = iris("--json", "--data", "iris", "--rows", "0,75,149").told
    assert told["quantities"]["t"] == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


def test_columns_of_the_table_are_named(iris):
    said = " ".join(iris("--data", "iris").out.replace("│", "").split())
    assert "x₁ is sepal length (cm), x₂ is sepal width (cm)" in said
    several = " ".join(iris("--data", "iris", "--rows", "0,1").out.split())
    assert "xₙ₁ is sepal length (cm)" in several


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ((), 2, "holds no sample; give --x and --t, or --data with a table"),
        (("--data", "iris", "--rows", "150"), 2, "the table has the rows 0 to 149"),
        (("--data", "iris", "--rows", "-1"), 2, "the table has the rows 0 to 149"),
        (("--data", "iris", "--rows", "a"), 2, "needs row numbers, as in 0,5,7"),
        (("--data", "irs"), 1, "did you mean iris?"),
        (("--data", "wine"), 1, "sepal length"),
    ],
)
def test_mistakes_with_tables_are_one_line(iris, options, code, said):
    done = iris(*options)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert len(done.err.strip().splitlines()) == 1
