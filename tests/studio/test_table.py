"""The samples of a studio are those that `backlit train` would learn from."""

import msgspec
import numpy as np
import pytest

from backlit.errors import DataError, NetworkError
from backlit.network.file import LayerTable, NetworkTable, SampleTable
from backlit.studio.spec import LESSON, DataTable, Spec
from backlit.studio.table import prepared_table, samples_of
from backlit.train import datasets
from backlit.train.preparation import prepare

CSV = "size,kind,price\n" + "".join(
    f"{n},{'ab'[n % 2]},{2 * n + n % 2}\n" for n in range(30)
)


def spec(data, inputs, units=1, loss="mse"):
    return Spec(NetworkTable(inputs, loss), [LayerTable(units)], data=data)


def arrays(table, inputs, outputs):
    x, t = (np.frombuffer(part, "<f8") for part in (table.x, table.t))
    return x.reshape(table.rows, inputs), t.reshape(table.rows, outputs)


def test_a_sample_written_out_is_its_own_table():
    table = samples_of(LESSON)
    x, t = arrays(table, 2, 1)
    assert (x.tolist(), t.tolist()) == ([[0.5, 0.8]], [[1.0]])
    assert (table.inputs, table.target, table.rows, table.test) == (
        ("x1", "x2"),
        "t",
        1,
        0,
    )


def test_several_samples_are_rows():
    several = SampleTable([[1, 2], [3, 4], [5, 6]], [[0], [1], [0]])
    table = samples_of(Spec(NetworkTable(2), [LayerTable(1)], several))
    assert arrays(table, 2, 1)[0].tolist() == [[1, 2], [3, 4], [5, 6]]


def test_samples_that_do_not_fit_the_network_are_refused():
    with pytest.raises(NetworkError, match=r"\[sample\] x has 3 numbers"):
        samples_of(Spec(NetworkTable(2), [LayerTable(1)], SampleTable([1, 2, 3], [1])))


def test_a_data_set_is_prepared_as_for_training_with_test_rows_last():
    frame = datasets.frame(datasets.load("spirals", samples=100, seed=3))
    ready = prepare(frame, seed=3)
    table = samples_of(spec(DataTable("spirals", samples=100, seed=3), 2))
    x, t = arrays(table, 2, 1)
    order = [*ready.train_rows, *ready.test_rows]
    assert (table.rows, table.test) == (100, 20)
    np.testing.assert_array_equal(x, ready.preparation.features(frame)[order])
    np.testing.assert_array_equal(t[:, 0], ready.preparation.targets(frame)[order])
    assert table.classes == ("first", "second")


def test_classes_have_an_output_each_where_the_error_needs_it():
    table = samples_of(spec(DataTable("iris"), 4, 3, "cross_entropy"))
    _, t = arrays(table, 4, 3)
    assert (t.sum(axis=1) == 1).all()
    assert len(table.classes) == 3


def test_csv_is_a_table_with_names_and_an_account_of_what_was_done():
    table = samples_of(spec(DataTable("prices", csv=CSV, test=0.0), 3))
    assert (table.name, table.target, table.test) == ("prices", "price", 0)
    assert table.inputs == ("size", "kind = a", "kind = b")
    assert any("kind" in sentence for sentence in table.said)


def test_another_target_and_task_may_be_asked_for():
    prepared = prepared_table(DataTable("t", csv=CSV, target="kind"))
    assert prepared.preparation.classes == ("a", "b")


def test_a_network_with_another_number_of_inputs_is_refused():
    with pytest.raises(DataError, match="iris has 4 inputs, the network 2"):
        samples_of(spec(DataTable("iris"), 2))


def test_network_of_more_outputs_than_there_are_classes_is_refused():
    with pytest.raises(DataError, match="xor has 2 classes, the network 3 outputs"):
        samples_of(spec(DataTable("xor"), 2, units=3))
    assert samples_of(spec(DataTable("xor"), 2, units=2)).rows == 4


def test_a_table_is_prepared_once():
    data = DataTable("moons", samples=40)
    assert prepared_table(data) is prepared_table(msgspec.structs.replace(data))


def test_csv_with_holes_is_filled_and_says_so():
    table = samples_of(spec(DataTable("t", csv=CSV.replace("\n3,", "\n,")), 4))
    assert np.isfinite(arrays(table, 4, 1)[0]).all()
    assert any("Missing values" in sentence for sentence in table.said)


@pytest.mark.parametrize("csv", ["a,b\n", "a\n1\n2\n", "a,b\n1,2\n3\n", "\x00"])
def test_csv_that_cannot_be_learnt_from_is_refused(csv):
    with pytest.raises(DataError):
        samples_of(spec(DataTable("t", csv=csv), 1))


def test_a_stored_preparation_counts_in_place_of_a_new_one():
    prepared = prepared_table(DataTable("t", csv=CSV, test=0.0))
    stored = msgspec.json.decode(prepared.preparation.to_json())
    few = "size,kind,price\n10,a,20\n11,b,23\n"
    data = DataTable("few", csv=few, target="price", preparation=stored)
    x, t = arrays(samples_of(spec(data, 3)), 3, 1)
    whole = samples_of(spec(DataTable("t", csv=CSV, test=0.0), 3))
    np.testing.assert_array_equal(x, arrays(whole, 3, 1)[0][10:12])
    np.testing.assert_array_equal(t, arrays(whole, 3, 1)[1][10:12])


def test_a_generated_set_has_enough_points_to_be_seen_unless_a_model_has_learnt_it():
    seen = DataTable("spirals", test=0.0)
    assert samples_of(spec(seen, 2)).rows == 500
    assert samples_of(spec(DataTable("xor"), 2)).rows == 4
    stored = msgspec.json.decode(prepared_table(seen).preparation.to_json())
    learnt = msgspec.structs.replace(seen, preparation=stored)
    assert samples_of(spec(learnt, 2)).rows == 200


@pytest.mark.parametrize(
    ("data", "noise"),
    [
        (DataTable("xor"), 0.0),
        (DataTable("xor", samples=40), 0.1),
        (DataTable("xor", noise=0.3), 0.3),
        (DataTable("spirals"), 0.1),
        (DataTable("spirals", noise=0.0), 0.0),
    ],
)
def test_the_noise_of_a_generated_set_is_told(data, noise):
    assert samples_of(spec(data, 2)).noise == noise


def test_a_damaged_preparation_is_refused():
    data = DataTable("t", csv=CSV, preparation={"columns": 3})
    with pytest.raises(DataError, match="not a stored preparation"):
        samples_of(spec(data, 3))
