import numpy as np
import pytest
from sklearn import datasets as theirs

from backlit.errors import DataError
from backlit.train import datasets, measured

LOADERS = {
    "iris": theirs.load_iris,
    "wine": theirs.load_wine,
    "breast-cancer": theirs.load_breast_cancer,
    "digits": theirs.load_digits,
    "diabetes": lambda: theirs.load_diabetes(scaled=False),
}


@pytest.mark.parametrize("name", measured.MEASURED)
def test_measured_set_is_that_of_scikit_learns_loader(name):
    ours, bunch = datasets.load(name), LOADERS[name]()
    assert np.array_equal(ours.X, bunch.data)
    assert np.array_equal(ours.target, bunch.target)
    assert ours.features == tuple(bunch.feature_names)
    assert ours.classes == tuple(map(str, bunch.get("target_names", ())))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "iris.csv of scikit-learn: .*; an older scikit-learn"),
        ("head\n1,2,3\n", "iris.csv of scikit-learn has 3 columns, 5 are needed"),
        ("head\n1,2,x,4,5\n", "iris.csv of scikit-learn: could not convert"),
    ],
)
def test_set_that_is_kept_otherwise_is_refused_in_one_line(
    tmp_path, monkeypatch, content, message
):
    if content:
        (tmp_path / "iris.csv").write_text(content)
    monkeypatch.setattr(measured, "_folder", lambda: tmp_path)
    with pytest.raises(DataError, match=message) as caught:
        datasets.load("iris")
    assert "\n" not in str(caught.value)
