"""A command line in a folder of its own, and tables to train on."""

from __future__ import annotations

import json
import random
from typing import Any, NamedTuple

import pytest

from backlit.cli import main

LINES = 60
QUICK = ("--l2", "0", "--epochs", "2")  # no trial runs


class Ran(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> dict[str, Any]:
        """The object on the last line of stdout."""
        return json.loads(self.out.splitlines()[-1])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return the folder that commands run in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder, monkeypatch, capsys):
    """Return a function that runs a command line in an empty folder."""
    assert not list(folder.iterdir())
    monkeypatch.setenv("COLUMNS", "120")

    def ran(*arguments: str) -> Ran:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return Ran(code, *capsys.readouterr())

    return ran


@pytest.fixture
def fails(run):
    """Return a function that checks that a command fails, in one line."""

    def failed(code: int, *arguments: str) -> str:
        ran = run(*arguments)
        assert (ran.code, ran.out) == (code, "")
        assert ran.err.startswith("backlit: ")
        assert ran.err.count("\n") == 1
        return ran.err.removeprefix("backlit: ").rstrip("\n")

    return failed


@pytest.fixture
def people(folder):
    """Return a table of mixed columns: `people.csv`."""
    chance = random.Random(0)  # noqa: S311 - no secret
    lines = ["name;height;born;city;member;paid"]
    for n in range(LINES):
        city = chance.choice(["Rome, Italy", "Oslo", "Bern"])
        height = f"{chance.gauss(1.7, 0.1):.2f}".replace(".", ",")
        born = f"{chance.randint(1, 28)}.{chance.randint(1, 12)}.{1950 + n}"
        height = "" if n % 9 == 0 else height
        member = chance.random() < 0.5
        paid = "yes" if member or city == "Oslo" else "no"
        lines.append(f'P{n};{height};{born};"{city}";{str(member).lower()};{paid}')
    path = folder / "people.csv"
    path.write_text("\n".join(lines) + "\n")
    return path
