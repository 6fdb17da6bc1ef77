import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import backlit as bl
from backlit.train.fit import fit as real_fit
from backlit.train.preparation import Preparation

QUICK = ("--l2", "0", "--epochs", "2")  # no trial runs


def same_models(a, b):
    a, b = bl.load(a), bl.load(b)
    return all(
        np.array_equal(mine[name], theirs[name])
        for mine, theirs in (
            (a.parameters, b.parameters),
            (a.training.parameters, b.training.parameters),
            (a.training.optimizer, b.training.optimizer),
        )
        for name in mine
    )


# What it does


def test_iris_without_options_gives_a_good_model(run, folder):
    done = run("train", "iris", "--json")
    assert done.code == 0
    assert done.told["model"] == "iris.safetensors"
    assert done.told["task"] == "classification"
    assert done.told["test_accuracy"] >= 0.9
    assert done.told["train_accuracy"] >= 0.95
    assert bl.load(folder / "iris.safetensors").architecture.inputs == 4


def test_json_is_one_line_and_nothing_else_is_on_stdout(run):
    done = run("train", "diabetes", *QUICK, "--json")
    assert len(done.out.splitlines()) == 1
    named = ("model", "task", "epochs", "loss", "train_r2", "test_r2", "seconds")
    assert tuple(done.told)[: len(named)] == named
    assert (done.told["task"], done.told["epochs"]) == ("regression", 2)
    assert done.err == ""


def test_what_was_done_is_told_with_a_baseline_and_the_next_command(run, people):
    done = run("train", people, *QUICK, "--metric", "macro_f1", "--metric", "roc_auc")
    told = done.out
    assert done.code == 0
    assert "60 rows, 48 to learn from, 12 to test on." in told
    assert "The target is 'paid', the last column." in told
    assert "One input for each value: city (Bern, Oslo, Rome, Italy)." in told
    assert "→ 32 relu → 32 relu → 1 linear" in told
    assert "always 'yes'" in told
    assert "macro f1" in told
    assert "ROC AUC" in told
    assert told.endswith("Next: backlit predict people.safetensors new.csv\n")


def test_quiet_says_nothing(run, folder):
    assert run("train", "iris", *QUICK, "--quiet") == (0, "", "")
    assert (folder / "iris.safetensors").exists()


def test_preparation_is_stored_in_the_model(run, people, folder):
    run("train", people, *QUICK)
    notes = bl.load(folder / "people.safetensors").notes
    stored = Preparation.from_json(notes["preparation"])
    assert stored.target.name == "paid"
    assert [c.name for c in stored.columns] == ["height", "born", "city", "member"]


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".parquet", ".npz"])
def test_kinds_of_files_give_the_same_model(run, folder, suffix):
    random = np.random.default_rng(0)
    X = random.normal(size=(50, 2))
    frame = pl.DataFrame({"x1": X[:, 0], "x2": X[:, 1], "y": X[:, 0] > 0})
    if suffix == ".npz":
        np.savez(folder / "data.npz", X=X, y=X[:, 0] > 0)
    elif suffix == ".parquet":
        frame.write_parquet(folder / "data.parquet")
    else:
        frame.write_csv(
            folder / f"data{suffix}", separator="\t" if suffix == ".tsv" else ","
        )
    told = run("train", f"data{suffix}", *QUICK, "--json").told
    assert told["rows"] == {"training": 40, "validation": 0, "test": 10}
    assert told["loss"] == pytest.approx(0.4858, abs=0.1)


def test_small_table_is_for_training_alone_and_says_so(run):
    done = run("train", "xor", "--json")
    assert done.told["train_accuracy"] == 1.0
    assert done.told["test_accuracy"] is None
    assert done.told["rows"]["test"] == 0
    assert "4 to learn from, none to test on." in run("train", "xor", *QUICK).out


def test_r2_is_on_the_scale_of_the_table(run, folder):
    x = np.linspace(0, 1, 100)
    frame = pl.DataFrame({"x": x, "y": 1e6 + 1000 * x})
    frame.write_csv(folder / "line.csv")
    told = run("train", "line.csv", "--hidden", "none", "--l2", "0", "--json").told
    assert told["test_r2"] > 0.99
    assert 0 < told["parts"]["test"]["mae"] < 100


