import numpy as np
import pytest

from backlit.errors import ShapeError
from backlit.train import predictions


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ([[0.1, 0.7, 0.2], [2.0, -1.0, 1.0]], [1, 0]),
        ([[0.5, 0.5]], [0]),
        ([0.4, 0.5, 0.6], [0, 0, 1]),
        ([[0.4], [0.6]], [0, 1]),
        (np.zeros((0, 3)), []),
        (np.zeros(0), []),
    ],
)
def test_predicted_class_is_the_largest_score_or_a_probability_above_half(
    output, expected
):
    found = predictions.predicted(np.array(output))
    assert found.tolist() == expected
    assert found.dtype == np.int64


@pytest.mark.parametrize(
    ("target", "output", "weights"),
    [
        ([0, 1], [0.1, 0.2, 0.3], None),
        ([[0], [1]], [0.1, 0.2], None),
        ([0, 3], np.eye(2), None),
        ([0, 2], [0.1, 0.9], None),
        ([-1, 0], [0.1, 0.9], None),
        ([0, 1], [0.1, 0.9], [1.0]),
        ([0, 1], [0.1, 0.9], [1.0, -1.0]),
        (0, 0.5, None),
        ([0], np.zeros((1, 1, 1)), None),
    ],
)
def test_classes_that_do_not_fit_are_refused(target, output, weights):
    with pytest.raises(ShapeError):
        predictions.checked_classes(target, output, weights)


@pytest.mark.parametrize(
    ("target", "output"),
    [([1.0, 2.0], [1.0]), ([1.0], [[1.0, 2.0]]), (1.0, 1.0), ([1.0], [[[1.0]]])],
)
def test_numbers_that_do_not_fit_are_refused(target, output):
    with pytest.raises(ShapeError, match="do not fit"):
        predictions.checked_numbers(target, output, None)


def test_one_output_may_be_flat_or_a_column():
    target, output, weights = predictions.checked_numbers([1, 2], [[3], [4]], None)
    assert target.shape == output.shape == (2, 1)
    assert weights.tolist() == [1.0, 1.0]
