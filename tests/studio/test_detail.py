"""What is shown once it is asked for, and what it depends on."""

import msgspec
import pytest
from msgspec.structs import replace

from backlit.errors import OptionError
from backlit.network.file import LayerTable, NetworkTable, SampleTable
from backlit.studio.bundle import bundle
from backlit.studio.detail import detail
from backlit.studio.limits import LAYERS
from backlit.studio.spec import LESSON, DataTable, Spec

MOONS = Spec(
    NetworkTable(2, "binary_cross_entropy_with_logits", 0.1),
    [LayerTable(6, activation="tanh"), LayerTable(1)],
    data=DataTable("moons"),
)


def network(**fields):
    return replace(MOONS, network=replace(MOONS.network, **fields))


def first(**fields):
    return replace(MOONS, layer=[replace(MOONS.layer[0], **fields), MOONS.layer[1]])


def written(spec):
    return msgspec.json.encode(detail(spec))


@pytest.mark.parametrize(
    "other",
    [
        network(learning_rate=0.7),
        network(seed=9),
        first(initialiser="normal"),
        first(bias=[0.1] * 6),
        replace(MOONS, data=DataTable("spirals", noise=0.3)),
        replace(MOONS, batch_size=7),
    ],
)
def test_what_the_key_leaves_out_changes_nothing(other):
    assert other.explained == MOONS.explained
    assert written(other) == written(MOONS)


@pytest.mark.parametrize(
    "other",
    [
        network(l2=0.1),
        network(loss="mse"),
        first(units=7),
        first(activation="relu"),
        first(freeze=["bias"]),
        replace(MOONS, optimizer={"kind": "SGD", "momentum": 0.9}),
        replace(MOONS, data=None, sample=SampleTable([1, 2], [1])),
    ],
)
def test_what_changes_the_detail_changes_the_key(other):
    assert written(other) != written(MOONS)
    assert other.explained != MOONS.explained


def test_a_bundle_has_the_key_of_its_network():
    assert bundle(LESSON).explained == LESSON.explained


def test_several_samples_written_out_are_a_batch():
    two = replace(LESSON, sample=SampleTable([[1, 2], [3, 4]], [[1], [0]]))
    assert (LESSON.batched, two.batched) == (False, True)
    assert detail(two).rules.batch.keys() > detail(LESSON).rules.batch.keys()


def test_a_network_that_is_too_large_is_refused():
    with pytest.raises(OptionError, match="65 layers"):
        detail(replace(MOONS, layer=[LayerTable(1)] * (LAYERS + 1)))