@pytest.mark.parametrize(
    ("loss", "outputs"),
    [("binary_cross_entropy", 1), ("cross_entropy", 2), ("hinge", 1), ("mse", 1)],
)
def test_two_classes_can_be_learnt_with_several_losses(run, folder, loss, outputs):
    options = ("--loss", loss, "--l2", "0", "--epochs", "30", "--json")
    told = run("train", "gaussians", *options).told
    assert told["train_accuracy"] > 0.95
    architecture = bl.load(folder / "gaussians.safetensors").architecture
    assert (architecture.loss, architecture.outputs) == (loss, outputs)


def test_generated_sets_take_samples_and_noise(run):
    told = run("train", "moons", "--samples", "40", *QUICK, "--json").told
    assert sum(told["rows"].values()) == 40


def test_seed_decides_the_run(run, folder):
    for out, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        run("train", "iris", *QUICK, "--seed", seed, "--out", f"{out}.safetensors")
    assert same_models(folder / "a.safetensors", folder / "b.safetensors")
    assert not same_models(folder / "a.safetensors", folder / "c.safetensors")


def test_validation_and_patience_keep_the_best(run):
    options = ("--validation", "0.25", "--patience", "3", "--l2", "0", "--json")
    told = run("train", "diabetes", *options).told
    assert told["stopped"] == "early stopping"
    assert told["best_epoch"] == told["epochs"] - 3
    assert set(told["parts"]) == {"training", "validation", "test"}


def test_plot_is_a_picture_of_the_run(run, folder):
    assert run("train", "iris", *QUICK, "--plot", "iris.svg").code == 0
    assert (folder / "iris.svg").read_text().startswith("<svg")


def test_figures_that_are_not_defined_are_null(run, folder):
    rows = "".join(f"{n},{'yes' if n == 5 else 'no'}\n" for n in range(40))
    (folder / "rare.csv").write_text("x,y\n" + rows)
    told = run("train", "rare.csv", *QUICK, "--metric", "roc_auc", "--json").told
    assert told["parts"]["test"]["roc_auc"] is None  # no "yes" among the test rows


def test_model_replaces_a_model_and_says_so(run):
    run("train", "iris", *QUICK)
    again = run("train", "iris", *QUICK)
    assert "Saved as iris.safetensors, in place of the model" in again.out


# What goes wrong


