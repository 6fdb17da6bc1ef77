from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.sparse import csr_array
from sklearn import datasets
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.metrics import accuracy_score, r2_score
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.utils.estimator_checks import estimator_checks_generator

import backlit as bl
from backlit.errors import BacklitError, NonFiniteError
from backlit.interop.estimators import learning
from backlit.interop.sklearn import NetworkClassifier, NetworkRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
QUICK = {"hidden_layer_sizes": (8,), "random_state": 0, "max_iter": 20}


@pytest.fixture(scope="module")
def iris():
    X, y = datasets.load_iris(return_X_y=True)
    return StandardScaler().fit_transform(X), np.array(["a", "b", "c"])[y]


@pytest.fixture(scope="module")
def two(iris):
    X, y = iris
    return X[50:], y[50:]


@pytest.fixture(scope="module")
def diabetes():
    X, y = datasets.load_diabetes(return_X_y=True)
    return StandardScaler().fit_transform(X), y


@pytest.fixture(scope="module")
def labels():
    X, Y = datasets.make_multilabel_classification(60, 6, n_classes=4, random_state=0)
    return StandardScaler().fit_transform(X), Y


def outputs_of(model, X):
    """Return the whole of what a classifier or regressor says about X."""
    if hasattr(model, "predict_proba"):
        return model.predict_proba(X)
    return model.predict(X)


# All that scikit-learn asks of an estimator


ESTIMATORS = [
    NetworkClassifier(),
    NetworkRegressor(),
    NetworkClassifier(
        (6, 5),
        "tanh",
        solver="sgd",
        learning_rate="adaptive",
        learning_rate_init=0.1,
        batch_size=1000,
    ),
    NetworkRegressor(
        (), solver="rmsprop", loss="huber", learning_rate_init=0.03, l1=1e-3
    ),
]


# parametrize_with_checks of scikit-learn 1.7 does not go with pytest 9
@pytest.mark.parametrize(
    ("estimator", "check"),
    [pair for kind in ESTIMATORS for pair in estimator_checks_generator(kind)],
    ids=lambda x: type(x).__name__ if hasattr(x, "fit") else x.func.__name__,
)
def test_every_check_of_scikit_learn_holds(estimator, check):
    check(estimator)


# The same as scikit-learn's networks where parameters have the same name


def from_the_same_weights(ours, theirs, X, y, epochs=15, **fitting):
    """Fit both from weights that theirs has drawn, and return both."""
    for model in (ours, theirs):
        model.set_params(max_iter=1, shuffle=False, warm_start=True, tol=0)
        model.set_params(epsilon=1e-12)  # they add it in another place of Adam's rule
        model.set_params(n_iter_no_change=1000).fit(X, y, **fitting)
    ours._state.parameters = {
        f"dense{n}.{part}": array.T.copy()
        for part, arrays in (("weight", theirs.coefs_), ("bias", theirs.intercepts_))
        for n, array in enumerate(arrays, 1)
    }
    theirs.t_ = 0  # its invscaling counts samples of earlier fits
    for model in (ours, theirs):
        model.set_params(max_iter=epochs).fit(X, y, **fitting)
    return ours, theirs


SOLVERS = [
    {"solver": "adam", "learning_rate_init": 0.01, "beta_1": 0.8},
    {"solver": "sgd", "learning_rate_init": 0.05},
    {"solver": "sgd", "learning_rate_init": 0.05, "nesterovs_momentum": False},
    {"solver": "sgd", "learning_rate_init": 0.5, "momentum": 0.0},
    {"solver": "sgd", "learning_rate_init": 0.2, "learning_rate": "invscaling"},
]


@pytest.mark.parametrize("solver", SOLVERS, ids=str)
@pytest.mark.parametrize("activation", ["relu", "logistic", "identity"])
def test_classifier_learns_as_mlp_classifier_does(iris, solver, activation):
    X, y = iris
    options = {**QUICK, **solver, "activation": activation, "alpha": 2.0}
    options["batch_size"] = 50
    ours, theirs = from_the_same_weights(
        NetworkClassifier(**options), MLPClassifier(**options), X, y
    )
    assert np.allclose(ours.loss_curve_[1:], theirs.loss_curve_[1:], rtol=1e-9)
    assert np.allclose(ours.predict_proba(X), theirs.predict_proba(X))
    assert ours.t_ == theirs.t_ + 150
    assert ours.n_iter_ == theirs.n_iter_ == 15
    assert ours.out_activation_ == theirs.out_activation_ == "softmax"
    assert (ours.n_layers_, ours.n_outputs_) == (theirs.n_layers_, theirs.n_outputs_)


