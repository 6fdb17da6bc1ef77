"""Specs: what is read is checked, and comes back as it was written."""

import msgspec
import pytest

from backlit.errors import NetworkError, OptionError
from backlit.network.file import LayerTable, NetworkTable, SampleTable
from backlit.studio.spec import LESSON, MOST_SAMPLES, DataTable, Spec, checked, read


def spec(**fields):
    given = {
        "network": NetworkTable(2),
        "layer": [LayerTable(1)],
        "data": DataTable("spirals"),
    }
    return Spec(**given | fields)


@pytest.mark.parametrize(
    "written",
    [
        LESSON,
        spec(),
        spec(
            data=DataTable("t", csv="a,b\n1,2\n", target="b", seed=3, test=0.5),
            optimizer={"kind": "Adam", "beta1": 0.8},
            batch_size=7,
            shuffle=False,
        ),
        spec(data=DataTable("spirals", samples=50, noise=0.0)),
        spec(data=None, sample=SampleTable([[1, 2], [3, 4]], [[0], [1]])),
    ],
)
def test_a_spec_comes_back_as_it_was_written(written):
    assert read(msgspec.json.encode(written)) == written


def test_what_is_usual_is_not_written():
    assert msgspec.json.decode(msgspec.json.encode(spec())) == {
        "network": {"inputs": 2},
        "layer": [{"units": 1}],
        "data": {"name": "spirals"},
        "optimizer": {"kind": "SGD"},
    }


def test_the_optimizer_has_the_networks_learning_rate():
    adam = spec(network=NetworkTable(2, learning_rate=0.25), optimizer={"kind": "Adam"})
    assert adam.update.learning_rate == 0.25
    assert type(adam.update).__name__ == "Adam"


def test_the_lesson_is_the_neuron_of_the_readme():
    assert LESSON.architecture.shapes == {"dense1.weight": (1, 2), "dense1.bias": (1,)}
    assert LESSON.layer[0].weight == [[0.4, -0.6]]


@pytest.mark.parametrize(
    ("fields", "error", "said"),
    [
        ({"data": None}, NetworkError, "there is nothing to learn"),
        ({"layer": []}, NetworkError, "at least one layer"),
        ({"layer": [LayerTable(0)]}, NetworkError, "units=0"),
        ({"batch_size": 0}, OptionError, "batch_size=0"),
        ({"network": NetworkTable(2, seed=-1)}, OptionError, "seed=-1"),
        ({"network": NetworkTable(2, learning_rate=-1)}, OptionError, "learning_rate"),
        ({"network": NetworkTable(2, loss="mes")}, NetworkError, "did you mean 'mse'"),
        ({"optimizer": {"kind": "Adma"}}, OptionError, "unknown kind 'Adma'"),
        ({"optimizer": {"kind": "SGD", "x": 1}}, OptionError, "x"),
        ({"data": DataTable("xor", noise=-1.0)}, OptionError, "noise=-1.0"),
        ({"data": DataTable("xor", test=1.0)}, OptionError, "test=1.0"),
        ({"data": DataTable("xor", seed=-2)}, OptionError, "seed=-2"),
        (
            {"data": DataTable("t", csv="a,b\n1,2", samples=9)},
            OptionError,
            "not for CSV",
        ),
        (
            {"data": DataTable("xor", samples=MOST_SAMPLES + 1)},
            OptionError,
            "a page takes at most 100000",
        ),
    ],
)
def test_what_does_not_make_sense_is_refused(fields, error, said):
    with pytest.raises(error, match=said):
        checked(spec(**fields))


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", '{"network":{"inputs":2},"layer":[{}]}', b"\xff", "[" * 9999],
)
def test_what_is_no_spec_is_refused_in_one_line(text):
    with pytest.raises(NetworkError, match="the studio's state cannot be read") as told:
        read(text)
    assert "\n" not in str(told.value)