def damage(folder):
    """Write tables that cannot be learnt from."""
    random = np.random.default_rng(0)
    X, y = random.normal(size=(30, 3)), np.arange(30) % 2
    np.savez(folder / "deep.npz", X=X[:, :, None], y=y)
    np.savez(folder / "long.npz", X=X, y=y[:20])
    bad = X.copy()
    bad[4, 1] = np.inf
    np.savez(folder / "inf.npz", X=bad, y=y)
    rows = [f"{n},{n % 7},{'uv'[n % 2]}" for n in range(30)]
    tables = {
        "text": [*rows[:17], "17,abc,u", *rows[18:]],
        "hole": [*rows[:7], "7,0,", *rows[8:]],
        "ragged": [*rows[:7], "7,0", *rows[8:]],
        "one": [row[:-1] + "u" for row in rows],
        "zero": [],
    }
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(["a,b,y", *lines]) + "\n")
    (folder / "empty.csv").touch()
    (folder / "folder.csv").mkdir()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("deep.npz", "deep.npz: X has shape (30, 3, 1)"),
        ("long.npz", "long.npz: y has shape (20,), X has 30 rows"),
        ("inf.npz", "inf.npz: column 'x2' holds inf in row 5"),
        ("text.csv", "text.csv: column 'b' has 'abc' among its numbers in row 18"),
        ("hole.csv", "hole.csv: target 'y' is missing in 1 of 30 rows, first in row 8"),
        ("ragged.csv", "ragged.csv, line 9: 2 fields, where the first line has 3"),
        ("one.csv", "one.csv: target 'y' has one class only: 'u' in all 30 rows"),
        ("zero.csv", "zero.csv has a header line and no rows"),
        ("empty.csv", "empty.csv is empty"),
        ("folder.csv", "folder.csv is a directory"),
        ("nowhere.csv", "nowhere.csv does not exist"),
        ("irsi", "there is neither a file irsi nor a data set of that name; did you"),
        ("iris --target colour", "iris: the table has no column 'colour'"),
        ("iris --out nowhere/m.safetensors", "nowhere/m.safetensors: the folder"),
        ("iris --out folder.csv", "folder.csv is a directory"),
        ("iris --out text.csv", "text.csv exists and is no model"),
        ("iris --resume text.csv", "text.csv is no model, or was cut off"),
        ("iris --resume nowhere", "nowhere: there is no such file"),
    ],
)
def test_what_cannot_be_done_fails_in_one_line(fails, folder, arguments, message):
    damage(folder)
    assert fails(1, "train", *arguments.split()).startswith(message)
    assert not list(folder.glob("*.safetensors"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--activation rellu", "unknown activation 'rellu'; did you mean 'relu'?"),
        ("--learning-rate -1", "--learning-rate -1.0; it must be a positive number"),
        ("--learning-rate nan", "--learning-rate nan; it must be"),
        ("--learning-rate fast", "invalid value for '--learning-rate'"),
        ("--optimizer adma", "unknown optimizer 'adma'; did you mean 'adam'?"),
        ("--hidden 16,,16", "--hidden '16,,16'; the neurons of each layer"),
        ("--hidden 0", "--hidden '0'; the neurons of each layer"),
        ("--epochs 0", "--epochs 0; it must be a whole number"),
        ("--batch-size 0", "--batch-size 0; it must be"),
        ("--patience 0", "--patience 0; it must be"),
        ("--threads 0", "--threads 0; it must be"),
        ("--seed -1", "--seed -1; it must be"),
        ("--l2 -1", "--l2 -1.0; it must be 0 or a positive number"),
        ("--clip-norm 0", "--clip-norm 0.0; it must be a positive number"),
        ("--test 1", "--test 1.0; it must be at least 0 and below 1"),
        ("--validation 2", "--validation 2.0; it must be at least 0 and below 1"),
        ("--validation 0.001", "--validation 0.001 of 120 rows holds out none"),
        ("--loss hubber", "unknown loss 'hubber'; did you mean 'huber'?"),
        ("--loss mae", "--loss mae is not for a target of 3 classes"),
        ("--loss hinge", "--loss hinge is not for a target of 3 classes"),
        ("--metric r2", "metric 'r2' is for regression, not for classification"),
        ("--task sorting", "unknown task 'sorting'"),
        ("--executor gpu", "unknown executor 'gpu'"),
        ("--samples 9", "iris is measured data: samples and noise are for generated"),
        ("--plot iris.png", "--plot iris.png; the picture is an SVG"),
        ("--out iris.toml", "--out iris.toml; a model's name ends in .safetensors"),
        ("--colour red", "no such option: --colour"),
        ("--epochs", "option '--epochs' requires an argument"),
    ],
)
def test_wrong_options_are_wrong_usage(fails, folder, arguments, message):
    assert fails(2, "train", "iris", *arguments.split()).startswith(message)
    assert not list(folder.iterdir())


def test_samples_are_not_for_files(fails, people):
    message = fails(2, "train", people, "--samples", "9")
    assert message.startswith(f"{people} is a file; --samples and --noise are for")


def test_missing_data_is_wrong_usage(fails):
    assert fails(2, "train") == "missing argument 'DATA' (see backlit train --help)"


def test_full_disk_fails_in_one_line_and_the_old_model_stays(
    fails, run, folder, monkeypatch
):
    run("train", "iris", *QUICK)
    before = (folder / "iris.safetensors").read_bytes()

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    message = fails(1, "train", "iris", *QUICK, "--seed", "1", "--json")
    assert message == "iris.safetensors was not written: No space left on device"
    assert [path.name for path in folder.iterdir()] == ["iris.safetensors"]
    assert (folder / "iris.safetensors").read_bytes() == before


