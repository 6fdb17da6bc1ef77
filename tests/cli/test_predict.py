import numpy as np
import polars as pl
import pytest

import backlit as bl

QUICK = ("--l2", "0", "--epochs", "3", "--quiet")


@pytest.fixture
def model(run, people):
    """Return a model trained on `people.csv`."""
    run("train", people, *QUICK)
    return "people.safetensors"


def rows(text):
    return pl.read_csv(text.encode(), infer_schema=False).rows()


def test_predictions_are_in_the_order_of_the_rows(run, people, model):
    done = run("predict", model, people)
    assert done.code == 0
    assert done.out.splitlines()[0] == "prediction"
    lines = people.read_text().splitlines()
    people.with_name("turned.csv").write_text("\n".join([lines[0], *lines[:0:-1]]))
    turned = run("predict", model, "turned.csv")
    assert rows(turned.out) == rows(done.out)[::-1]


def test_score_is_told_on_stderr_where_the_target_is_known(run, people, model):
    told = run("predict", model, people)
    said = [label for (label,) in rows(told.out)]
    right = sum(
        line.endswith(f";{label}")
        for line, label in zip(people.read_text().splitlines()[1:], said, strict=True)
    )
    assert told.err == f"On 60 rows that have 'paid': accuracy {right / 0.6:.1f} %.\n"


def test_rows_without_the_target_are_predicted_and_not_scored(run, people, model):
    lines = people.read_text().splitlines()
    new = people.with_name("new.csv")
    without = [line.rpartition(";")[0] for line in lines]
    new.write_text("\n".join(without))
    assert run("predict", model, new).err == ""
    new.write_text("\n".join([*lines[:50], *(f"{line};" for line in without[50:])]))
    assert run("predict", model, new).err.startswith("On 49 rows that have 'paid'")


def test_unknown_class_is_predicted_and_the_reason_for_no_score_told(
    run, people, model
):
    text = people.read_text().replace(";yes\n", ";perhaps\n")
    people.with_name("new.csv").write_text(text)
    done = run("predict", model, "new.csv")
    assert (done.code, len(rows(done.out))) == (0, 60)
    assert done.err.startswith("Not scored: target 'paid' has the class 'perhaps'")


def test_probabilities_sum_to_one_and_agree_with_the_prediction(run, people, model):
    done = run("predict", model, people, "--probabilities")
    head, *lines = done.out.splitlines()
    assert head == "prediction,probability no,probability yes"
    for line in lines:
        said, no, yes = line.split(",")
        assert float(no) + float(yes) == pytest.approx(1)
        assert said == ("yes" if float(yes) > 0.5 else "no")


def test_several_classes_have_a_probability_each(run):
    run("train", "iris", *QUICK)
    done = run("predict", "iris.safetensors", "iris", "--probabilities")
    table = pl.read_csv(done.out.encode())
    names = ["setosa", "versicolor", "virginica"]
    shares = table.select(f"probability {name}" for name in names).to_numpy()
    assert np.allclose(shares.sum(axis=1), 1)
    assert table["prediction"].to_list() == [names[n] for n in shares.argmax(axis=1)]


def test_numbers_are_in_the_units_of_the_table(run):
    run("train", "diabetes", "--l2", "0", "--epochs", "20", "--quiet")
    done = run("predict", "diabetes.safetensors", "diabetes")
    values = pl.read_csv(done.out.encode())["prediction"]
    assert 100 < values.mean() < 200
    assert "R² 0." in done.err


def test_keep_puts_predictions_beside_the_rows(run, people, model):
    done = run("predict", model, people, "--keep")
    names = ["name", "height", "born", "city", "member", "paid", "prediction"]
    assert done.out.splitlines()[0].split(",") == names


def test_out_writes_a_file_and_nothing_to_stdout(run, people, model, folder):
    shown = run("predict", model, people).out
    done = run("predict", model, people, "--out", "said.csv")
    assert done.out == ""
    assert (folder / "said.csv").read_text() == shown
    assert done.err.endswith("60 predictions in said.csv.\n")


def test_json_is_one_object(run, people, model):
    done = run("predict", model, people, "--json")
    assert (len(done.out.splitlines()), done.err) == (1, "")
    assert (done.told["rows"], done.told["out"]) == (60, None)
    assert set(done.told["columns"]["prediction"]) <= {"yes", "no"}
    assert 0 <= done.told["score"]["accuracy"] <= 1


def test_text_that_looks_like_numbers_is_read_as_it_was_learnt(run, folder):
    lines = [f"{'0107' if n % 2 else '1011'}{n % 3},{'ab'[n % 2]}" for n in range(40)]
    (folder / "codes.csv").write_text("\n".join(["code,y", *lines]))
    run("train", "codes.csv", *QUICK)
    (folder / "new.csv").write_text("code\n10110\n10111\n")  # alone they look so
    assert run("predict", "codes.safetensors", "new.csv").code == 0


# What goes wrong


def test_missing_column_is_named(fails, people, model):
    people.with_name("new.csv").write_text("name;height\nAnn;1,7\n")
    message = fails(1, "predict", model, "new.csv")
    assert message.startswith("new.csv: the table has no columns 'born', 'city'")


def test_bad_value_is_named_with_its_line(fails, people, model):
    text = people.read_text().replace(";1,7", ";tall", 1)
    people.with_name("new.csv").write_text(text)
    message = fails(1, "predict", model, "new.csv")
    assert message.startswith("new.csv: column 'height' needs a number, not the text")
    assert "(line " in message


def test_files_that_are_no_models_are_refused(fails, people, model, folder):
    whole = (folder / model).read_bytes()
    (folder / "cut.safetensors").write_bytes(whole[: len(whole) // 2])
    (folder / "newer.safetensors").write_bytes(
        whole.replace(b'"backlit_format":"1"', b'"backlit_format":"9"')
    )
    (folder / "other.safetensors").write_bytes(
        whole.replace(rb"\"columns\"", rb"\"pillars\"")
    )
    for name, message in {
        "people.csv": "people.csv is no model, or was cut off",
        "cut.safetensors": "cut.safetensors is no model, or was cut off",
        "newer.safetensors": "newer.safetensors was written by a newer backlit",
        "other.safetensors": "other.safetensors is damaged: ",
        "nowhere.safetensors": "nowhere.safetensors: there is no such file",
        ".": ". is a directory",
    }.items():
        assert fails(1, "predict", name, people).startswith(message)


def test_model_of_arrays_says_how_to_use_it(fails, folder, people):
    bl.Network(2, [bl.Dense(1)]).save(folder / "bare.safetensors")
    message = fails(1, "predict", "bare.safetensors", people)
    assert "trained on arrays" in message
    assert 'bl.load("bare.safetensors").predict(X)' in message


def test_what_is_read_is_not_replaced(fails, people, model):
    before = people.read_bytes()
    message = fails(2, "predict", model, people, "--out", people)
    assert "would replace what is read" in message
    assert people.read_bytes() == before


def test_numbers_have_no_probabilities(run, fails):
    run("train", "plane", *QUICK)
    message = fails(1, "predict", "plane.safetensors", "plane", "--probabilities")
    assert message.startswith("plane.safetensors gives no probabilities")


def test_column_that_is_there_already_is_not_replaced(fails, people, model):
    text = people.read_text().replace("name;", "prediction;", 1)
    people.with_name("new.csv").write_text(text)
    message = fails(1, "predict", model, "new.csv", "--keep")
    assert message.startswith("new.csv has a column 'prediction' already")
