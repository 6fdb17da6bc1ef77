import io
import subprocess
import sys
import time
import warnings

import pytest

from backlit import __version__, cli
from backlit.errors import DataError, OptionError

COMMANDS = ("train", "predict", "explain")
QUICK = ("--l2", "0", "--epochs", "2")


def raising(monkeypatch, error):
    """Let `train` raise an error."""

    def run(_):
        raise error

    monkeypatch.setattr("backlit.cli.training.run", run)


def test_version_is_told(run):
    assert run("--version") == (0, f"backlit {__version__}\n", "")


def test_help_names_every_command(run):
    for arguments in ([], ["--help"], ["-h"]):
        done = run(*arguments)
        assert (done.code, done.err) == (0, "")
        assert all(f" {command} " in done.out for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command_has_an_example(run, command):
    done = run(command, "--help")
    assert done.code == 0
    assert f"Example: backlit {command} " in done.out


def test_unknown_command_is_wrong_usage(fails):
    message = "no such command 'trian'; did you mean 'train'? (see backlit --help)"
    assert fails(2, "trian") == message


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (DataError("the table is empty"), 1, "the table is empty"),
        (OptionError("batch_size=0; more"), 2, "--batch-size 0; more"),
        (OptionError("unknown loss 'x'"), 2, "unknown loss 'x'"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (MemoryError(), 1, "there is not enough memory for this"),
        (DataError("two\nlines"), 1, "two lines"),
    ],
)
def test_errors_are_one_line_and_an_exit_code(fails, monkeypatch, error, code, message):
    raising(monkeypatch, error)
    assert fails(code, "train", "iris") == message


def test_unexpected_error_asks_for_debug(fails, monkeypatch):
    raising(monkeypatch, ZeroDivisionError("division by zero"))
    message = fails(1, "train", "iris")
    assert message.startswith("ZeroDivisionError: division by zero (an error in")
    assert "--debug" in message


@pytest.mark.parametrize(
    "arguments", [("--debug", "train", "iris"), ("train", "iris", "--debug")]
)
def test_debug_shows_where_an_error_arose_and_keeps_the_code(
    run, monkeypatch, arguments
):
    raising(monkeypatch, DataError("no rows"))
    done = run(*arguments)
    assert done.code == 1
    assert "Traceback" in done.err
    assert done.err.endswith("backlit: no rows\n")


def test_warnings_are_not_shown(run, monkeypatch):
    monkeypatch.setattr(
        "backlit.cli.training.run", lambda _: warnings.warn("careful", stacklevel=1)
    )
    assert run("train", "iris") == (0, "", "")


def test_reader_that_has_enough_is_no_error(folder):
    command = f"{sys.executable} -m backlit train iris {' '.join(QUICK)}"
    done = subprocess.run(  # noqa: S602 - written here
        f"({command}; echo $? > code) | true",
        shell=True,
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert (folder / "code").read_text() == "1\n"


def test_letters_that_a_terminal_lacks_are_written_as_codes(folder, monkeypatch):
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", terminal)
    assert cli.main(["train", "plane", *QUICK]) == 0
    assert (folder / "plane.safetensors").exists()
    terminal.seek(0)
    assert r"R\xb2" in terminal.read()


def test_start_brings_nothing_heavy_but_typer():
    code = "import backlit.cli, sys; print(*sys.modules)"
    done = subprocess.run(  # noqa: S603 - written here
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    heavy = {"polars", "sklearn", "scipy", "llvmlite", "rich", "safetensors"}
    assert heavy & set(done.stdout.split()) == set()


def test_help_is_quick():
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "backlit", "--help"], capture_output=True, check=True
        )
        seconds.append(time.perf_counter() - started)
    assert min(seconds) < 1  # 0.3 on a machine at rest