def test_folder_that_may_not_be_written_is_told_before_training(fails, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    message = fails(1, "train", "iris")
    assert message == "iris.safetensors: no permission to write it"


def test_value_that_is_not_finite_is_named_with_its_row(fails, folder):
    wild = ("--learning-rate", "1e30", "--l2", "0", "--json", "--epochs", "5")
    first = fails(1, "train", "diabetes", *wild)
    assert " for row " in first
    assert "--clip-norm 1" in first
    assert first.endswith("what was learnt before is saved as diabetes.safetensors")
    before = (folder / "diabetes.safetensors").read_bytes()
    again = fails(1, "train", "diabetes", *wild)
    assert again.endswith("diabetes.safetensors is as it was")
    assert (folder / "diabetes.safetensors").read_bytes() == before


def test_value_that_is_not_finite_in_a_trial_saves_nothing(fails, folder):
    message = fails(1, "train", "diabetes", "--learning-rate", "1e30")
    assert message.startswith("in a trial run, ")
    assert "sample" not in message
    assert not list(folder.iterdir())


# Ctrl-C


def interrupting(monkeypatch, epoch):
    """Let Ctrl-C come at the end of an epoch."""

    def fit(architecture, state, data, plan, validation=None):
        def press(state):
            if state.epoch == epoch:
                raise KeyboardInterrupt

        watched = {**vars(plan), "callbacks": (press,)}
        real_fit(architecture, state, data, type(plan)(**watched), validation)

    monkeypatch.setattr("backlit.model.fit", fit)


def test_interrupted_training_is_saved_and_goes_on_bit_for_bit(
    run, folder, monkeypatch
):
    options = ("--l2", "0", "--epochs", "9")
    with monkeypatch.context() as pressed:
        interrupting(pressed, 4)
        done = run("train", "wine", *options)
    assert done.code == 130
    assert "Interrupted after 4 of 9 epochs" in done.out
    assert "To go on: backlit train wine --resume wine.safetensors\n" in done.out
    went_on = run("train", "wine", "--resume", "wine.safetensors", "--json")
    assert went_on.told["epochs"] == 9
    run("train", "wine", *options, "--out", "whole.safetensors")
    assert same_models(folder / "wine.safetensors", folder / "whole.safetensors")


def test_interrupted_json_says_so(run, monkeypatch):
    interrupting(monkeypatch, 1)
    done = run("train", "wine", *QUICK, "--json")
    assert (done.code, done.told["stopped"]) == (130, "interrupted")


def test_ctrl_c_before_anything_is_learnt_saves_nothing(fails, folder, monkeypatch):
    def fit(*given):
        given[1].history.stopped = "interrupted"

    monkeypatch.setattr("backlit.model.fit", fit)
    assert fails(130, "train", "wine", "--quiet") == "interrupted"
    assert not list(folder.iterdir())


# As a program


def test_ctrl_c_of_a_person_saves_what_was_learnt(folder):
    long = ["--l2", "0", "--epochs", "1000000", "--executor", "interpret"]
    command = [sys.executable, "-m", "backlit", "train", "wine", *long]
    with subprocess.Popen(  # noqa: S603 - written here
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        text=True,
    ) as running:
        while not running.stdout.readline().startswith("Training: "):
            assert running.poll() is None
        time.sleep(1)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=20)
    assert (running.returncode, err) == (130, "")
    assert "To go on: backlit train wine --resume wine.safetensors" in out
    learnt = bl.load(folder / "wine.safetensors").training
    assert learnt.history.stopped == "interrupted"
    assert learnt.step > 0


def test_progress_is_shown_on_a_terminal_and_only_there(folder):
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "backlit", "train", "iris", *QUICK, "--json"]
    done = subprocess.run(  # noqa: S603 - as above
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
        check=True,
    )
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert len(done.stdout.splitlines()) == 1
    assert "2/2" in shown
    assert "epochs/s" in shown


def test_it_runs_as_a_module_from_another_folder(folder):
    command = [sys.executable, "-m", "backlit", "train", "iris", *QUICK, "--json"]
    done = subprocess.run(  # noqa: S603 - written here
        command, cwd=folder, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)["epochs"] == 2
    assert done.stderr == ""
    assert Path(folder, "iris.safetensors").exists()
