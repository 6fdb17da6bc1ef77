"""Lessons: a guided tour of a network, as a file that a teacher writes.

    title               of the lesson
    [controls]          hidden, locked: lists of names, see `CONTROLS`
    [start]             the state it begins with: [start.network], [[start.layer]], …
    [[step]]            title, text, look, [step.goal]

A step's text is plain; `*word*` stresses, and what stands between backticks is a name
or a formula. `look` is what it points at: an element of the network, such as
`dense1.weight[0,1]` or `E`, or a control. A goal is one of `error_below`, `step`,
`stage` (a quantity that must be worked out), `select` (an element) and `change`
(anything, by hand); "next" waits for it.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from backlit.errors import BacklitError, DataError, OptionError
from backlit.files import read_whole
from backlit.options import closest, finite, known, whole
from backlit.studio.spec import LESSON, Spec, checked

NEURON = Path(__file__).parent / "lessons" / "neuron.toml"
"""The introductory lesson; `backlit play lesson` opens it."""

CONTROLS = {
    "data": "the data set and the samples",
    "inputs": "the fields of inputs and targets beside the network",
    "weights": "changing weights and biases in the network by hand",
    "settings": "layers, error, optimizer, first weights",
    "layers": "layers and units in the settings",
    "error": "the error in the settings",
    "training": "optimizer, learning rate, batch size, penalties",
    "seed": "drawing other first weights",
    "play": "play, pause and speed",
    "steps": "going by one operation, pass, update or epoch",
    "time": "the slider over the steps, and reset",
    "views": "what stands right of the network: output, boundary, curves",
    "why": "the derivation of what is selected",
    "share": "address, session file and export",
}
"""What a lesson may hide or lock. Locked controls are seen, but cannot be changed."""


class Controls(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[controls]`: names of `CONTROLS`."""

    hidden: list[str] = []
    locked: list[str] = []


class Goal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must be reached before a lesson goes on: one of these.

    Attributes:
        error_below: E of the step that is shown.
        step: A step, or one after it.
        stage: A quantity that must be worked out.
        select: An element that must be selected.
        change: Whether anything must be changed by hand.
    """

    error_below: float | None = None
    step: int | None = None
    stage: str | None = None
    select: str | None = None
    change: bool = False


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table `[[step]]`.

    Attributes:
        title: A few words.
        text: What to read.
        look: An element of the network or a control to point at.
        goal: What must be reached before the next step, if anything.
    """

    title: str
    text: str
    look: str = ""
    goal: Goal | None = None


class Lesson(msgspec.Struct, frozen=True):
    """A lesson, as a page needs it.

    Attributes:
        title: Of the whole.
        hidden: Controls that are not shown.
        locked: Controls that cannot be changed.
        step: The steps in order.
        start: What it begins with.
    """

    title: str
    hidden: list[str]
    locked: list[str]
    step: list[Step]
    start: Spec


class _File(msgspec.Struct, forbid_unknown_fields=True):
    title: str
    step: list[Step]
    controls: Controls = Controls()
    start: Spec | None = None


def read(path: str | Path) -> Lesson:
    """Read a lesson from a file.

    Raises:
        DataError: The file cannot be read, or is no lesson; the message says where.
        NetworkError: What it starts with is no network.
        OptionError: A name or number in it does not exist or is out of range.
    """
    try:
        text = read_whole(path, "a lesson (TOML)").decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"{path} is not text; a lesson is TOML in UTF-8") from None
    return parse(text, str(path))


def is_lesson(path: str | Path) -> bool:
    """Tell whether a TOML file is a lesson: it has steps, as no network file has.

    Raises:
        DataError: The file cannot be read.
    """
    text = read_whole(path, "a network file or a lesson").decode("utf-8-sig", "replace")
    try:
        return "step" in tomllib.loads(text)
    except (ValueError, RecursionError):
        return False  # whoever reads it as a network file says what is wrong


