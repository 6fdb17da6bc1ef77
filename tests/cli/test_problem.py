import numpy as np
import polars as pl
import pytest

import backlit as bl
from backlit.cli.problem import data_error, measured, metric_names, posed
from backlit.cli.tables import Table, about
from backlit.errors import DataError, OptionError
from backlit.network.architecture import Architecture
from backlit.train.classes import encoded
from backlit.train.values import RowError

NUMBERS = pl.DataFrame({"x": np.arange(40.0), "y": 5.0 + 2 * np.arange(40.0)})


def test_problem_has_rows_inputs_and_targets():
    problem = posed(Table("line.csv", NUMBERS), None, None, test=0.25, seed=0)
    assert problem.X.shape == (40, 1)
    assert (len(problem.learn), len(problem.test)) == (30, 10)
    assert problem.targets[problem.learn].mean() == pytest.approx(0)
    assert (problem.classes, set(problem.labels.tolist())) == (0, {0})


def test_metrics_of_numbers_are_in_the_units_of_the_table():
    problem = posed(Table("line.csv", NUMBERS), None, None, test=0.0, seed=0)
    off = problem.targets[:, None] + 3 / problem.preparation.target.deviation
    found = measured(problem.preparation, ("mae",), problem.targets, off)
    assert found["mae"] == pytest.approx(3)


@pytest.mark.parametrize(
    ("loss", "outputs", "rows"),
    [
        ("hinge", 1, [[-1], [1]]),
        ("binary_cross_entropy", 1, [[0], [1]]),
        ("cross_entropy", 3, [[1, 0, 0], [0, 1, 0]]),
    ],
)
def test_targets_are_encoded_as_the_loss_needs_them(loss, outputs, rows):
    architecture = Architecture(2, (bl.Dense(outputs),), loss)
    assert encoded(architecture, np.array([0, 1])).tolist() == rows


def test_error_is_compared_without_penalties():
    X, T = np.eye(2), np.ones((2, 1))
    nets = [bl.Network(2, [bl.Dense(1)], seed=0, l2=l2) for l2 in (0.0, 9.0)]
    assert data_error(nets[0], X, T) == data_error(nets[1], X, T)


def test_usual_metrics_come_first_and_each_once():
    found = metric_names("classification", ("macro_f1", "accuracy", "macro_f1"))
    assert found == ("accuracy", "macro_f1")
    with pytest.raises(OptionError, match="mae"):
        metric_names("classification", ["mae"])


@pytest.mark.parametrize(
    "error", [DataError("no rows"), DataError("t.npz: no rows"), RowError("a", 0, "b")]
)
def test_errors_name_the_table_once(error):
    with pytest.raises(DataError) as raised, about("t.npz"):
        raise error
    assert str(raised.value).count("t.npz") == 1
