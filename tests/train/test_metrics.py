import math
import subprocess
import sys
import time

import numpy as np
import pytest
from sklearn import metrics as sk

from backlit.errors import OptionError, ShapeError
from backlit.train import metrics

WEIGHTED = pytest.mark.parametrize("weighted", [False, True])


def classes(k, seed, rows=200):
    """Return random targets that scores hit now and then, with ties, and weights."""
    random = np.random.default_rng(seed)
    target = random.integers(0, k, rows)
    scores = random.uniform(size=(rows, k)) + 0.5 * np.eye(k)[target]
    scores = np.round(scores / scores.sum(1, keepdims=True), 2)
    scores[:, -1] = 1 - scores[:, :-1].sum(1)
    return target, scores, random.uniform(0, 2, rows)


@WEIGHTED
@pytest.mark.parametrize("k", [2, 3, 7])
@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("accuracy", sk.accuracy_score),
        ("balanced_accuracy", sk.balanced_accuracy_score),
        (
            "macro_f1",
            lambda t, y, sample_weight: sk.f1_score(
                t, y, average="macro", sample_weight=sample_weight
            ),
        ),
    ],
)
def test_metric_of_classes_equals_scikit_learns(name, reference, k, weighted):
    for seed in range(5):
        target, scores, weights = classes(k, seed)
        w = weights if weighted else None
        expected = reference(target, scores.argmax(1), sample_weight=w)
        found = metrics.METRICS[name].measure(target, scores, w)
        assert found == pytest.approx(expected, abs=1e-12)


@WEIGHTED
def test_roc_auc_of_two_classes_equals_scikit_learns(weighted):
    for seed in range(5):
        target, scores, weights = classes(2, seed)
        w = weights if weighted else None
        expected = sk.roc_auc_score(target, scores[:, 1], sample_weight=w)
        for output in (scores, scores[:, 1], scores[:, 1:]):
            found = metrics.roc_auc(target, output, w)
            assert found == pytest.approx(expected, abs=1e-12)


@WEIGHTED
def test_roc_auc_of_many_classes_equals_scikit_learns(weighted):
    for seed in range(5):
        target, scores, weights = classes(4, seed)
        w = weights if weighted else None
        expected = sk.roc_auc_score(target, scores, multi_class="ovr", sample_weight=w)
        assert metrics.roc_auc(target, scores, w) == pytest.approx(expected, abs=1e-12)


def test_roc_auc_is_the_share_of_pairs_in_order():
    target, output, weights = classes(2, seed=9, rows=30)
    pairs = np.multiply.outer(weights[target == 1], weights[target == 0])
    y = output[:, 1]
    difference = np.subtract.outer(y[target == 1], y[target == 0])
    expected = (pairs * (np.sign(difference) + 1) / 2).sum() / pairs.sum()
    assert metrics.roc_auc(target, output, weights) == pytest.approx(expected)


@WEIGHTED
@pytest.mark.parametrize("shape", [(50,), (50, 1), (50, 3)])
def test_metric_of_numbers_equals_scikit_learns(shape, weighted):
    random = np.random.default_rng(0)
    target = random.standard_normal(shape)
    output = target + random.standard_normal(shape)
    w = random.uniform(0, 2, 50) if weighted else None
    r2, mae = sk.r2_score, sk.mean_absolute_error
    assert metrics.r2(target, output, w) == pytest.approx(
        r2(target, output, sample_weight=w)
    )
    assert metrics.mae(target, output, w) == pytest.approx(
        mae(target, output, sample_weight=w)
    )


def test_weight_counts_like_repeated_rows():
    target, scores, _ = classes(3, seed=1)
    times = np.arange(len(target)) % 3
    repeated = np.repeat(target, times), np.repeat(scores, times, axis=0)
    for name in ("accuracy", "balanced_accuracy", "macro_f1", "roc_auc"):
        measure = metrics.METRICS[name].measure
        assert measure(target, scores, times) == pytest.approx(measure(*repeated, None))


