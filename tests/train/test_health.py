import numpy as np
import pytest

import backlit as bl
from backlit.network.architecture import Architecture
from backlit.train.health import first_bad, hint
from backlit.update.step import training_step

A = Architecture(2, [bl.Dense(3, "exp"), bl.Dense(2)])
ROWS = np.array([40, 41, 42, 43])


def bad(dtype="float64", weighted=False, architecture=A, **changed):
    """Return what is said of a step in which some input is changed."""
    graph = training_step(architecture, bl.SGD(0.1), 4, weighted=weighted)
    given = {name: np.full(node.shape, 0.5) for name, node in graph.inputs.items()}
    for name, (place, value) in changed.items():
        given[name.replace("_", ".", 1)][place] = value
    return first_bad(graph, given, ROWS, dtype)


def test_first_bad_quantity_is_named_with_its_place_and_sample():
    assert bad(x=((2, 1), 1e200)) == "dense1.output[0] became inf for sample 42"
    assert bad(x=((3, 0), np.nan)) == "dense1.sum[0] became nan for sample 43"
    assert bad(dense2_weight=((1, 0), 1e305), x=((1, 0), 20.0)) == (
        "dense2.sum[1] became inf for sample 41"
    )
    assert bad(t=((0, 1), 1e200)) == "E.sample became inf for sample 40"
    assert bad(dense2_bias=((1,), -np.inf)) == "dense2.sum[1] became -inf for sample 40"


def test_precision_is_that_of_the_run():
    assert bad(x=((2, 1), 300.0), dtype="float32") == (
        "dense1.output[0] became inf for sample 42"
    )
    assert bad(x=((2, 1), 300.0)).startswith("a new parameter") is True


def test_gradient_is_named_where_the_forward_pass_is_finite():
    a = Architecture(2, [bl.Dense(1, "sqrt")])
    zero = {"dense1_weight": (0, 0.0), "dense1_bias": (0, 0.0)}
    assert bad(architecture=a, **zero) == "grad.dense1.sum[0] became -inf for sample 40"


def test_penalty_and_weighted_error_are_named():
    a = Architecture(2, [bl.Dense(1, freeze="weight")], l2=1.0)
    found = bad(
        architecture=a, dense1_weight=((0, 0), 1e170), x=((slice(None), 0), 0.0)
    )
    assert found == "E.penalty became inf"


def test_hint_says_what_usually_helps():
    assert hint(A, 0.125) == (
        "what usually helps: lower the learning rate (now 0.125), or limit gradients "
        "with clip_norm=1, or standardise the inputs"
    )
    a = Architecture(2, [bl.Dense(1, "sigmoid")], "binary_cross_entropy")
    assert "or" in hint(a, 1)
    assert hint(a, 1).startswith(
        "what usually helps: use binary_cross_entropy_with_logits, or lower the"
    )


@pytest.mark.parametrize("weighted", [False, True])
def test_weights_of_samples_do_not_hide_the_sample(weighted):
    assert bad(t=((3, 0), 1e200), weighted=weighted).endswith("for sample 43")
