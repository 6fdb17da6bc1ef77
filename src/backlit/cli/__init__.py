"""The command line: `backlit COMMAND`, one module for each command.

A command is a function that returns when its work is done and raises otherwise;
`main` runs it and turns what it raises into one line on stderr and an exit code:

    0    done
    1    failed: a table, file or run that cannot be used
    2    wrong usage: an option or argument that is missing, unknown or out of range
    130  interrupted by Ctrl-C
"""

from __future__ import annotations

import os
import re
import sys
import traceback
import warnings
from typing import TYPE_CHECKING, Annotated

import typer

from backlit import __version__
from backlit.cli.explain import explain
from backlit.cli.export import export
from backlit.cli.play import play
from backlit.cli.predict import predict
from backlit.cli.train import train
from backlit.errors import BacklitError, OptionError

if TYPE_CHECKING:
    from collections.abc import Sequence

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
    epilog="Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.",
)

# In the order in which a newcomer needs them; each has a module in this folder.
for command in (train, predict, explain, play, export):
    app.command()(command)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"backlit {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version.",
            callback=_tell_version,
            is_eager=True,
        ),
    ] = False,
    debug: Annotated[
        bool,
        typer.Option("--debug", help="Show where an error arose; with any command."),
    ] = False,
) -> None:
    """Train neural networks and see through them: every quantity has a name.

    Start with: backlit train iris
    """
    del version, debug  # the first has its callback, the second is for `main`


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code; see the head of this module.

    Args:
        arguments: What follows the program's name; by default that of this process.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    wanted = [argument for argument in given if argument != "--debug"]
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal that lacks a letter
            stream.reconfigure(errors="backslashreplace")
    debug = len(wanted) < len(given)
    try:
        with warnings.catch_warnings():
            if not debug:  # what a person should know is told as an error
                warnings.simplefilter("ignore")
            return _run(wanted or ["--help"])
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last resort
        if debug:
            traceback.print_exception(error)
        line, code = _told(error)
        print("backlit:", *line.splitlines(), file=sys.stderr)  # noqa: T201
        return code


def _run(arguments: list[str]) -> int:
    try:
        with typer.main.get_command(app).make_context("backlit", arguments) as context:
            context.command.invoke(context)
        sys.stdout.flush()
    except typer.Exit as end:
        return end.exit_code
    except SystemExit:  # Rich found the pipe broken
        return 1
    except BrokenPipeError:  # the reader has enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0


def _told(error: BaseException) -> tuple[str, int]:
    """Return the line that explains an error, and the exit code."""
    if isinstance(error, KeyboardInterrupt):
        return "interrupted", 130
    if isinstance(error, OptionError):
        return _as_option(str(error)), 2
    if isinstance(error, BacklitError):
        return str(error).replace("clip_norm=", "--clip-norm "), 1
    if hasattr(error, "format_message"):  # Typer's own errors, of wrong usage
        return _of_usage(error, error.format_message()), 2
    if isinstance(error, MemoryError):
        return "there is not enough memory for this", 1
    name = type(error).__name__
    return f"{name}: {error} (an error in backlit; --debug shows where it arose)", 1


def _as_option(message: str) -> str:
    """Write a parameter's name as its option: `batch_size=0; …` is `--batch-size 0`."""
    found = re.match(r"([a-z]\w*)=", message)
    if not found:
        return message
    return f"--{found[1].replace('_', '-')} {message[found.end() :]}"


def _of_usage(error: BaseException, message: str) -> str:
    """Return Typer's message in the form of ours, with where to read more."""
    message = re.sub(r"\. (\w)", lambda found: f"; {found[1].lower()}", message)
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "backlit"
    return f"{message[:1].lower()}{message[1:].rstrip('.')} (see {path} --help)"
