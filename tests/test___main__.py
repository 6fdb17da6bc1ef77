import subprocess
import sys

from backlit import __version__


def test_module_runs_as_the_program_does():
    done = subprocess.run(
        [sys.executable, "-m", "backlit", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"backlit {__version__}\n"
