import pytest

from backlit.errors import OptionError
from backlit.ops.loss import LOSSES
from backlit.train import defaults


def test_batches_grow_with_the_table():
    sizes = [defaults.batch_size(rows) for rows in (4, 500, 5000, 20_000, 10**6)]
    assert sizes == [16, 32, 64, 128, 256]


def test_epochs_make_about_the_steps_within_limits():
    assert defaults.epochs(320, 16, steps=2000) == 100
    assert defaults.epochs(4, 16) == 1000
    assert defaults.epochs(10**6, 256) == 40


@pytest.mark.parametrize(
    ("classes", "usual"),
    [(0, "mse"), (2, "binary_cross_entropy_with_logits"), (3, "cross_entropy")],
)
def test_usual_loss_follows_from_the_classes(classes, usual):
    assert defaults.loss(None, classes) == usual


def test_every_loss_suits_some_target():
    assert set(defaults.KNOWN_LOSSES) == {loss.name for loss in LOSSES}


@pytest.mark.parametrize(
    ("loss", "classes"), [("mae", 2), ("hinge", 3), ("cross_entropy", 0)]
)
def test_loss_that_does_not_suit_the_target_is_refused(loss, classes):
    with pytest.raises(OptionError, match=f"--loss {loss} is not for a target of"):
        defaults.loss(loss, classes)


@pytest.mark.parametrize(
    ("loss", "classes", "units", "activation"),
    [
        ("mse", 0, 1, "linear"),
        ("mse", 2, 1, "sigmoid"),
        ("mse", 3, 3, "sigmoid"),
        ("hinge", 2, 1, "linear"),
        ("cross_entropy", 2, 2, "linear"),
        ("cross_entropy", 4, 4, "linear"),
        ("binary_cross_entropy", 2, 1, "sigmoid"),
        ("binary_cross_entropy_with_logits", 2, 1, "linear"),
    ],
)
def test_output_layer_is_what_the_loss_needs(loss, classes, units, activation):
    *hidden, output = defaults.layers([5, 3], "tanh", loss, classes)
    assert [(layer.units, layer.activation) for layer in hidden] == [
        (5, "tanh"),
        (3, "tanh"),
    ]
    assert (output.units, output.activation) == (units, activation)
