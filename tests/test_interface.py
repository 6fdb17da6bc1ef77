"""The package offers its interface, and loads it only once it is asked for."""

import subprocess
import sys

import pytest

import backlit
from backlit import interface, ops


def loaded_after(statement):
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run(  # noqa: S603 - the code is written here
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_the_package_offers_all_that_is_in_the_interface():
    for name in interface.__all__:
        assert getattr(backlit, name) is getattr(interface, name)
    assert set(interface.__all__) <= set(dir(backlit))
    assert len(dir(backlit)) == len({*dir(backlit)})
    assert backlit.relu is ops.relu


def test_a_star_brings_all_of_it():
    found = {}
    exec("from backlit import *", found)  # noqa: S102 - as a person types it
    assert found.keys() >= set(interface.__all__)


def test_it_is_loaded_once_it_is_asked_for():
    assert "numpy" not in loaded_after("import backlit")
    assert "backlit.model" in loaded_after("from backlit import Network")


def test_the_command_line_answers_before_it():
    loaded = loaded_after("import backlit.cli")
    assert not {"numpy", "backlit.interface"} & loaded


@pytest.mark.parametrize("name", ["Netwerk", "wraps", "model_of"])
def test_what_is_not_offered_is_refused_under_the_packages_name(name):
    with pytest.raises(
        AttributeError, match=f"module 'backlit' has no attribute '{name}'"
    ):
        getattr(backlit, name)
