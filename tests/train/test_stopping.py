import numpy as np
import pytest

from backlit.errors import OptionError
from backlit.train.state import TrainingState
from backlit.train.stopping import EarlyStopping, judged, stopping


def rows_of(scores, column="loss"):
    return [{"epoch": float(n), column: score} for n, score in enumerate(scores, 1)]


def run(rule, scores, column="loss"):
    """Return the state in the end, and what it was after each epoch's score."""
    state, found = TrainingState({"w": np.zeros(1)}), []
    for row in rows_of(scores, column):
        verdict = judged(rule, state, [row], column)
        assert verdict.epochs == 1
        assert (verdict.best == 0) == (verdict.changes["best_epoch"] == row["epoch"])
        vars(state).update(verdict.changes)
        found.append((state.best_epoch, state.waited))
    return state, found


def test_best_so_far_is_noted_and_epochs_without_improvement_counted():
    state, found = run(EarlyStopping(3), [5, 4, 4, 6, 3, 3.5])
    assert found == [(1, 0), (2, 0), (2, 1), (2, 2), (5, 0), (5, 1)]
    assert state.best_score == 3


def test_many_epochs_are_judged_as_one_by_one():
    scores = [5, 4, 4, 6, 3, 3.5, 3, 3, 1]
    state, found = run(EarlyStopping(3), scores[:8])
    verdict = judged(EarlyStopping(3), TrainingState({}), rows_of(scores), "loss")
    assert (verdict.epochs, verdict.over, verdict.best) == (8, True, 4)
    assert verdict.changes == {n: getattr(state, n) for n in verdict.changes}
    assert found[-1] == (5, 3)


def test_rule_that_is_not_over_lets_all_epochs_count():
    verdict = judged(EarlyStopping(9), TrainingState({}), rows_of([3, 2, 4]), "loss")
    assert (verdict.epochs, verdict.over, verdict.best) == (3, False, 1)
    later = TrainingState({}, best_score=1.0, best_epoch=7, waited=7)
    verdict = judged(EarlyStopping(9), later, rows_of([3, 2, 4]), "loss")
    assert (verdict.epochs, verdict.over, verdict.best) == (2, True, None)


def test_change_below_the_minimum_is_no_improvement():
    _, found = run(EarlyStopping(3, minimum=0.5), [5, 4.6, 4.4, 4, 3.8])
    assert found == [(1, 0), (1, 1), (3, 0), (3, 1), (5, 0)]


def test_change_of_exactly_the_minimum_is_no_improvement():
    assert run(EarlyStopping(3, minimum=0.5), [5, 4.5])[1] == [(1, 0), (1, 1)]


@pytest.mark.parametrize("column", ["accuracy", "validation_r2", "validation_roc_auc"])
def test_larger_is_better_for_scores_of_that_kind(column):
    _, found = run(EarlyStopping(3, monitor=column), [0.1, 0.3, 0.2], column)
    assert found == [(1, 0), (2, 0), (2, 1)]


@pytest.mark.parametrize("column", ["mae", "validation_mae", "validation_loss"])
def test_smaller_is_better_for_errors(column):
    _, found = run(EarlyStopping(3, monitor=column), [0.3, 0.1, 0.2], column)
    assert found == [(1, 0), (2, 0), (2, 1)]


def test_score_that_is_no_number_is_no_improvement():
    nan = float("nan")
    state, found = run(EarlyStopping(3), [nan, 2, nan, float("inf")])
    assert found == [(None, 1), (2, 0), (2, 1), (2, 2)]
    assert state.best_score == 2


def test_validation_is_watched_if_there_is_any():
    assert EarlyStopping().column(["loss", "validation_loss"]) == "validation_loss"
    assert EarlyStopping().column(["loss", "accuracy"]) == "loss"
    assert EarlyStopping(monitor="r2").column(["loss", "r2"]) == "r2"


def test_column_that_will_not_be_there_is_refused():
    with pytest.raises(OptionError) as caught:
        EarlyStopping(monitor="val_loss").column(["loss", "validation_loss"])
    assert str(caught.value) == (
        "unknown column to monitor 'val_loss'; did you mean 'validation_loss'?"
    )


def test_rule_may_be_a_number_of_epochs():
    rule = EarlyStopping(7)
    assert stopping(rule) is rule
    assert stopping(7) == rule
    assert stopping(True) == EarlyStopping()
    assert stopping(None) is stopping(False) is None


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"patience": 0}, "patience=0; it must be a whole number ≥ 1"),
        ({"patience": 1.5}, "patience=1.5; it must be a whole number ≥ 1"),
        ({"patience": "5"}, "patience='5'; it must be a whole number ≥ 1"),
        ({"minimum": -1}, "minimum=-1; it must be 0 or a positive number"),
        ({"minimum": float("nan")}, "minimum=nan; it must be 0 or a positive number"),
    ],
)
def test_option_outside_its_range_is_refused(wrong, message):
    with pytest.raises(OptionError) as caught:
        EarlyStopping(**wrong)
    assert str(caught.value) == message
