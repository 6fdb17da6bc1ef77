"""What a person opens becomes a spec that fits its data."""

import json

import msgspec
import numpy as np
import pytest

import backlit as bl
from backlit.cli import main
from backlit.errors import BacklitError, DataError, NetworkError, OptionError
from backlit.studio import sources
from backlit.studio.bundle import first_parameters
from backlit.studio.opening import opened, opening, session
from backlit.studio.spec import LESSON
from backlit.studio.table import samples_of

TOML = """
[network]
inputs = 2
loss = "half_mse"
learning_rate = 0.25
seed = 3
l2 = 0.01

[[layer]]
units = 3
activation = "tanh"
initialiser = { kind = "normal", scale = 0.1 }
freeze = ["bias"]

[[layer]]
units = 1
weight = [[0.5, -0.25, 1.0]]
use_bias = false
"""
SAMPLE = "[sample]\nx = [[0.5, 0.8], [1, 2]]\nt = [[1.0], [0.0]]\n"
CSV = "height;weight;kind\n" + "".join(
    f"1,{n % 9};{50 + n};{'ab'[n % 2]}\n" for n in range(40)
)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def train(*arguments):
    assert main(["train", *arguments, "--l2", "0", "--epochs", "2", "--quiet"]) == 0


def test_nothing_is_the_lessons_neuron():
    assert opened() == LESSON


def test_a_network_file_keeps_its_weights_sample_and_what_else_it_says(folder):
    (folder / "net.toml").write_text(TOML + SAMPLE)
    spec = opened("net.toml")
    described = bl.load("net.toml")
    assert spec.architecture == described.architecture
    assert (spec.network.seed, spec.network.learning_rate) == (3, 0.25)
    assert spec.sample.x == [[0.5, 0.8], [1, 2]]
    assert spec.layer[0].weight is None  # drawn by the seed, which may be changed
    assert spec.layer[1].weight == [[0.5, -0.25, 1.0]]
    first = first_parameters(spec)
    for name, values in described.parameters.items():
        np.testing.assert_array_equal(first[name], values)
    assert msgspec.to_builtins(spec.optimizer) == {"kind": "SGD"}


def test_a_network_file_without_a_sample_gets_one(folder):
    (folder / "net.toml").write_text(TOML)
    assert samples_of(opened(folder / "net.toml")).rows == 1


def test_a_network_file_may_be_given_a_table(folder):
    (folder / "net.toml").write_text(TOML + SAMPLE)
    spec = opened("net.toml", data="spirals")
    assert (spec.sample, spec.data.name, spec.batch_size) == (None, "spirals", 10)


def test_a_table_file_becomes_csv_with_a_network_that_fits(folder):
    (folder / "people.csv").write_text(CSV)
    spec = opened("people.csv")
    assert (spec.data.name, spec.network.inputs) == ("people", 2)
    assert spec.network.loss == "binary_cross_entropy_with_logits"
    assert spec.data.csv.splitlines()[:2] == ["height,weight,kind", "1.0,50,a"]
    table = samples_of(spec)
    assert (table.target, table.classes, table.test) == ("kind", ("a", "b"), 8)


def test_the_target_of_a_table_may_be_named(folder):
    (folder / "people.csv").write_text(CSV)
    spec = opened("people.csv", target="weight")
    assert (spec.network.inputs, spec.network.loss) == (3, "mse")


def test_arrays_and_parquet_are_tables_too(folder):
    X = np.random.default_rng(0).normal(size=(30, 3))
    np.savez(folder / "a.npz", X=X, y=X @ [1.0, 2.0, 3.0])
    spec = opened("a.npz")
    assert spec.network.inputs == 3
    import polars as pl

    pl.DataFrame({"a": X[:, 0], "kind": ["x", "y"] * 15}).write_parquet("b.parquet")
    assert samples_of(opened("b.parquet")).classes == ("x", "y")


def test_a_table_that_is_too_large_is_refused_with_a_way_on(folder, monkeypatch):
    (folder / "people.csv").write_text(CSV)
    monkeypatch.setattr(sources, "LARGEST_CSV", 100)
    with pytest.raises(DataError, match=r"too large for the page.*backlit train"):
        opened("people.csv")


def test_a_table_that_is_too_wide_is_refused_with_a_way_on(folder):
    names = ",".join(f"c{n}" for n in range(1100))
    (folder / "wide.csv").write_text(f"{names}\n{'1,' * 1099}2\n{'3,' * 1099}4\n")
    with pytest.raises(DataError, match=r"has 1100 columns.*at most 1025.*train"):
        opened("wide.csv")


def test_a_column_that_is_no_value_is_refused(folder):
    import polars as pl

    pl.DataFrame({"a": [[1], [2]], "b": [1, 2]}).write_parquet(folder / "l.parquet")
    with pytest.raises(DataError, match="neither of numbers, text"):
        opened("l.parquet")