def test_two_classes_are_learnt_as_mlp_classifier_does(two):
    X, y = two
    options = {**QUICK, "alpha": 1.0}
    ours, theirs = from_the_same_weights(
        NetworkClassifier(**options), MLPClassifier(**options), X, y
    )
    assert np.allclose(ours.loss_curve_[1:], theirs.loss_curve_[1:], rtol=1e-9)
    assert np.allclose(ours.predict_proba(X), theirs.predict_proba(X))
    assert ours.out_activation_ == theirs.out_activation_ == "logistic"
    assert [w.shape for w in ours.coefs_] == [w.shape for w in theirs.coefs_]


def test_weighted_samples_are_learnt_as_mlp_classifier_does(iris):
    X, y = iris
    weight = np.random.default_rng(0).uniform(0, 9, len(y))
    options = {**QUICK, "alpha": 5.0}
    ours, theirs = from_the_same_weights(
        NetworkClassifier(**options),
        MLPClassifier(**options),
        X,
        y,
        sample_weight=weight,
    )
    assert np.allclose(ours.loss_curve_[1:], theirs.loss_curve_[1:], rtol=1e-9)


def test_several_labels_are_learnt_as_mlp_classifier_does(labels):
    X, Y = labels
    options = {**QUICK, "alpha": 1.0}
    ours, theirs = from_the_same_weights(
        NetworkClassifier(**options), MLPClassifier(**options), X, Y
    )
    mean = np.array(theirs.loss_curve_[1:]) / Y.shape[1]
    assert np.allclose(ours.loss_curve_[1:], mean, rtol=1e-6)
    assert np.allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-6)


@pytest.mark.parametrize("outputs", [1, 3])
def test_regressor_learns_as_mlp_regressor_does_if_y_is_left_as_it_is(outputs):
    X, y = datasets.make_regression(80, 5, n_targets=outputs, random_state=0)
    y = y / 100
    options = {**QUICK, "alpha": 3.0}
    ours, theirs = from_the_same_weights(
        NetworkRegressor(**options, normalize_y=False), MLPRegressor(**options), X, y
    )
    assert np.allclose(ours.predict(X), theirs.predict(X))
    assert ours.predict(X).shape == y.shape


def test_training_stops_where_mlp_classifier_stops(two):
    X, y = two
    options = {**QUICK, "learning_rate_init": 0.05}
    ours, theirs = from_the_same_weights(
        NetworkClassifier(**options), MLPClassifier(**options), X, y
    )
    theirs.best_loss_ = np.inf  # it compares with earlier fits
    for model in (ours, theirs):
        model.set_params(max_iter=1000, tol=1e-3, n_iter_no_change=3).fit(X, y)
    assert 4 < ours.n_iter_ == theirs.n_iter_ < 1000


# When training ends


def test_training_ends_after_more_than_so_many_epochs_without_improvement(iris):
    model = NetworkClassifier(**QUICK, tol=1e9, n_iter_no_change=4).fit(*iris)
    assert model.n_iter_ == 6  # the first improves on nothing, then five do not
    assert len(model.loss_curve_) == 6


def test_a_warning_says_that_max_iter_came_first(iris):
    with pytest.warns(ConvergenceWarning, match="max_iter=20 epochs") as caught:
        NetworkClassifier(**QUICK).fit(*iris)
    assert caught[0].filename == __file__


def test_no_warning_if_training_converged(iris, recwarn):
    NetworkClassifier(**QUICK, tol=1.0, n_iter_no_change=2).fit(*iris)
    assert [str(warning.message) for warning in recwarn] == []


def test_adaptive_divides_the_learning_rate_by_five_until_it_is_tiny(iris):
    model = NetworkClassifier(
        **QUICK | {"max_iter": 1000},
        solver="sgd",
        learning_rate="adaptive",
        learning_rate_init=0.2,
        tol=0.01,
        n_iter_no_change=2,
    ).fit(*iris)
    rates = list(dict.fromkeys(model._state.history.column("learning_rate")))
    assert np.allclose([a / b for a, b in pairwise(rates)], 5)
    assert rates[0] == 0.2
    assert rates[-1] <= 1e-6 < rates[-2]
    assert model.n_iter_ < 1000