def parse(text: str, name: str = "the lesson") -> Lesson:
    """Return the lesson that a text describes; raises as `read`."""
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{name} is not valid TOML: {error}") from None
    found = _convert(tables, name)
    if not found.step:
        raise DataError(f"{name} has no steps; write at least one [[step]]")
    for control in [*found.controls.hidden, *found.controls.locked]:
        known(f"control in {name}", control, CONTROLS)
    start = _started(found.start, name) if found.start else LESSON
    names = _elements(start)
    for number, step in enumerate(found.step, 1):
        _check(step, names, f"{name}, [[step]] {number}")
    controls = found.controls
    return Lesson(found.title, controls.hidden, controls.locked, found.step, start)


def _convert(tables: dict[str, Any], name: str) -> _File:
    try:
        return msgspec.convert(tables, _File)
    except msgspec.ValidationError as error:
        what, _, path = str(error).partition(" - at `$")
        counted = re.sub(r"\[(\d+)\]", lambda n: f" {int(n[1]) + 1}", path)
        where = counted.rstrip("`").lstrip(".") or "the top"
        what = what[:1].lower() + what[1:].replace("`", "'")
        raise DataError(f"{name}, {where}: {what}") from None


def _started(start: Spec, name: str) -> Spec:
    try:
        return checked(start)
    except BacklitError as error:
        raise type(error)(f"{name}, start: {error}") from None


def _elements(start: Spec) -> dict[str, tuple[int, ...]]:
    """Return the shapes of what a step may point at, by name, for one sample."""
    architecture = start.architecture
    shapes = {"x": (architecture.inputs,), "t": (architecture.outputs,), "E": ()}
    shapes |= architecture.shapes
    for layer, name in zip(architecture.layers, architecture.names, strict=True):
        shapes |= {f"{name}.{part}": (layer.units,) for part in ("sum", "output")}
    return shapes


def _check(step: Step, shapes: dict[str, tuple[int, ...]], where: str) -> None:
    if step.look and step.look not in CONTROLS:
        _check_element(step.look, shapes, f"{where}, look")
    goal = step.goal
    if goal is None:
        return
    named = {
        n: v
        for n in goal.__struct_fields__
        if (v := getattr(goal, n)) not in (None, False)
    }
    if len(named) != 1:
        raise OptionError(
            f"{where}: a goal is one of {', '.join(goal.__struct_fields__)}; "
            f"here are {len(named)}"
        )
    if goal.error_below is not None:
        finite(f"{where}: error_below", goal.error_below)
    if goal.step is not None:
        whole(f"{where}: step", goal.step)
    if goal.select is not None:
        _check_element(goal.select, shapes, f"{where}, select")
    if goal.stage is not None:
        _check_stage(goal.stage, shapes, f"{where}, stage")


def _check_element(name: str, shapes: dict[str, tuple[int, ...]], where: str) -> None:
    base, bracket, rest = name.partition("[")
    if base not in shapes:
        raise OptionError(
            f"{where}: {name!r} is not there; {closest(base, [*shapes, *CONTROLS])}"
        )
    shape = shapes[base]
    index = (
        [part.strip() for part in rest.removesuffix("]").split(",")] if bracket else []
    )
    fits = len(index) == len(shape) and all(
        part.isdecimal() and int(part) < size
        for part, size in zip(index, shape, strict=True)
    )
    if not fits:
        example = f"{base}[{','.join('0' * len(shape))}]" if shape else base
        raise OptionError(
            f"{where}: {name!r} is no element; write one such as {example}"
        )


def _check_stage(name: str, shapes: dict[str, tuple[int, ...]], where: str) -> None:
    base = name.removeprefix("grad.").removeprefix("new.")
    if base not in shapes:
        raise OptionError(
            f"{where}: {name!r} is not there; {closest(base, shapes)}, also with grad. "
            "or new. before it"
        )