def test_a_model_comes_with_its_weights_table_and_optimizer(folder):
    train("spirals", "--samples", "90", "--seed", "2", "--optimizer", "momentum")
    spec = opened("spirals.safetensors")
    net = bl.load("spirals.safetensors")
    for name, values in first_parameters(spec).items():
        np.testing.assert_array_equal(values, net.parameters[name])
    assert (spec.data.samples, spec.data.seed) == (90, 2)
    assert spec.optimizer["kind"] == "SGD"
    assert spec.optimizer["momentum"] == 0.9
    assert "learning_rate" not in spec.optimizer
    assert spec.batch_size == net.options.batch_size
    assert spec.update.learning_rate == net.options.optimizer["learning_rate"]
    table = samples_of(spec)
    assert (table.rows, table.test) == (90, 18)
    assert folder.exists()


def test_a_model_prepares_a_new_table_as_it_has_learnt(folder):
    (folder / "people.csv").write_text(CSV)
    train("people.csv")
    whole = samples_of(opened("people.safetensors"))
    few = "\n".join(CSV.splitlines()[:4])
    (folder / "few.csv").write_text(few)
    found = samples_of(opened("people.safetensors", data="few.csv"))
    rows = np.frombuffer(whole.x).reshape(40, 2)
    for row in np.frombuffer(found.x).reshape(3, 2):
        assert (rows == row).all(axis=1).any()


def test_a_model_whose_table_is_gone_says_how_to_go_on(folder):
    (folder / "people.csv").write_text(CSV)
    train("people.csv")
    (folder / "people.csv").unlink()
    with pytest.raises(DataError, match=r"trained on people\.csv.*--data"):
        opened("people.safetensors")
    with pytest.raises(OptionError, match="the model has learnt kind"):
        opened("people.safetensors", data="iris", target="height")


def test_a_network_is_opened_as_it_stands():
    net = bl.Network(2, [bl.Dense(3, "tanh"), bl.Dense(1)], seed=5, l1=0.5)
    net.parameters["dense2.bias"] = [0.125]
    spec = opened(net)
    assert spec.architecture == net.architecture
    assert spec.layer[1].bias == [0.125]
    schedule = bl.Adam(bl.Exponential(0.01, 0.9))
    net.fit(np.eye(2), [[1.0], [0.0]], optimizer=schedule, epochs=3, batch_size=2)
    spec = opened(net, data="xor")
    assert spec.update.learning_rate == net.training.learning_rate < 0.01
    assert (spec.optimizer["kind"], spec.batch_size) == ("Adam", 2)
    assert spec.data.name == "xor"


def test_a_saved_network_without_a_table_gets_a_sample():
    bl.Network(3, [bl.Dense(2)], "cross_entropy").save("net.safetensors")
    assert samples_of(opened("net.safetensors")).rows == 1


def test_a_session_brings_its_spec_and_the_page_the_rest(folder):
    spec = msgspec.to_builtins(LESSON)
    saved = {"spec": spec, "step": 12, "edits": [["dense1.bias", 0.5]]}
    (folder / "s.json").write_text(json.dumps(saved))
    found = opening("s.json")
    assert found.spec == LESSON
    assert found.session == {"step": 12, "edits": [["dense1.bias", 0.5]]}
    (folder / "spec.json").write_text(json.dumps(spec))
    assert opening("spec.json") == session(json.dumps(spec))
    assert opening("spec.json").session == {}


@pytest.mark.parametrize("text", ["", "[]", "{", '{"spec": 1}', '{"step": 1}', b"\xff"])
def test_what_is_no_session_is_refused(text):
    with pytest.raises(NetworkError):
        session(text)


@pytest.mark.parametrize(
    ("source", "options", "said"),
    [
        ("spirls", {}, "did you mean spirals"),
        ("", {}, "there is no data set ''"),
        ("net.exe", {}, r"files that end in \.toml, \.safetensors, \.json, \.csv"),
        ("missing.toml", {}, "there is no such file"),
        ("missing.safetensors", {}, "there is no such file"),
        ("missing.json", {}, "there is no such file"),
        ("missing.csv", {}, "does not exist"),
        ("xor", {"data": "iris"}, "xor is a table itself"),
        ("net.toml", {"target": "y"}, "it is for a table"),
        (None, {"target": "y"}, "it is for a table"),
        ("net.toml", {"data": "nosuch"}, "no data set 'nosuch'"),
        ("s.json", {"data": "xor"}, "a session with data of its own"),
        ("iris", {"target": "colour"}, "no column 'colour'"),
    ],
)
def test_what_cannot_be_opened_is_told_in_one_line(source, options, said):
    with pytest.raises(BacklitError, match=said) as told:
        opened(source, **options)
    assert "\n" not in str(told.value)


def test_nothing_with_a_table_is_a_network_for_it():
    assert opened(data="xor") == opened("xor")
