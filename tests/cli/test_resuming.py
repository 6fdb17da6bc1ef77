import numpy as np
import pytest

import backlit as bl

PLAIN = ("--l2", "0")


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


@pytest.fixture
def half(run, people, folder):
    """Return a model that was trained for 4 epochs on `people.csv`."""
    run("train", people, *PLAIN, "--epochs", "4", "--quiet")
    return folder / "people.safetensors"


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--optimizer", "momentum", "--batch-size", "7", "--seed", "3"),
        ("--validation", "0.2", "--patience", "50", "--executor", "interpret"),
        ("--hidden", "8", "--activation", "tanh", "--l1", "0.01", "--test", "0.3"),
    ],
)
def test_resumed_run_is_the_whole_run_bit_for_bit(run, people, folder, options):
    start = ("train", people, *PLAIN, *options)
    run(*start, "--epochs", "9", "--out", "whole.safetensors")
    run(*start, "--epochs", "4", "--out", "part.safetensors")
    part = ("--resume", "part.safetensors", "--epochs", "9")
    done = run("train", people, *part, "--out", "rest.safetensors", "--json")
    assert (done.code, done.told["epochs"]) == (0, 9)
    assert same_models(folder / "whole.safetensors", folder / "rest.safetensors")


def test_generated_rows_are_made_again_as_they_were(run):
    run("train", "moons", "--samples", "60", "--noise", "0.2", "--epochs", "2", *PLAIN)
    on = ("--resume", "moons.safetensors", "--epochs", "4", "--json")
    assert run("train", "moons", *on).told["rows"]["training"] == 48


def test_resumed_model_is_saved_in_its_place(run, people, half):
    run("train", people, "--resume", half, "--epochs", "6")
    assert bl.load(half).training.epoch == 6


def test_options_of_the_model_count_and_it_is_said(run, people, half):
    options = ("--resume", half, "--epochs", "6", "--hidden", "3", "--seed", "9")
    done = run("train", people, *options)
    said = "backlit: --hidden, --seed: as it was, since the model is taken up again\n"
    assert (done.code, done.err) == (0, said)
    assert bl.load(half).architecture.layers[0].units == 32


def test_nothing_left_to_do_is_wrong_usage(fails, people, half):
    message = fails(2, "train", people, "--resume", half)
    assert message.endswith(
        "has had 4 epochs; to go on, give more in all, as in --epochs 8"
    )


def test_run_that_stopped_early_needs_more_patience(run, fails, people):
    options = ("--validation", "0.3", "--patience", "1", "--learning-rate", "0.1")
    run("train", people, *PLAIN, *options, "--quiet")
    again = ("--resume", "people.safetensors")
    message = fails(2, "train", people, *again)
    assert "stopped early, after 1 epochs without improvement" in message
    patient = run("train", people, *again, "--patience", "3", "--json")
    assert patient.code == 0


@pytest.mark.parametrize("change", ["1,7", "yes"])
def test_other_rows_are_refused_and_the_model_stays(fails, people, half, change):
    before = half.read_bytes()
    others = {"1,7": "1,9", "yes": "no"}
    people.write_text(people.read_text().replace(change, others[change], 1))
    message = fails(1, "train", people, "--resume", half, "--epochs", "9")
    assert "does not hold the rows that" in message
    assert half.read_bytes() == before


def test_other_table_is_refused(fails, half):
    message = fails(1, "train", "iris", "--resume", half, "--epochs", "9")
    assert message.startswith("iris: the table has no columns 'height', 'born'")


def test_model_that_was_not_trained_on_a_table_is_refused(fails, folder):
    net = bl.Network(2, [bl.Dense(1)])
    net.fit(np.eye(2), [0.0, 1.0], epochs=1)
    net.save(folder / "bare.safetensors")
    message = fails(1, "train", "iris", "--resume", "bare.safetensors")
    assert message.startswith("bare.safetensors was not written by backlit train")


def test_damaged_note_is_one_line(fails, people, half):
    half.write_bytes(half.read_bytes().replace(rb"\"patience\"", rb"\"patients\""))
    message = fails(1, "train", people, "--resume", half, "--epochs", "9")
    assert "note on its run is damaged" in message
