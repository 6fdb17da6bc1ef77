from math import sqrt

import numpy as np
import pytest

from backlit.errors import OptionError
from backlit.network.initialise import KINDS, RECTIFIERS, Initialiser, usual

OUT, IN = 400, 600  # 240,000 weights: a deviation is known to about 0.15 %

# kind -> (distribution, standard deviation by the paper's formula)
BY_HAND = {
    "glorot_normal": ("normal", sqrt(2 / (IN + OUT))),
    "glorot_uniform": ("uniform", sqrt(6 / (IN + OUT)) / sqrt(3)),
    "he_normal": ("normal", sqrt(2 / IN)),
    "he_uniform": ("uniform", sqrt(6 / IN) / sqrt(3)),
    "lecun_normal": ("normal", sqrt(1 / IN)),
    "lecun_uniform": ("uniform", sqrt(3 / IN) / sqrt(3)),
    "normal": ("normal", 1.0),
    "uniform": ("uniform", 1 / sqrt(3)),
}
KURTOSIS = {"normal": 3.0, "uniform": 1.8}


def test_every_random_kind_has_its_formula_here():
    assert set(BY_HAND) == set(KINDS) - {"constant", "zeros"}


@pytest.mark.parametrize("kind", BY_HAND)
@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_weights_have_the_mean_the_spread_and_the_form_of_their_kind(kind, scale):
    distribution, deviation = BY_HAND[kind]
    w = Initialiser(kind, scale).draw((OUT, IN), 3, "dense1.weight")
    assert (w.shape, w.dtype) == ((OUT, IN), np.dtype("f8"))
    assert w.std() == pytest.approx(scale * deviation, rel=0.01)
    assert abs(w.mean()) < 0.01 * scale * deviation
    z = (w - w.mean()) / w.std()
    assert (z**3).mean() == pytest.approx(0, abs=0.03)
    assert (z**4).mean() == pytest.approx(KURTOSIS[distribution], rel=0.03)
    if distribution == "uniform":
        assert np.abs(w).max() <= scale * deviation * sqrt(3)
        assert np.abs(w).max() == pytest.approx(scale * deviation * sqrt(3), rel=1e-3)


@pytest.mark.parametrize("kind", BY_HAND)
def test_neither_rows_nor_columns_of_weights_depend_on_each_other(kind):
    w = Initialiser(kind).draw((40, 2000), 0, "w")
    across = np.corrcoef(w) - np.eye(40)
    assert np.abs(across).max() < 0.12  # 780 pairs of 2000: 5 standard errors
    assert abs(np.corrcoef(w[:, :-1].ravel(), w[:, 1:].ravel())[0, 1]) < 0.02


def test_constants_are_what_they_are_called():
    assert (Initialiser("zeros").draw((2, 3), 0, "w") == np.zeros((2, 3))).all()
    assert (Initialiser("constant", -2).draw((3,), 0, "b") == np.full(3, -2.0)).all()


def test_same_seed_and_name_same_weights_else_others():
    draw = Initialiser("normal").draw
    first = draw((4, 5), 7, "dense1.weight")
    assert (first == draw((4, 5), 7, "dense1.weight")).all()
    for other in (draw((4, 5), 8, "dense1.weight"), draw((4, 5), 7, "dense2.weight")):
        assert not np.intersect1d(first, other).size


def test_suits_rectifiers_and_others():
    assert {usual(name).kind for name in RECTIFIERS} == {"he_uniform"}
    assert usual("tanh").kind == usual("linear").kind == "glorot_uniform"


def test_unknown_kind_and_scale_that_is_no_number_are_errors():
    with pytest.raises(OptionError, match=r"'he_norml'; did you mean 'he_normal'\?"):
        Initialiser("he_norml")
    for scale in (float("nan"), float("inf"), "big", None):
        with pytest.raises(OptionError, match=r"scale=.*must be a finite number"):
            Initialiser("normal", scale)
