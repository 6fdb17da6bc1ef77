"""Mistakes of a spec are told before anything is compiled."""

import subprocess
import sys

import pytest
from msgspec.structs import replace

from backlit.errors import DataError, OptionError
from backlit.network.file import LayerTable
from backlit.studio.opening import opened
from backlit.studio.ready import ready
from backlit.studio.spec import LESSON, DataTable


def test_wishes_are_fulfilled_and_samples_are_there():
    spec, table = ready(replace(opened("spirals"), data=DataTable("iris"), fit="data"))
    assert (spec.fit, spec.architecture.inputs) == ("", 4)
    assert (table.rows, len(table.classes)) == (150, 3)


def test_what_cannot_be_shown_is_refused():
    with pytest.raises(OptionError, match="too large for the page"):
        ready(replace(LESSON, layer=[LayerTable(1)] * 65))
    with pytest.raises(DataError, match="2 inputs, the network 4"):
        ready(replace(opened("iris"), data=DataTable("moons")))


def test_no_compiler_is_loaded_for_it():
    code = "import backlit.studio.ready, sys; print(*sys.modules)"
    done = subprocess.run(  # noqa: S603 - the code is written here
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not [name for name in done.stdout.split() if "backlit.compile" in name]
