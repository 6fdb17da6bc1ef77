import numpy as np
import pytest

import backlit as bl
from backlit.errors import NetworkError, QuantityError


@pytest.fixture
def parameters():
    return bl.Network(2, [bl.Dense(3, "tanh"), bl.Dense(1)]).parameters


def test_assigned_lists_become_float64_arrays(parameters):
    parameters["dense2.weight"] = [[1, 2, 3]]
    assert (parameters["dense2.weight"] == [[1.0, 2.0, 3.0]]).all()
    assert parameters["dense2.weight"].dtype == np.float64


def test_assigned_array_is_copied(parameters):
    bias = np.zeros(3)
    parameters["dense1.bias"] = bias
    bias[0] = 9
    assert parameters["dense1.bias"][0] == 0


def test_one_element_can_be_read_and_assigned(parameters):
    before = parameters["dense1.weight"].copy()
    parameters["dense1.weight[2,1]"] = 0.25
    assert parameters["dense1.weight[2,1]"] == 0.25
    before[2, 1] = 0.25
    assert (parameters["dense1.weight"] == before).all()
    assert list(parameters) == [
        *("dense1.weight", "dense1.bias", "dense2.weight", "dense2.bias")
    ]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("dense1.bias", [1, 2], r"dense1.bias has the shape \(3,\), got \(2,\)"),
        ("dense1.bias", "abc", r"dense1.bias must be numbers of the shape \(3,\)"),
        ("dense1.bias", [[1], [1, 2]], "dense1.bias must be numbers"),
        ("dense1.bias", [1, 2, 10**400], "dense1.bias must be numbers"),
        ("dense1.bias", [1, 2, float("nan")], "dense1.bias must be finite"),
        ("dense1.bias[0]", float("inf"), r"dense1.bias\[0\] must be finite"),
        ("dense1.bias[0]", [1, 2], r"dense1.bias\[0\] has the shape \(\), got \(2,\)"),
        ("dense3.bias", [1], "no quantity 'dense3.bias'; did you mean 'dense"),
        ("dense1.bias[3]", 1, r"dense1.bias has the shape \(3,\); index 3"),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(
    parameters, name, value, message
):
    before = {name: value.copy() for name, value in parameters.items()}
    with pytest.raises(NetworkError, match=message):
        parameters[name] = value
    assert all((parameters[n] == v).all() for n, v in before.items())


def test_parameters_belong_to_the_network(parameters):
    with pytest.raises(NetworkError, match="belongs to the network"):
        del parameters["dense1.bias"]
    with pytest.raises(QuantityError):
        parameters["dense9.weight"]
    assert "dense9.weight" not in parameters
    assert "dense1.weight" in parameters
    assert len(parameters) == 4


def test_printed_parameters_are_names_and_aligned_values(parameters):
    parameters.update(
        {"dense1.weight": np.eye(3, 2), "dense1.bias": [1, 2, 3]}
        | {"dense2.weight": [[0, 0, 0.5]], "dense2.bias": [0]}
    )
    assert repr(parameters).splitlines() == [
        "dense1.weight = [[1. 0.]",
        "                 [0. 1.]",
        "                 [0. 0.]]",
        "dense1.bias = [1. 2. 3.]",
        "dense2.weight = [[0.  0.  0.5]]",
        "dense2.bias = [0.]",
    ]
