"""What settings may be chosen from is what a spec takes."""

import pytest

from backlit.network.file import LayerTable, NetworkTable
from backlit.studio.choices import choices
from backlit.studio.spec import DataTable, Spec, checked

ALL = choices()


def taken(**fields):
    layer = {"units": 2} | {k: fields.pop(k) for k in ("activation",) if k in fields}
    layer |= {k: fields.pop(k) for k in ("initialiser",) if k in fields}
    loss = fields.pop("loss", "mse")
    data = fields.pop("data", DataTable("xor"))
    return checked(
        Spec(NetworkTable(2, loss), [LayerTable(**layer)], data=data, **fields)
    )


@pytest.mark.parametrize("name", ALL.activations)
def test_every_activation_is_taken(name):
    assert taken(activation=name).architecture.layers[0].activation == name


@pytest.mark.parametrize("name", ALL.losses)
def test_every_loss_is_taken_and_says_what_it_is(name):
    assert taken(loss=name).architecture.loss == name
    assert ALL.losses[name].endswith(".")


@pytest.mark.parametrize("kind", ALL.optimizers)
def test_every_optimizer_is_taken_with_its_options(kind):
    options = ALL.optimizers[kind]
    assert "learning_rate" not in options
    rule = taken(optimizer={"kind": kind, **options}).update
    assert {name: getattr(rule, name) for name in options} == options


@pytest.mark.parametrize("name", ALL.initialisers)
def test_every_initialiser_is_taken(name):
    assert taken(initialiser=name).architecture.layers[0].initialiser.kind == name


def test_only_generated_sets_take_samples_and_noise():
    assert ALL.datasets["spirals"]
    assert not ALL.datasets["iris"]
    assert sorted(ALL.gates) == ["and", "or", "xor"]
    assert ALL.activations[0] == "linear"
