"""What a person opens, as a spec: a network, a model, a table, a session, or nothing.

    nothing        the lesson's neuron
    .toml          a network file with its weights and sample, or a lesson
    .safetensors   a model with its weights, on the table that it was trained on
    .csv, ...      a table, or a data set by name, with a network that suits it
    .json          a session that a page saved
    a network      as it stands, with its weights

What fits no line is an error that says what would.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from backlit.errors import DataError, NetworkError, OptionError
from backlit.files import read_whole
from backlit.studio import fitting, lesson
from backlit.studio.sources import TABLES, given, table, unknown
from backlit.studio.spec import LESSON, Spec, checked
from backlit.studio.spec import read as read_spec
from backlit.studio.trained import from_file, from_model, from_network
from backlit.train import datasets

if TYPE_CHECKING:
    from backlit.studio.lesson import Lesson
    from backlit.studio.trained import Network


@dataclass(frozen=True)
class Opening:
    """What a studio begins with.

    Attributes:
        spec: The network, its data and its training.
        session: What a session file holds besides, for the page.
        lesson: The guided tour, of a lesson.
    """

    spec: Spec
    session: dict[str, Any] = field(default_factory=dict)
    lesson: Lesson | None = None


def opened(
    source: str | Path | Network | None = None,
    *,
    data: str | Path | None = None,
    target: str | None = None,
) -> Spec:
    """Return the spec of what a person opens.

    Args:
        source: A file, the name of a data set, "lesson", a network, or None for the
            lesson's neuron.
        data: A table or data set for a network.
        target: The column to predict, of a table; found if not given.

    Raises:
        DataError: A file or table that cannot be used.
        NetworkError: A file that does not describe a network.
        OptionError: An option out of range, or for something else.

    Example:
        >>> [layer.units for layer in opened("spirals").layer]
        [8, 8, 1]
    """
    return opening(source, data=data, target=target).spec


def opening(
    source: str | Path | Network | None = None,
    *,
    data: str | Path | None = None,
    target: str | None = None,
) -> Opening:
    """Return what a studio begins with; see `opened`."""
    if not isinstance(source, str | Path | None):
        return Opening(checked(from_network(source, given(data, target))))
    name = "" if source is None else str(source)
    if name == "lesson" and data is None:
        name = str(lesson.NEURON)
    suffix = Path(name).suffix.lower()
    if name in datasets.NAMES or suffix in TABLES:
        _refuse_second("data", data, f"{name} is a table itself")
        return Opening(checked(fitting.network_for(table(name, target))))
    if data is None:
        _refuse_second("target", target, "it is for a table")
    match suffix:
        case ".toml" if data is None and lesson.is_lesson(name):
            guided = lesson.read(name)
            return Opening(guided.start, lesson=guided)
        case ".toml":
            return Opening(checked(from_file(name, given(data, target))))
        case ".safetensors":
            return Opening(checked(from_model(name, data, target)))
        case ".json":
            _refuse_second("data", data, f"{name} is a session with data of its own")
            return session(read_whole(name, "a session (.json)"), name)
    if source is None:
        found = given(data, target)
        return Opening(checked(fitting.network_for(found)) if found else LESSON)
    raise DataError(unknown(name))


def _refuse_second(option: str, value: object, why: str) -> None:
    if value is not None:
        raise OptionError(f"{option}={value} does not belong here: {why}")


def session(text: bytes | str, name: str = "the session") -> Opening:
    """Return what a session file holds: a spec, and what the page adds to it.

    Raises:
        NetworkError: It is no session.
    """
    try:
        fields = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NetworkError(
            f"{name} is no session; a file that the studio saved is needed"
        ) from None
    if "spec" not in fields:
        return Opening(read_spec(text))
    spec = read_spec(bytes(fields.pop("spec")))
    return Opening(spec, {key: msgspec.json.decode(v) for key, v in fields.items()})
