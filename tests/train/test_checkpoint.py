import errno
import json
import os
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given, settings
from hypothesis import strategies as st

import backlit as bl
from backlit import files
from backlit.errors import DataError
from backlit.network.architecture import Architecture
from backlit.train import checkpoint
from backlit.train.checkpoint import FORMAT, Model, load, save
from backlit.train.fit import fit
from backlit.train.plan import Plan as AnyPlan
from backlit.train.resume import options_of
from backlit.train.samples import samples
from backlit.train.state import TrainingState
from backlit.train.stopping import EarlyStopping

Plan = partial(AnyPlan, executor="interpret")  # the loop in Python
LAYERS = [
    bl.Dense(4, "tanh", bl.Initialiser("normal", 0.5), freeze=["bias"]),
    bl.Dense(2, use_bias=False),
]
A = Architecture(3, LAYERS, "cross_entropy", l1=0.01, l2=0.1)
X = np.random.default_rng(0).normal(size=(20, 3))
DATA = samples(A, X, (X[:, 0] > 0).astype(int))
PLAN = Plan(
    bl.AdamW(bl.WarmUp(3, bl.Cosine(0.1, 50)), clip_norm=1),
    epochs=4,
    batch_size=6,
    early_stopping=EarlyStopping(9, monitor="accuracy"),
    metrics=("accuracy", "roc_auc"),
)


def model(plan=PLAN, **more):
    state = TrainingState(A.initial(3))
    fit(A, state, DATA, plan, DATA)
    options = options_of(plan, len(DATA))
    return Model(A, 3, state.kept, state, options, **more)


def assert_same(a, b):
    assert (a.architecture, a.seed, a.options) == (b.architecture, b.seed, b.options)
    assert (a.notes, a.learning_rate) == (b.notes, b.learning_rate)
    assert_same_arrays(a.parameters, b.parameters)
    for name, value in vars(a.state).items():
        other = getattr(b.state, name)
        if name in ("parameters", "optimizer", "best"):
            assert_same_arrays(value, other)
        elif name == "history":
            assert (value.rows, value.stopped) == (other.rows, other.stopped)
            assert value.best_epoch == other.best_epoch
        else:
            assert repr(value) == repr(other), name


def assert_same_arrays(ours, theirs):
    assert ours.keys() == theirs.keys()
    for name, value in ours.items():
        assert value.dtype == theirs[name].dtype
        assert value.tobytes() == theirs[name].tobytes(), name


# There and back


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("early_stopping", [None, PLAN.early_stopping])
@pytest.mark.parametrize(
    "optimizer", [PLAN.optimizer, bl.SGD(0.1), bl.SGD(0.1, momentum=0.9)]
)
def test_model_comes_back_to_the_last_bit(tmp_path, dtype, early_stopping, optimizer):
    plan = replace(
        PLAN, dtype=dtype, early_stopping=early_stopping, optimizer=optimizer
    )
    notes = {"preparation": '{"a": "ü"}', "run": "{}"}
    saved = model(plan, notes=notes, learning_rate=0.25)
    save(tmp_path / "m.safetensors", saved)
    assert_same(load(tmp_path / "m.safetensors"), saved)


def test_saving_again_writes_the_same_bytes(tmp_path):
    save(tmp_path / "a", model())
    save(tmp_path / "b", load(tmp_path / "a"))
    first, second = safetensors.numpy.load_file(tmp_path / "a"), tmp_path / "b"
    assert_same_arrays(first, safetensors.numpy.load_file(second))


def test_model_without_training_is_small(tmp_path):
    save(tmp_path / "m", Model(A, 3, A.initial(3)))
    found = load(tmp_path / "m")
    assert (found.state, found.options, found.preparation) == (None, None, None)
    assert set(safetensors.numpy.load_file(tmp_path / "m")) == set(A.shapes)


def test_parameters_changed_after_training_do_not_change_where_it_goes_on(tmp_path):
    for plan in (PLAN, replace(PLAN, early_stopping=None)):
        trained = model(plan)
        mine = {name: p + 1 for name, p in trained.parameters.items()}
        save(tmp_path / "m", replace(trained, parameters=mine))
        found = load(tmp_path / "m")
        assert_same_arrays(found.parameters, mine)
        assert_same_arrays(found.state.parameters, trained.state.parameters)