def test_class_that_no_row_has_is_left_out():
    target = np.array([0, 0, 1])
    scores = np.array([[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.1, 0.8, 0.1]])
    assert metrics.balanced_accuracy(target, scores) == pytest.approx((1 / 2 + 1) / 2)
    assert metrics.macro_f1(target, scores) == pytest.approx(2 / 3)
    assert metrics.roc_auc(target, scores) == 1.0


def test_class_that_is_only_predicted_counts_for_f1_alone():
    target, scores = np.array([0, 0, 1]), np.eye(3)[[0, 2, 1]]
    assert metrics.balanced_accuracy(target, scores) == pytest.approx((1 / 2 + 1) / 2)
    assert metrics.macro_f1(target, scores) == pytest.approx((2 / 3 + 1 + 0) / 3)


def test_roc_auc_of_one_class_is_nan():
    assert math.isnan(metrics.roc_auc(np.array([1, 1]), np.array([0.2, 0.9])))
    assert math.isnan(metrics.roc_auc(np.array([2, 2]), np.eye(3)[:2]))


@pytest.mark.parametrize("name", metrics.METRICS)
def test_metric_without_rows_or_weight_is_nan(name):
    measure = metrics.METRICS[name].measure
    assert math.isnan(measure(np.zeros(0), np.zeros(0), None))
    assert math.isnan(measure(np.zeros(2, int), np.zeros(2), np.zeros(2)))


def test_r2_of_equal_targets_is_1_only_if_they_are_hit():
    target = np.array([0.1, 0.1, 0.1])
    assert metrics.r2(target, target) == 1.0
    assert metrics.r2(target, np.array([0.1, 0.1, 0.2])) == 0.0
    assert metrics.r2(np.array([2.0]), np.array([2.0])) == 1.0
    weights = np.array([1.0, 1.0, 1.0, 0.0])
    assert metrics.r2(np.array([*target, 5.0]), np.full(4, 0.1), weights) == 1.0
    assert metrics.r2(np.array([*target, 5.0]), np.full(4, 0.2), weights) == 0.0


def test_score_returns_values_by_name_in_the_order_asked():
    target, scores, _ = classes(3, seed=0)
    found = metrics.score(["macro_f1", "accuracy"], "classification", target, scores)
    assert list(found) == ["macro_f1", "accuracy"]
    assert found["accuracy"] == metrics.accuracy(target, scores)
    assert all(type(value) is float for value in found.values())


def test_registry_knows_its_names_tasks_and_directions():
    for name, metric in metrics.METRICS.items():
        assert metric.name == name
        assert metric.larger_is_better == (name != "mae")
        assert metrics.find_metric(name, metric.task) is metric


@pytest.mark.parametrize(
    ("name", "task", "message"),
    [
        ("acuracy", "classification", "did you mean 'accuracy'"),
        ("x", "regression", "no metric 'x', only r2, mae$"),
        ("accuracy", "regression", "is for classification, not for regression"),
    ],
)
def test_metric_that_does_not_exist_or_fit_is_refused(name, task, message):
    with pytest.raises(OptionError, match=message):
        metrics.score([name], task, np.zeros(1), np.zeros(1))


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ShapeError, match="do not fit"):
        metrics.score(["r2"], "regression", np.zeros(3), np.zeros((3, 2)))


def test_metrics_are_quick_enough_for_every_epoch():
    target, scores, _ = classes(10, seed=0, rows=10_000)
    names = ["accuracy", "balanced_accuracy", "macro_f1", "roc_auc"]
    start = time.perf_counter()
    metrics.score(names, "classification", target, scores)
    assert time.perf_counter() - start < 0.5


def test_metrics_bring_in_nothing_heavy():
    code = (
        "import sys; import backlit.train.metrics;"
        "sys.exit('sklearn' in sys.modules or 'polars' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - ours
