"""A network follows its data, and stays what it was in all else."""

import pytest
from msgspec.json import encode
from msgspec.structs import replace

from backlit.errors import DataError, NetworkError
from backlit.network.file import LayerTable, NetworkTable
from backlit.studio.bundle import bundle
from backlit.studio.refit import as_wished, fitted, unfit
from backlit.studio.spec import LESSON, DataTable, Spec, read
from backlit.studio.table import samples_of

OWN = Spec(
    NetworkTable(2, "binary_cross_entropy_with_logits", 0.03, seed=5, l2=0.1),
    [LayerTable(3, activation="relu"), LayerTable(1)],
    data=DataTable("moons"),
    optimizer={"kind": "Adam"},
    batch_size=4,
)


def wished(data, fit="data", **changes):
    return as_wished(replace(OWN, data=data, fit=fit, **changes))


def test_spec_without_a_wish_stays_as_it_is():
    assert as_wished(OWN) is OWN


def test_inputs_outputs_and_error_follow_from_the_data():
    found = wished(DataTable("iris"))
    assert found.network.inputs == 4
    assert found.network.loss == "cross_entropy"
    assert [layer.units for layer in found.layer] == [3, 3]
    assert not found.fit


def test_seed_penalty_optimizer_and_batch_stay():
    found = wished(DataTable("diabetes"))
    assert found.network == replace(OWN.network, inputs=10, loss="mse")
    assert (found.optimizer, found.batch_size) == (OWN.optimizer, OWN.batch_size)


def test_network_of_a_sample_is_no_model_for_a_table():
    found = wished(DataTable("spirals"), sample=LESSON.sample, layer=LESSON.layer)
    assert len(found.layer) == 3


def test_given_weights_do_not_survive():
    layers = [OWN.layer[0], LayerTable(1, weight=[[1.0, 2.0, 3.0]], bias=[1.0])]
    assert wished(DataTable("circles"), layer=layers).layer[1].weight is None


def test_squares_are_kept_only_where_they_are_asked_for():
    network = replace(OWN.network, loss="mse")
    assert (
        wished(DataTable("circles"), network=network).network.loss == OWN.network.loss
    )
    asked = wished(DataTable("circles"), "error", network=network)
    assert asked.network.loss == "mse"


@pytest.mark.parametrize(
    ("loss", "units", "activation"),
    [
        ("cross_entropy", 2, "linear"),
        ("binary_cross_entropy", 1, "sigmoid"),
        ("hinge", 1, "linear"),
    ],
)
def test_outputs_are_those_that_an_error_is_taken_on(loss, units, activation):
    found = wished(OWN.data, "error", network=replace(OWN.network, loss=loss))
    assert found.network.loss == loss
    assert (found.layer[-1].units, found.layer[-1].activation) == (units, activation)
    assert bundle(found).table.rows == 500


def test_wish_may_come_with_a_network_that_is_none_yet():
    loss = replace(OWN.network, loss="cross_entropy")
    wish = replace(OWN, network=loss, fit="error")
    assert as_wished(read(encode(wish))).layer[-1].units == 2


@pytest.mark.parametrize(
    "lack", [{"data": None, "sample": LESSON.sample}, {"layer": []}]
)
def test_wish_without_a_table_or_layers_is_refused(lack):
    with pytest.raises(NetworkError, match="only a network with layers"):
        read(encode(replace(OWN, fit="data", **lack)))


def test_table_with_a_hole_in_its_target_is_refused_in_one_line():
    with pytest.raises(DataError) as found:
        fitted(DataTable("mine", csv="a,b\n1,2\n3,\n5,1\n", target="b"), OWN)
    assert "\n" not in str(found.value)


def test_errors_that_do_not_fit_have_reasons():
    assert unfit(OWN, samples_of(OWN)).keys() == {"mae", "huber"}
    reasons = unfit(LESSON, samples_of(LESSON))
    assert "cross_entropy" in reasons
    assert "mse" not in reasons
