import numpy as np
import pytest

import backlit as bl
from backlit.errors import DataError, OptionError
from backlit.network.architecture import LOSS_NAMES, Architecture
from backlit.train.evaluate import ROWS, error_of, measure, predict, predictions
from backlit.train.samples import samples
from backlit.update.step import whole_pass

RANDOM = np.random.default_rng(0)
A = Architecture(3, [bl.Dense(4, "tanh"), bl.Dense(2)], l2=0.3)
P = A.initial(0)


def by_hand(X):
    hidden = np.tanh(X @ P["dense1.weight"].T + P["dense1.bias"])
    return hidden @ P["dense2.weight"].T + P["dense2.bias"]


@pytest.mark.parametrize("rows", [0, 1, 2, ROWS - 1, ROWS, ROWS + 1, 2 * ROWS + 3])
def test_every_row_is_predicted_whatever_their_number(rows):
    X = RANDOM.normal(size=(rows, 3))
    found = predict(A, P, X)
    assert found.shape == (rows, 2)
    assert found == pytest.approx(by_hand(X), rel=1e-12)


def test_any_forward_quantity_can_be_asked_for():
    X = RANDOM.normal(size=(5, 3))
    hidden = predict(A, P, X, "dense1.output")
    assert hidden == pytest.approx(
        np.tanh(X @ P["dense1.weight"].T + P["dense1.bias"]), rel=1e-12
    )
    assert predict(A, P, X, dtype="float32").dtype == np.float32


def test_one_sample_gives_one_prediction():
    X = RANDOM.normal(size=(5, 3))
    assert predictions(A, P, X[2]).shape == (2,)
    assert (predictions(A, P, X.tolist())[2] == predictions(A, P, X)[2]).all()
    assert predictions(A, P, X[2]) == pytest.approx(predictions(A, P, X)[2], rel=1e-14)
    assert predictions(A, P, np.zeros((0, 3))).shape == (0, 2)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (
            [1, 2],
            "X has the shape (1, 2); the network has 3 inputs, so (samples, 3) is",
        ),
        ([[1, 2], [3]], "X must be a table of numbers"),
        ([["a", "b", "c"]], "X must be a table of numbers"),
        ([[1, 2, np.nan]], "X is nan at row 0, column 2"),
        (None, "X has the shape (1, 1); the network has 3 inputs"),
    ],
)
def test_what_cannot_be_predicted_from_is_one_line(X, message):
    with pytest.raises(DataError) as caught:
        predictions(A, P, X)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("loss", LOSS_NAMES)
@pytest.mark.parametrize("weighted", [False, True])
def test_error_is_that_of_one_pass_over_all_samples(loss, weighted):
    last = "sigmoid" if loss == "binary_cross_entropy" else "linear"
    a = Architecture(3, [bl.Dense(4, "tanh"), bl.Dense(2, last)], loss, l1=0.1)
    X = RANDOM.normal(size=(2 * ROWS + 3, 3))
    T = np.eye(2)[RANDOM.integers(2, size=len(X))] * 2 - 1
    T = T if loss == "hinge" else (T + 1) / 2
    weight = RANDOM.uniform(size=len(X)) if weighted else None
    data = samples(a, X, T, weight)
    one = whole_pass(a, (len(X),), weighted=True)
    from backlit.graph import Graph
    from backlit.interpret import run

    w = np.ones(len(X)) if weight is None else data.weight
    given = {"x": X, "t": T, "sample_weight": w, **a.initial(0)}
    expected = run(Graph(one.inputs, {"E": one.quantities["E"]}), given)["E"]
    assert error_of(a, a.initial(0), data) == pytest.approx(expected, rel=1e-12)


def test_metrics_are_of_classes_or_numbers_as_they_are_for():
    T = np.array([[1.0, 0], [0, 1], [1, 0], [0, 1]])
    y = np.array([[0.9, 0.1], [0.8, 0.2], [0.6, 0.4], [0.3, 0.7]])
    found = measure(["accuracy", "mae", "roc_auc"], T, y)
    assert found == pytest.approx({"accuracy": 0.75, "mae": 0.4, "roc_auc": 0.75})
    assert measure(["accuracy"], T, y, np.array([1, 3, 0, 0])) == {"accuracy": 0.25}
    assert measure([], T, y) == {}


def test_one_column_decides_at_a_half_or_between_minus_one_and_one_at_zero():
    y = np.array([[0.4], [-0.2], [0.1], [-3.0]])
    signs = np.array([[1.0], [-1], [1], [-1]])
    assert measure(["accuracy", "roc_auc"], signs, y) == {"accuracy": 1, "roc_auc": 1}
    assert measure(["accuracy"], (signs + 1) / 2, y) == {"accuracy": 0.5}


def test_hinge_network_reaches_an_accuracy_that_its_metric_shows():
    X = np.random.default_rng(1).normal(size=(80, 2))
    T = np.where(X[:, 0] + X[:, 1] > 0, 1, -1)
    net = bl.Network(2, [bl.Dense(1)], "hinge")
    history = net.fit(X, T, optimizer=bl.Adam(0.05), epochs=60, metrics=["accuracy"])
    decided = np.where(net.predict(X)[:, 0] > 0, 1, -1)
    assert history[-1]["accuracy"] == (decided == T).mean() > 0.9


def test_metric_of_classes_needs_classes():
    with pytest.raises(DataError, match="T goes from 1 to 5, which are no classes; 0"):
        measure(["accuracy"], np.array([[1.0], [5.0]]), np.zeros((2, 1)))
    with pytest.raises(KeyError):
        measure(["acc"], np.array([[1.0]]), np.zeros((1, 1)))
    with pytest.raises(OptionError):
        bl.Network(1, [bl.Dense(1)]).fit([[1]], [1], metrics=["acc"])
