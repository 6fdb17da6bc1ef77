"""A bundle holds what a page needs, and refuses what a page cannot hold."""

import msgspec
import numpy as np
import pytest

from backlit import Network
from backlit.errors import OptionError
from backlit.network.architecture import activations
from backlit.network.file import LayerTable, NetworkTable, SampleTable
from backlit.studio.bundle import Stage, bundle, first_parameters, whole
from backlit.studio.limits import LAYERS
from backlit.studio.opening import opened
from backlit.studio.spec import LESSON, DataTable, Spec

SAMPLE = SampleTable([0.5, 0.8], [1.0])


def spec(*units, activation="tanh", **fields):
    layers = [LayerTable(n, activation=activation) for n in units]
    return Spec(NetworkTable(2), layers, **({"sample": SAMPLE} | fields))


def test_the_lessons_stages_are_the_operations_in_their_order():
    stages = [(s.phase, s.name) for s in bundle(LESSON).stages]
    assert stages == [
        ("forward", "dense1.sum"),
        ("forward", "dense1.output"),
        ("error", "E"),
        ("backward", "grad.dense1.output"),
        ("backward", "grad.dense1.sum"),
        ("backward", "grad.dense1.weight"),
        ("backward", "grad.dense1.bias"),
        ("update", "new.dense1.weight"),
        ("update", "new.dense1.bias"),
    ]


def test_every_stage_of_a_network_has_its_place_in_memory():
    made = bundle(opened("spirals"))
    assert {stage.name for stage in made.stages} <= made.layout.keys()
    phases = [stage.phase for stage in made.stages]
    order = ["forward", "error", "backward", "update"]
    assert phases == sorted(phases, key=order.index)
    assert Stage("backward", "grad.dense2.weight") in made.stages


def test_an_optimizer_with_state_has_its_state_updated_too():
    made = bundle(spec(1, optimizer={"kind": "Adam"}))
    updates = [s.name for s in made.stages if s.phase == "update"]
    assert {name.removeprefix("new.") for name in updates} >= set(made.state)
    assert len(made.state) == 4  # two arrays for weight and bias each


def test_what_is_frozen_is_not_updated():
    frozen = spec(1)
    frozen.layer[0].freeze = ["bias"]
    names = {stage.name for stage in bundle(frozen).stages}
    assert "new.dense1.weight" in names
    assert "new.dense1.bias" not in names


def test_first_parameters_are_the_given_ones_and_else_the_seeds():
    given = spec(3, 1)
    given.network.seed = 7
    given.layer[1].bias = [0.25]
    found = first_parameters(given)
    other = Network(2, list(given.architecture.layers), seed=7).parameters
    np.testing.assert_array_equal(found["dense1.weight"], other["dense1.weight"])
    assert found["dense2.bias"].tolist() == [0.25]
    assert bundle(given).first["dense2.bias"] == [0.25]


@pytest.mark.parametrize("name", ["linear", *sorted(activations())])
def test_every_activation_can_be_bundled(name):
    made = bundle(spec(2, 1, activation=name))
    assert made.layout["dense1.output"]["shape"] == [256, 2]
    assert Stage("forward", "dense1.sum") in made.stages


def test_as_json_it_comes_back_whole():
    made = bundle(LESSON, {"step": 3})
    assert msgspec.json.decode(msgspec.json.encode(made))["session"] == {"step": 3}
    assert bundle(LESSON).session == {}
    assert made.wasm.startswith(b"\0asm")
    assert int(made.key) < 2**63


def test_a_batch_has_room_even_if_it_is_larger_than_a_block():
    assert bundle(spec(1)).size == 256
    assert bundle(spec(1, batch_size=300)).size == 300


@pytest.mark.parametrize(
    ("large", "said"),
    [
        (spec(100_000, 1), "400001 weights and biases"),
        (spec(*[1] * (LAYERS + 1)), "65 layers"),
        (spec(2**62, 1), "weights and biases"),
        (spec(20_000, 1), "MiB of memory"),
        (spec(1, batch_size=2**40), "use smaller layers or batches"),
    ],
)
def test_what_is_too_large_for_a_page_is_refused_in_one_line(large, said):
    with pytest.raises(OptionError, match=said) as told:
        bundle(large)
    assert "\n" not in str(told.value)


def test_a_small_networks_bundle_is_small():
    assert len(msgspec.json.encode(whole(bundle(LESSON)))) < 50_000
    made = bundle(opened("spirals"))
    assert len(made.wasm) < 50_000
    assert made.free < 2**20
    assert (made.spec.data, made.table.rows) == (DataTable("spirals"), 500)