def test_layout_is_as_documented(tmp_path):
    save(tmp_path / "m", model())
    data = (tmp_path / "m").read_bytes()
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    metadata = header.pop("__metadata__")
    assert metadata["backlit_format"] == str(FORMAT)
    assert json.loads(metadata["network"])["network"]["loss"] == "cross_entropy"
    assert json.loads(metadata["training"])["options"]["optimizer"]["kind"] == "AdamW"
    kinds = {name.rpartition("dense")[0] for name in header}
    assert kinds == {"", "state.mean.", "state.square_mean.", "current."}


# What is no model


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return the bytes of a good model."""
    path = tmp_path_factory.mktemp("whole") / "m"
    save(path, model())
    return path.read_bytes()


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("scratch") / "m.safetensors"


def refusal(path, data):
    path.write_bytes(data)
    with pytest.raises(DataError) as caught:
        load(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_cut_off_model_is_refused_wherever_it_was_cut(whole, scratch):
    for length in [*range(40), *range(40, len(whole), 53), len(whole) - 1]:
        message = refusal(scratch, whole[:length])
        assert "is no model, or was cut off; a .safetensors file that" in message


@given(st.binary(max_size=200))
def test_random_bytes_are_refused(scratch, data):
    refusal(scratch, data)


@given(st.data())
@settings(max_examples=300)
def test_damaged_bytes_are_a_model_or_one_line(whole, scratch, data):
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        header = int.from_bytes(whole[:8], "little") + 8
        place = data.draw(st.integers(0, header) | st.integers(0, len(damaged) - 1))
        damaged[place] = data.draw(st.integers(0, 255))
    scratch.write_bytes(bytes(damaged))
    try:
        found = load(scratch)
    except DataError as error:
        assert "\n" not in str(error)  # noqa: PT017 - both outcomes are right
    else:
        assert all(np.isfinite(p).all() for p in found.parameters.values())


def rewritten(whole, scratch, tensors=None, drop=(), **metadata):
    """Return a good model with other tensors or metadata."""
    scratch.write_bytes(whole)
    kept = safetensors.numpy.load_file(scratch) | (tensors or {})
    header = json.loads(whole[8 : 8 + int.from_bytes(whole[:8], "little")])
    known = header["__metadata__"] | metadata
    return safetensors.numpy.save(
        {n: np.ascontiguousarray(t) for n, t in kept.items() if n not in drop},
        {n: v for n, v in known.items() if n not in drop},
    )


def training(whole, **changed):
    header = json.loads(whole[8 : 8 + int.from_bytes(whole[:8], "little")])
    return {
        "training": json.dumps(json.loads(header["__metadata__"]["training"]) | changed)
    }


NAN = np.full((4, 3), np.nan)

DAMAGES = {
    "newer format": (
        {"backlit_format": str(FORMAT + 1)},
        "was written by a newer backlit (format 2, this one reads up to 1); upgrade",
    ),
    "far newer format": ({"backlit_format": "9" * 40}, ""),
    "format 0": ({"backlit_format": "0"}, "is damaged"),
    "format in words": ({"backlit_format": "one"}, "is damaged"),
    "format in other digits": ({"backlit_format": "²"}, "is damaged"),
    "other tensors": (
        {"drop": ("backlit_format",)},
        "holds tensors, but is no backlit model",
    ),
    "no network": ({"drop": ("network",)}, "holds tensors, but is no backlit model"),
    "missing weight": (
        {"drop": ("dense1.weight",)},
        "is damaged: dense1.weight is missing, or not of the shape (4, 3)",
    ),
    "missing optimizer state": (
        {"drop": ("state.mean.dense2.weight",)},
        "is damaged: state.mean.dense2.weight is missing",
    ),
    "missing current": (
        {"drop": ("current.dense2.weight",)},
        "is damaged: current.dense2.weight is missing",
    ),
    "wrong shape": (
        {"tensors": {"dense1.weight": np.zeros((3, 4))}},
        "is damaged: dense1.weight is missing, or not of the shape (4, 3)",
    ),
    "wrong shape of state": (
        {"tensors": {"state.square_mean.dense1.weight": np.zeros(4)}},
        "is damaged: state.square_mean.dense1.weight is missing, or not of the shape",
    ),
    "not a number": (
        {"tensors": {"dense1.weight": NAN}},
        "is damaged: dense1.weight holds what is no finite number",
    ),
    "whole numbers": (
        {"tensors": {"dense1.weight": np.zeros((4, 3), int)}},
        "is damaged: dense1.weight holds what is no finite number",
    ),
    "network no JSON": ({"network": "{"}, "is damaged: "),
    "network of another kind": ({"network": "[]"}, "is damaged: "),
    "no layers": (
        {"network": '{"network": {"inputs": 3}, "layer": []}'},
        "is damaged: [network]: a network needs at least one layer",
    ),
    "unknown activation": (
        {
            "network": '{"network": {"inputs": 3}, "layer": '
            '[{"units": 4, "activation": "sine"}]}'
        },
        "is damaged: [[layer]] 1: unknown activation 'sine'",
    ),
    "training no JSON": ({"training": "no"}, "is damaged: "),
    "unknown field": ({"training": '{"magic": 1}'}, "is damaged: "),
    "deep": ({"training": "[" * 100_000}, "is damaged: "),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damaged_content_is_told_in_one_line(whole, scratch, name):
    change, message = DAMAGES[name]
    assert message in refusal(scratch, rewritten(whole, scratch, **change))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"step": -1}, "`$.step`"),
        ({"epoch": 1.5}, "`$.epoch`"),
        ({"rows": [{"loss": "low"}]}, "`$.rows[0][...]`"),
        ({"best_score": "low"}, "`$.best_score`"),
        ({"options": {}}, "`$.options`"),
    ],
)
def test_damaged_counters_are_told_in_one_line(whole, scratch, changed, message):
    data = rewritten(whole, scratch, **training(whole, **changed))
    found = refusal(scratch, data)
    assert "is damaged: " in found
    assert message in found


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("optimizer", {"kind": "Lion"}, "unknown kind 'Lion' of optimizer or schedule"),
        ("optimizer", {"kind": "SGD", "rate": 1}, "SGD: "),
        ("optimizer", {"kind": "Constant", "initial": 1}, "is needed, or its name"),
        ("batch_size", 0, "`$.options.batch_size`"),
        ("seed", -1, "`$.options.seed`"),
        ("dtype", "float16", "`$.options.dtype`"),
        ("samples", 0, "`$.options.samples`"),
    ],
)
def test_damaged_options_are_told_in_one_line(whole, scratch, option, value, message):
    header = json.loads(whole[8 : 8 + int.from_bytes(whole[:8], "little")])
    options = json.loads(header["__metadata__"]["training"])["options"]
    data = rewritten(
        whole, scratch, **training(whole, options=options | {option: value})
    )
    found = refusal(scratch, data)
    assert "is damaged: " in found
    assert message in found


def raw(header, content=b""):
    """Return a safetensors file by hand, for what the library would not write."""
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + content


@pytest.mark.parametrize(
    "data",
    [
        raw({}),
        raw({"__metadata__": {}}),
        raw({"__metadata__": None}),
        raw({"__metadata__": {"format": "pt"}}),
        raw({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}, b"1234"),
        raw({"w": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}, b"1234"),
        raw({"w": {"dtype": "F8_E4M3", "shape": [4], "data_offsets": [0, 4]}}, b"1234"),
        raw({"w": {"dtype": "F32", "shape": [9], "data_offsets": [0, 4]}}, b"1234"),
        raw([]),
        b"\xff" * 8 + b"{}",
        b"\0" * 100,
        b"PK\x03\x04" + b"\0" * 50,
        b"\x80\x04\x95" + b"\0" * 50,
        b"[network]\ninputs = 2\n[[layer]]\nunits = 1\n",
    ],
)
def test_files_of_other_kinds_are_refused(scratch, data):
    message = refusal(scratch, data)
    assert "is no model, or was cut off" in message or "is no backlit model" in message


def test_missing_file_and_directory_are_refused(tmp_path):
    with pytest.raises(DataError, match="there is no such file; a model"):
        load(tmp_path / "no.safetensors")
    with pytest.raises(DataError, match="is a directory; a model"):
        load(tmp_path)


# Saving that fails


def test_full_disk_leaves_the_old_model_unharmed(tmp_path, monkeypatch, whole):
    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = tmp_path / "m.safetensors"
    path.write_bytes(whole)
    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(DataError, match="was not written: No space left on device"):
        save(path, model())
    assert path.read_bytes() == whole
    assert list(tmp_path.iterdir()) == [path]


def test_format_is_one_that_this_version_reads():
    assert checkpoint.FORMAT == 1
