"""Work beside the server gives its result or its error, and keeps no process alive."""

import subprocess
import sys

import pytest

from backlit.studio.beside import beside


def test_result_and_error_come_back():
    assert beside(lambda: 7).result(5) == 7
    with pytest.raises(ZeroDivisionError):
        beside(lambda: 1 / 0).result(5)


def test_a_process_ends_whatever_is_done_beside_it():
    code = "import time; from backlit.studio.beside import beside\n"
    code += "beside(lambda: time.sleep(60))"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)  # noqa: S603