def test_early_stopping_keeps_the_best_weights_and_holds_some_of_each_class(
    iris, monkeypatch
):
    seen = []
    original = learning._scored

    def scored(architecture, held):
        seen.append(held.data)
        return original(architecture, held)

    monkeypatch.setattr(learning, "_scored", scored)
    model = NetworkClassifier(
        **QUICK | {"max_iter": 300},
        early_stopping=True,
        validation_fraction=0.2,
        learning_rate_init=0.05,
    ).fit(*iris)
    held = seen[0]
    assert held.T.sum(axis=0).tolist() == [10, 10, 10]
    found = model.network_.predict(held.X).argmax(axis=1)
    assert accuracy_score(held.T.argmax(axis=1), found) == max(model.validation_scores_)
    assert model.best_validation_score_ == max(model.validation_scores_)
    assert len(model.validation_scores_) == model.n_iter_ < 300
    assert model.best_loss_ is None


def test_early_stopping_of_a_regressor_watches_r2(diabetes):
    X, y = diabetes
    model = NetworkRegressor(**QUICK, early_stopping=True).fit(X, y)
    rows = {tuple(x) for x in X[: len(X) // 2]}
    assert rows  # the scores are of rows held out; their R² is that of predict
    assert len(model.validation_scores_) == 20
    assert -2 < model.validation_scores_[0] < max(model.validation_scores_) < 1


def test_without_early_stopping_there_are_no_scores(iris):
    model = NetworkClassifier(**QUICK).fit(*iris)
    assert model.validation_scores_ is None
    assert model.best_validation_score_ is None
    assert model.best_loss_ == min(model.loss_curve_)
    assert model.loss_ == model.loss_curve_[-1]


def test_ctrl_c_keeps_what_was_learnt(iris, monkeypatch):
    def press(state):
        if state.epoch == 7:
            raise KeyboardInterrupt

    def interrupted(architecture, state, data, plan):
        fit(architecture, state, data, replace(plan, callbacks=(press,)))

    fit = learning.fit
    monkeypatch.setattr(learning, "fit", interrupted)
    with pytest.warns(UserWarning, match="interrupted; what was learnt is kept"):
        model = NetworkClassifier(**QUICK).fit(*iris)
    assert model.n_iter_ == 7
    assert model.predict(iris[0]).shape == (150,)


# Weights of samples and classes


@pytest.mark.parametrize("kind", [NetworkClassifier, NetworkRegressor])
@pytest.mark.parametrize("options", [{}, {"batch_size": 16}, {"early_stopping": True}])
def test_a_sample_of_weight_zero_is_as_good_as_none(iris, kind, options):
    X, y = iris
    if kind is NetworkRegressor:
        y = X @ np.arange(4.0) + 50
    weight = np.random.default_rng(0).integers(0, 3, len(X)).astype(float)
    model = kind(**QUICK, alpha=0.1, **options)
    some = weight > 0
    weighted = clone(model).fit(X, y, sample_weight=weight)
    removed = clone(model).fit(X[some], y[some], sample_weight=weight[some])
    assert weighted.loss_curve_ == removed.loss_curve_
    assert np.array_equal(outputs_of(weighted, X), outputs_of(removed, X))


@pytest.mark.parametrize("kind", [NetworkClassifier, NetworkRegressor])
@pytest.mark.parametrize("class_weight", [None, "balanced", {"a": 1, "b": 2, "c": 7}])
def test_a_sample_of_weight_two_is_as_good_as_two(iris, kind, class_weight):
    X, y = iris
    if kind is NetworkRegressor:
        y = X @ np.arange(4.0) + 50
        model = kind(**QUICK, alpha=9.0, batch_size=1000)
    else:
        model = kind(**QUICK, alpha=9.0, batch_size=1000, class_weight=class_weight)
    count = np.random.default_rng(1).integers(0, 4, len(X))
    weighted = clone(model).fit(X, y, sample_weight=count)
    repeated = clone(model).fit(X.repeat(count, axis=0), y.repeat(count))
    assert np.allclose(weighted.loss_curve_, repeated.loss_curve_)
    assert np.allclose(outputs_of(weighted, X), outputs_of(repeated, X))


def test_equal_weights_change_nothing(iris):
    X, y = iris
    plain = NetworkClassifier(**QUICK).fit(X, y)
    assert (
        NetworkClassifier(**QUICK).fit(X, y, sample_weight=np.full(150, 3.0)).loss_
        == pytest.approx(plain.loss_, rel=1e-3)  # the penalty is divided by the weights
    )
    ones = NetworkClassifier(**QUICK).fit(X, y, sample_weight=np.ones(150))
    assert ones.loss_curve_ == plain.loss_curve_


def test_balanced_gives_a_rare_class_as_much_weight(iris):
    X, y = iris
    rare = np.r_[0:50, 50:60]
    weights = (None, "balanced", {"a": 60 / 100, "b": 60 / 20})
    plain, balanced, by_hand = (
        NetworkClassifier((), max_iter=20, random_state=0, class_weight=weight).fit(
            X[rare, 1:2],
            y[rare],  # on one input, which does not tell all apart
        )
        for weight in weights
    )
    assert np.allclose(balanced.loss_curve_, by_hand.loss_curve_)
    found = [(m.predict(X[rare, 1:2]) == "b").sum() for m in (plain, balanced)]
    assert found[0] < found[1]


def test_class_weights_of_several_labels_are_one_for_each(labels):
    X, Y = labels
    weights = [{0: 1, 1: 3}, {0: 1, 1: 1}, {0: 1, 1: 1}, {0: 2, 1: 1}]
    chosen = NetworkClassifier(**QUICK, class_weight=weights).fit(X, Y)
    by_hand = NetworkClassifier(**QUICK)
    by_hand.fit(X, Y, sample_weight=np.where(Y[:, 0], 3, 1) * np.where(Y[:, 3], 1, 2))
    assert chosen.loss_curve_ == by_hand.loss_curve_


# Learning on


def test_partial_fit_on_all_data_is_an_epoch_of_fit(iris):
    X, y = iris
    whole = NetworkClassifier(**QUICK, batch_size=32).fit(X, y)
    parts = NetworkClassifier(**QUICK, batch_size=32)
    for _ in range(20):
        parts.partial_fit(X, y, classes=["c", "a", "b"])
        assert parts.n_iter_ == 1
    assert parts.loss_curve_ == whole.loss_curve_
    assert np.array_equal(parts.predict_proba(X), whole.predict_proba(X))
    assert parts.t_ == 20 * 150


def test_partial_fit_learns_from_parts_that_lack_classes(iris):
    X, y = iris
    model = NetworkClassifier((8,), learning_rate_init=0.02, random_state=0)
    for _ in range(60):
        for start in range(0, 150, 30):
            rows = slice(start, start + 30)
            model.partial_fit(X[rows], y[rows], classes=np.unique(y))
    assert model.score(X, y) > 0.9
    with pytest.raises(ValueError, match="previously unseen labels"):
        model.partial_fit(X[:2], ["a", "z"])
    with pytest.raises(BacklitError, match=r"before, they were \['a', 'b', 'c'\]"):
        model.partial_fit(X, y, classes=["a", "b"])


def test_partial_fit_weighs_classes_across_parts(iris):
    X, y = iris
    options = {**QUICK, "solver": "sgd", "momentum": 0.0, "alpha": 0.0}
    plain = NetworkClassifier(**options)
    heavy = NetworkClassifier(**options, class_weight={"a": 10})
    for model in (plain, heavy):
        model.partial_fit(X[50:], y[50:], classes=np.unique(y))
    before = [w.copy() for w in plain.coefs_]
    assert np.array_equal(before[0], heavy.coefs_[0])
    for model in (plain, heavy):
        model.partial_fit(X[:50], y[:50])  # one class only, ten times as strong
    moved = plain.coefs_[0] - before[0]
    assert np.allclose(heavy.coefs_[0] - before[0], 10 * moved)


def test_partial_fit_goes_on_after_fit(diabetes):
    X, y = diabetes
    model = NetworkRegressor(**QUICK).fit(X, y)
    step, loss = model._state.step, model.loss_
    model.partial_fit(X, y)
    assert model._state.step == step + 3
    assert model.loss_ < loss
    assert len(model.loss_curve_) == 21


def test_partial_fit_with_another_solver_starts_its_state_afresh(iris):
    X, y = iris
    model = NetworkClassifier(**QUICK).fit(X, y)
    model.set_params(solver="sgd").partial_fit(X, y)
    assert {name.split(".")[1] for name in model._state.optimizer} == {"velocity"}


def test_warm_start_goes_on_from_the_weights(iris):
    X, y = iris
    cold = NetworkClassifier(**QUICK).fit(X, y)
    warm = NetworkClassifier(**QUICK, warm_start=True).fit(X, y)
    assert cold.fit(X, y).loss_curve_ == warm.loss_curve_
    warm.fit(X, y)
    assert len(warm.loss_curve_) == 40
    assert warm.n_iter_ == 20
    assert warm.loss_curve_[20] < warm.loss_curve_[19]


def test_warm_start_that_fails_leaves_the_estimator_as_it_was(iris):
    X, y = iris
    model = NetworkClassifier(**QUICK, warm_start=True).fit(X, y)
    before = model.predict_proba(X)
    with pytest.raises(NonFiniteError):
        model.set_params(solver=bl.SGD(1e300)).fit(X, y)
    assert np.array_equal(model.predict_proba(X), before)
    model.set_params(solver="adam").fit(X, y)
    assert len(model.loss_curve_) == 40


# Targets of every kind


def test_two_classes_have_probabilities_in_two_columns(two):
    X, y = two
    model = NetworkClassifier(**QUICK).fit(X, y)
    p = model.predict_proba(X)
    assert p.shape == (100, 2)
    assert np.allclose(p.sum(axis=1), 1)
    assert np.array_equal(model.predict(X), np.where(p[:, 1] > 0.5, "c", "b"))
    logits = model.decision_function(X)
    assert logits.shape == (100,)
    assert np.allclose(p[:, 1], 1 / (1 + np.exp(-logits)))


@pytest.mark.parametrize("task", ["iris", "two", "labels"])
def test_logarithms_of_probabilities_stay_finite_where_these_vanish(task, request):
    X, y = request.getfixturevalue(task)
    model = NetworkClassifier(**QUICK).fit(X, y)
    assert np.allclose(model.predict_log_proba(X), np.log(model.predict_proba(X)))
    far = model.predict_log_proba(1e6 * X)
    assert np.isfinite(far).all()
    assert far.min() < -1e4


@pytest.mark.parametrize("container", [np.asarray, csr_array, pd.DataFrame])
def test_several_labels_at_once(labels, container):
    X, Y = labels
    options = {**QUICK, "learning_rate_init": 0.05, "max_iter": 200}
    model = NetworkClassifier(**options).fit(X, container(Y))
    assert model.classes_.tolist() == [0, 1, 2, 3]
    assert model.predict(X).shape == model.predict_proba(X).shape == Y.shape
    assert (model.predict(X) == Y).mean() > 0.95
    assert model.score(X, Y) == accuracy_score(Y, model.predict(X))
    with pytest.raises(BacklitError, match="4 columns are needed, as before"):
        model.partial_fit(X, Y[:, 0])


def test_several_numbers_at_once_weigh_the_same():
    X, Y = datasets.load_linnerud(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    Y = Y * [1, 1000, 1e-3]  # units must not matter
    model = NetworkRegressor(
        (32,), max_iter=3000, learning_rate_init=0.01, random_state=0
    ).fit(X, Y)
    assert model.predict(X).shape == Y.shape
    assert (r2_score(Y, model.predict(X), multioutput="raw_values") > 0.8).all()
    with pytest.raises(BacklitError, match="y has 1 columns; before, it had 3"):
        model.partial_fit(X, Y[:, 0])


@pytest.mark.parametrize(
    "y",
    [
        pd.Series(["x", "y"] * 20, dtype="category"),
        pd.Series(["x", "y"] * 20, dtype="string"),
        pl.Series(["x", "y"] * 20),
        ["x", "y"] * 20,
        np.array([True, False] * 20),
        np.array([3, -1] * 20),
    ],
    ids=lambda y: type(y).__name__,
)
def test_classes_of_every_kind_come_back(y):
    X = np.random.default_rng(0).normal(size=(40, 2))
    X[:, 0] = [1, -1] * 20
    model = NetworkClassifier(**QUICK, learning_rate_init=0.1).fit(X, y)
    assert model.predict(X).tolist() == list(y)
    assert sorted(set(y)) == model.classes_.tolist()


@pytest.mark.parametrize("scale", [1e-6, 1, 1e6])
def test_regressor_does_not_mind_the_units_of_y(diabetes, scale):
    X, y = diabetes
    model = NetworkRegressor(**QUICK).fit(X, y)
    other = NetworkRegressor(**QUICK).fit(X, scale * (y + 1000))
    assert np.allclose(other.predict(X), scale * (model.predict(X) + 1000), rtol=1e-9)
    assert np.allclose(other.loss_curve_, model.loss_curve_)


def test_the_network_and_the_weights_are_in_the_units_of_y(diabetes):
    X, y = diabetes
    model = NetworkRegressor(**QUICK | {"hidden_layer_sizes": (8, 4)}).fit(X, y)
    assert np.array_equal(model.network_.predict(X)[:, 0], model.predict(X))
    found = X
    for weight, bias in zip(model.coefs_[:-1], model.intercepts_[:-1], strict=True):
        found = np.maximum(0, found @ weight + bias)
    found = found @ model.coefs_[-1] + model.intercepts_[-1]
    assert np.allclose(found[:, 0], model.predict(X))
    assert [w.shape for w in model.coefs_] == [(10, 8), (8, 4), (4, 1)]


@pytest.mark.parametrize("loss", ["squared_error", "absolute_error", "huber"])
def test_regressor_learns_by_each_loss(diabetes, loss):
    model = NetworkRegressor(
        **QUICK | {"max_iter": 60}, learning_rate_init=0.02, loss=loss
    ).fit(*diabetes)
    assert model.score(*diabetes) > 0.45


def test_absolute_error_is_not_drawn_by_an_outlier():
    X = np.linspace(-1, 1, 50)[:, None]
    y = 2 * X[:, 0]
    y[40] = 500
    options = {"max_iter": 2000, "learning_rate_init": 0.01, "random_state": 0}
    robust = NetworkRegressor((), loss="absolute_error", **options).fit(X, y)
    squared = NetworkRegressor((), **options).fit(X, y)
    clean = np.arange(50) != 40
    errors = [np.abs(m.predict(X) - y)[clean].max() for m in (robust, squared)]
    assert errors[0] < 2
    assert errors[1] > 10


def test_a_target_that_never_changes_is_predicted():
    X = np.random.default_rng(0).normal(size=(20, 2))
    model = NetworkRegressor(**QUICK | {"max_iter": 200}).fit(X, np.full(20, 7.0))
    assert np.allclose(model.predict(X), 7, atol=0.5)


# Inputs of every kind


@pytest.fixture(scope="module")
def mixed():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        {
            "size": rng.normal(170, 10, 120),
            "age": rng.integers(18, 90, 120),
            "town": rng.choice(["Bonn", "Graz", "Metz"], 120),
            "kind": pd.Categorical(rng.choice(["u", "v"], 120)),
        }
    )
    y = np.where((X["age"] > 50) ^ (X["town"] == "Graz"), "yes", "no")
    return X, pd.Series(y, name="bought")


def mixed_pipeline(**options):
    return make_pipeline(
        make_column_transformer(
            (StandardScaler(), ["size", "age"]),
            (OneHotEncoder(sparse_output=False), ["town", "kind"]),
        ),
        NetworkClassifier(
            **QUICK | {"max_iter": 100} | options, learning_rate_init=0.05
        ),
    )


def test_a_pipeline_on_a_mixed_frame(mixed):
    X, y = mixed
    model = mixed_pipeline().fit(X, y)
    assert model.score(X, y) > 0.95
    assert cross_val_score(mixed_pipeline(), X, y, cv=3).mean() > 0.8


def test_a_grid_search_on_two_cores(mixed):
    X, y = mixed
    sizes = [(1,), (8,)]
    grid = {
        "networkclassifier__hidden_layer_sizes": sizes,
        "networkclassifier__solver": ["adam", bl.RMSprop(0.05)],
    }
    search = GridSearchCV(mixed_pipeline(), grid, cv=2, n_jobs=2).fit(X, y)
    assert search.best_params_["networkclassifier__hidden_layer_sizes"] == (8,)
    assert search.best_score_ > 0.8
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_a_pickled_pipeline_predicts_in_a_new_process(mixed, tmp_path):
    X, y = mixed
    model = mixed_pipeline(max_iter=20).fit(X, y)
    (tmp_path / "model.pkl").write_bytes(pickle.dumps((model, X)))
    code = (
        "import pickle, sys\n"
        "model, X = pickle.load(open(sys.argv[1], 'rb'))\n"
        "print(model.predict_proba(X).tolist())\n"
    )
    done = subprocess.run(  # noqa: S603 - the code is written here
        [sys.executable, "-c", code, str(tmp_path / "model.pkl")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == str(model.predict_proba(X).tolist())


def test_a_polars_frame_keeps_its_names_through_a_pipeline():
    data = datasets.load_iris()
    names = [name.split(" (")[0] for name in data.feature_names]
    X = pl.DataFrame(data.data, schema=names)
    y = pl.Series(data.target_names[data.target])
    model = make_pipeline(StandardScaler(), NetworkClassifier(**QUICK))
    model.set_output(transform="polars").fit(X, y)
    if not hasattr(model[0], "feature_names_in_"):
        pytest.skip("this scikit-learn does not see the names of this polars")
    network = model[-1]
    assert network.feature_names_in_.tolist() == names
    assert network.n_features_in_ == 4
    assert set(model.predict(X)) <= {"setosa", "versicolor", "virginica"}
    with pytest.raises(ValueError, match="feature names"):
        network.predict(X.select(names[::-1]))


def test_a_sparse_table_is_as_good_as_a_dense_one(iris):
    X, y = iris
    dense = NetworkClassifier(**QUICK).fit(X, y)
    sparse = NetworkClassifier(**QUICK).fit(csr_array(X), y)
    assert np.array_equal(sparse.predict_proba(csr_array(X)), dense.predict_proba(X))


# The options of backlit


def test_the_network_can_be_traced_and_explained(iris):
    X, y = iris
    model = NetworkClassifier(**QUICK).fit(X, y)
    trace = model.network_.trace(X[0], [1, 0, 0])
    assert np.allclose(trace["prediction"], model.predict_proba(X[:1])[0])
    assert "dense1.weight[0,1]" in str(trace.explain("dense1.weight[0,1]"))


def test_the_seed_draws_the_weights_of_the_network():
    X = np.ones((4, 2))
    options = {"max_iter": 1, "solver": bl.SGD(1e-300), "initialiser": None}
    model = NetworkClassifier((3,), random_state=7, **options).fit(X, [0, 1, 0, 1])
    net = bl.Network(2, [bl.Dense(3, "relu"), bl.Dense(1)], seed=7)
    assert np.array_equal(model.coefs_[0].T, net.parameters["dense1.weight"])
    assert model.network_.seed == 7


def test_random_state_none_draws_anew_and_a_generator_goes_on(iris):
    state = np.random.RandomState(0)
    seeds = [
        NetworkClassifier((2,), max_iter=1, random_state=chosen).fit(*iris).network_
        for chosen in (None, None, state, state, np.random.RandomState(0))
    ]
    numbers = [net.seed for net in seeds]
    assert len(set(numbers)) == 4
    assert numbers[2] == numbers[4]


@pytest.mark.parametrize("solver", ["momentum", "nesterov", "adagrad", "adamw"])
def test_each_solver_of_backlit_learns(iris, solver):
    model = NetworkClassifier(**QUICK, solver=solver, learning_rate_init=0.05)
    assert model.fit(*iris).score(*iris) > 0.85


def test_optimizers_and_schedules_are_taken_as_they_are(iris):
    schedule = bl.Cosine(0.1, 20)
    ours = NetworkClassifier(**QUICK, solver="sgd", learning_rate=schedule)
    ours.set_params(nesterovs_momentum=False).fit(*iris)
    same = NetworkClassifier(**QUICK, solver=bl.SGD(schedule, momentum=0.9)).fit(*iris)
    assert ours.loss_curve_ == same.loss_curve_
    assert clone(same).get_params()["solver"] == bl.SGD(schedule, momentum=0.9)
    rates = ours._state.history.column("learning_rate")
    assert rates == sorted(rates, reverse=True)


def test_options_reach_training(iris):
    X, y = iris
    plain = NetworkClassifier(**QUICK).fit(X, y)
    single = NetworkClassifier(**QUICK, dtype="float32").fit(X, y)
    assert single._state.parameters["dense1.weight"].dtype == np.float32
    assert np.allclose(single.loss_curve_, plain.loss_curve_, rtol=1e-4)
    assert single.loss_curve_ != plain.loss_curve_
    clipped = NetworkClassifier(**QUICK, solver="sgd", clip_norm=1e-9).fit(X, y)
    assert np.ptp(clipped.loss_curve_) < 1e-6
    lasso = NetworkClassifier(**QUICK, l1=100.0, learning_rate_init=0.02).fit(X, y)
    assert np.abs(lasso.coefs_[0]).sum() < np.abs(plain.coefs_[0]).sum() / 1.5


@pytest.mark.parametrize("name", ["gelu", "silu", "softplus", "linear", "sigmoid"])
def test_activations_of_backlit_can_be_named(iris, name):
    model = NetworkClassifier(**QUICK, activation=name).fit(*iris)
    assert model.network_.architecture.layers[0].activation == name


def test_no_hidden_layers_make_a_linear_model(iris):
    model = NetworkClassifier((), max_iter=5, random_state=0).fit(*iris)
    assert [w.shape for w in model.coefs_] == [(4, 3)]
    assert model.n_layers_ == 2


def test_verbose_shows_the_error_on_stderr(iris, capsys):
    NetworkClassifier(**QUICK, verbose=True).fit(*iris)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "20/20" in shown.err
    assert "loss" in shown.err


# Mistakes are one clear line


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alpha": -1}, "alpha=-1; it must be 0 or a positive number"),
        ({"l1": "much"}, "l1='much'; it must be 0 or a positive number"),
        ({"activation": "rleu"}, "unknown activation 'rleu'; did you mean 'relu'?"),
        ({"solver": "lbfgs"}, "unknown solver 'lbfgs'; known are sgd, momentum"),
        ({"solver": bl.Adam}, "unknown solver <class"),
        ({"hidden_layer_sizes": (8, 0)}, "hidden_layer_sizes=(8, 0); it must be a"),
        ({"hidden_layer_sizes": "8"}, "hidden_layer_sizes='8'; it must be a whole"),
        ({"learning_rate": "fast"}, "unknown learning_rate 'fast'; known are constant"),
        ({"learning_rate_init": 0}, "learning_rate_init=0; it must be a positive"),
        ({"batch_size": 0}, "batch_size=0; it must be a whole number ≥ 1, or 'auto'"),
        ({"max_iter": 0}, "max_iter=0; it must be a whole number ≥ 1"),
        ({"n_iter_no_change": 0}, "n_iter_no_change=0; it must be a whole number ≥ 1"),
        ({"shuffle": "no"}, "shuffle='no'; it must be True or False"),
        ({"momentum": 1.0}, "momentum=1.0; it must be at least 0 and below 1"),
        ({"validation_fraction": 0.0}, "validation_fraction=0.0; it must be above 0"),
        ({"clip_norm": 0}, "clip_norm=0; it must be a positive number, or None"),
        ({"random_state": -1}, "random_state=-1; it must be a whole number ≥ 0"),
        ({"dtype": "float16"}, "unknown dtype 'float16'"),
        ({"executor": "gpu"}, "unknown executor 'gpu'"),
        ({"threads": 0}, "threads=0; it must be a whole number ≥ 1"),
        ({"initialiser": "he"}, "unknown initialiser 'he'"),
        ({"class_weight": "even"}, "class_weight='even'; it must be weights by class"),
        ({"class_weight": {"a": -1}}, "class_weight['a']=-1; it must be 0 or a"),
        ({"class_weight": {"a": 0, "b": 0, "c": 0}}, "all samples have the weight 0"),
        ({"class_weight": {"z": 1}}, "are not in class_weight"),
    ],
    ids=str,
)
def test_a_wrong_parameter_is_named_with_what_is_needed(iris, options, message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is compared
        NetworkClassifier(**QUICK | options).fit(*iris)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_wrong_loss_or_flag_of_the_regressor_is_named(diabetes):
    with pytest.raises(BacklitError, match="unknown loss 'poisson'; known are squared"):
        NetworkRegressor(**QUICK, loss="poisson").fit(*diabetes)
    with pytest.raises(BacklitError, match="normalize_y=1; it must be True or False"):
        NetworkRegressor(**QUICK, normalize_y=1).fit(*diabetes)


def test_wrong_data_is_named(iris):
    X, y = iris
    model = NetworkClassifier(**QUICK)
    with pytest.raises(BacklitError, match="y has one class only, a; at least two"):
        model.fit(X[:50], y[:50])
    with pytest.raises(BacklitError, match="y has 2 columns of classes"):
        model.fit(X, np.c_[np.arange(150) % 3, np.arange(150) % 3])
    with pytest.raises(ValueError, match="Unknown label type: continuous"):
        model.fit(X, X[:, 0])
    with pytest.raises(BacklitError, match="partial_fit needs classes="):
        model.partial_fit(X, y)
    with pytest.raises(NotFittedError):
        model.predict(X)
    with pytest.raises(BacklitError, match="holds 1 out; at least two are needed"):
        clone(model).set_params(early_stopping=True).fit(X[48:54], y[48:54])
    assert not hasattr(model, "network_")
    assert not hasattr(model, "coefs_")
    assert not hasattr(model, "classes_")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"early_stopping": True}, "early_stopping=True; partial_fit needs False"),
        ({"class_weight": "balanced"}, "class_weight='balanced' needs all data"),
    ],
)
def test_partial_fit_refuses_what_needs_all_data(iris, options, message):
    with pytest.raises(BacklitError, match=message):
        NetworkClassifier(**QUICK, **options).partial_fit(*iris, classes=list("abc"))


def test_other_layers_cannot_be_gone_on_with(iris):
    model = NetworkClassifier(**QUICK, warm_start=True).fit(*iris)
    model.set_params(hidden_layer_sizes=(5,))
    with pytest.raises(BacklitError, match="so far has weights 8 × 4, 3 × 8, the para"):
        model.fit(*iris)


def test_a_value_that_is_not_finite_is_named_with_its_row(diabetes):
    X, y = diabetes
    X = X.copy()
    X[3, 0] = 1e300
    weight = np.ones(len(y))
    weight[:3] = 0  # left out, yet rows keep their numbers
    model = NetworkRegressor(**QUICK, activation="square")
    with pytest.raises(NonFiniteError, match="became inf for sample 3 in epoch 1"):
        model.fit(X, y, sample_weight=weight)


def test_help_shows_the_parameters_that_both_share():
    for kind in (NetworkClassifier, NetworkRegressor):
        shown = [line.strip().partition(":")[0] for line in kind.__doc__.splitlines()]
        assert set(kind().get_params()) <= set(shown)
