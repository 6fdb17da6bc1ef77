import inspect
import pickle

import pytest

from backlit import errors

KINDS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if kind.__module__ == errors.__name__
]


@pytest.mark.parametrize("kind", KINDS)
def test_error_prints_its_message_and_nothing_else(kind):
    error = kind("x is 3; 4 is needed")
    assert str(error) == "x is 3; 4 is needed"
    assert isinstance(error, errors.BacklitError)


@pytest.mark.parametrize("kind", KINDS)
def test_error_goes_between_processes(kind):
    again = pickle.loads(pickle.dumps(kind("message")))  # noqa: S301 - made here
    assert (type(again), str(again)) == (kind, "message")


@pytest.mark.parametrize("kind", KINDS)
def test_error_stands_in_the_drawn_tree_below_what_it_inherits_from(kind):
    lines = errors.__doc__.splitlines()
    (line,) = [x for x in lines if x.strip("│├└─ ").split(" ")[0] == kind.__name__]
    depth = line.index(kind.__name__) // 4
    assert depth == len([k for k in kind.__mro__ if k in KINDS]) - 1
