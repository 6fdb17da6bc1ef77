import subprocess
import sys

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsClassifier

from backlit.errors import DataError, OptionError
from backlit.train import datasets


@pytest.mark.parametrize("name", datasets.NAMES)
def test_set_has_matching_parts(name):
    data = datasets.load(name)
    assert data.name == name
    assert data.X.shape == (len(data.target), len(data.features))
    assert data.X.dtype == np.float64
    assert np.isfinite(data.X).all()
    if data.task == "classification":
        assert data.target.dtype == np.int64
        assert sorted(set(data.target)) == list(range(len(data.classes)))
    else:
        assert (data.target.dtype, data.classes) == (np.float64, ())


def test_diabetes_is_in_its_own_units():
    data = datasets.load("diabetes")
    age = data.X[:, data.features.index("age")]
    assert 18 < age.min() < age.max() < 100


@pytest.mark.parametrize("name", datasets.NAMES)
def test_frame_holds_the_features_and_the_names_of_the_classes(name):
    data = datasets.load(name)
    frame = datasets.frame(data)
    assert frame.columns == [*data.features, data.target_name]
    assert np.array_equal(frame.drop(data.target_name).to_numpy(), data.X)
    expected = data.target
    if data.classes:
        expected = [data.classes[index] for index in data.target]
    assert frame[data.target_name].to_list() == list(expected)


@pytest.mark.parametrize("name", datasets.GENERATED)
def test_generated_set_depends_on_samples_noise_and_seed_alone(name):
    first, again, other = (datasets.load(name, samples=30, seed=s) for s in (1, 1, 2))
    assert np.array_equal(first.X, again.X)
    assert np.array_equal(first.target, again.target)
    assert not np.array_equal(first.X, other.X)
    assert len(first.target) == 30
    assert len(datasets.load(name, noise=0.3).target) == datasets.SAMPLES


@pytest.mark.parametrize(
    ("name", "truth"),
    [("and", [0, 0, 0, 1]), ("or", [0, 1, 1, 1]), ("xor", [0, 1, 1, 0])],
)
def test_gate_is_a_truth_table_and_with_samples_points_in_quadrants(name, truth):
    assert datasets.load(name).target.tolist() == truth
    points = datasets.load(name, samples=40, noise=0.0)
    quadrant = (points.X > 0) @ [2, 1]
    assert np.bincount(quadrant).tolist() == [10, 10, 10, 10]
    assert (points.target == np.array(truth)[quadrant]).all()


@pytest.mark.parametrize("name", ["circles", "moons", "spirals", "gaussians", "xor"])
def test_classes_are_balanced_and_can_be_learnt_by_neighbours(name):
    data = datasets.load(name, samples=400)
    assert np.bincount(data.target).tolist() == [200, 200]
    nearest = KNeighborsClassifier(5).fit(data.X[::2], data.target[::2])
    assert nearest.score(data.X[1::2], data.target[1::2]) > 0.9


def test_plane_is_the_plane_that_it_says():
    data = datasets.load("plane", noise=0.0)
    model = LinearRegression().fit(data.X, data.target)
    assert [*model.coef_, model.intercept_] == pytest.approx([0.5, -0.25, 0.125])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("irsi", "no data set 'irsi'; did you mean iris"),
        ("XOR", "did you mean xor"),
        ("qqq", "no data set 'qqq'; there are iris, wine, .*, plane$"),
    ],
)
def test_unknown_name_is_refused_with_those_there_are(name, message):
    with pytest.raises(DataError, match=message):
        datasets.load(name)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("iris", {"samples": 10}),
        ("iris", {"noise": 0.1}),
        ("moons", {"samples": 3}),
        ("moons", {"noise": -0.1}),
        ("moons", {"noise": float("nan")}),
    ],
)
def test_option_that_makes_no_sense_is_refused(name, options):
    with pytest.raises(OptionError):
        datasets.load(name, **options)


def test_sets_bring_in_nothing_heavy():
    code = (
        "import sys; from backlit.train import datasets;"
        "[datasets.load(name) for name in datasets.NAMES];"
        "sys.exit('sklearn' in sys.modules or 'polars' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - ours
