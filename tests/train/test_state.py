import numpy as np

from backlit.train.state import TrainingState


def test_parameters_kept_are_the_best_if_any_else_the_last():
    state = TrainingState({"w": np.zeros(1)})
    assert state.kept is state.parameters
    state.best = {"w": np.ones(1)}
    assert state.kept is state.best


def test_states_do_not_share_what_changes():
    first, second = TrainingState({}), TrainingState({})
    first.history.rows.append({"epoch": 1.0})
    first.optimizer["state.mean.w"] = np.zeros(1)
    assert list(second.history) == []
    assert second.optimizer == {}
