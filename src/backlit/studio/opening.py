"""What a person opens, as a spec: a network, a model, a table, a session, or nothing.

nothing        the lesson's neuron
.toml          a network file with its weights and sample, or a lesson
.safetensors   a model with its weights, on the table that it was trained on
.csv, ...      a table, or a data set by name, with a network that suits it
.json          a session that a page saved
a `Network`    as it stands
"""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from backlit.errors import DataError, NetworkError, OptionError
from backlit.files import read_whole
from backlit.model import Network, load
from backlit.network import file as network_file
from backlit.studio import fitting, lesson
from backlit.studio.spec import LESSON, DataTable, Spec, checked
from backlit.studio.spec import read as read_spec
from backlit.train import datasets
from backlit.update.description import to_data
from backlit.update.optimizers import SGD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from backlit.graph.node import Array
    from backlit.network.architecture import Architecture
    from backlit.network.file import LayerTable, NetworkTable
    from backlit.studio.lesson import Lesson

LARGEST_CSV = 4 * 2**20  # bytes of a table in a page
TABLES = (".csv", ".tsv", ".txt", ".parquet", ".npz")
SUFFIXES = (".toml", ".safetensors", ".json", *TABLES)


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
        source: A file, the name of a data set, a network, or None for the lesson's
            neuron.
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
    if isinstance(source, Network):
        return Opening(checked(_of_network(source, _given(data, target))))
    name = "" if source is None else str(source)
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
            return Opening(checked(_of_file(name, _given(data, target))))
        case ".safetensors":
            return Opening(checked(_of_model(name, data, target)))
        case ".json":
            _refuse_second("data", data, f"{name} is a session with data of its own")
            return session(read_whole(name, "a session (.json)"), name)
    if source is None:
        given = _given(data, target)
        return Opening(checked(fitting.network_for(given)) if given else LESSON)
    raise DataError(_unknown(name, suffix))


def _refuse_second(option: str, value: object, why: str) -> None:
    if value is not None:
        raise OptionError(f"{option}={value} does not belong here: {why}")


def _given(data: str | Path | None, target: str | None) -> DataTable | None:
    return None if data is None else table(str(data), target)


def _unknown(name: str, suffix: str) -> str:
    if suffix:
        return f"{name}: the studio opens files that end in {', '.join(SUFFIXES)}"
    close = get_close_matches(name.lower(), datasets.NAMES, 1)
    meant = f"; did you mean {close[0]}?" if close else ""
    return (
        f"there is no data set {name!r}{meant} (sets are {', '.join(datasets.NAMES)}; "
        f"files end in {', '.join(SUFFIXES)})"
    )


def table(
    name: str,
    target: str | None = None,
    preparation: Mapping[str, Any] | None = None,
) -> DataTable:
    """Return a data set by its name, or a file's table, for a spec.

    Args:
        name: Of the data set, or a path.
        target: The column to predict; found if not given.
        preparation: How the table becomes numbers, as a model stores it.

    Raises:
        DataError: There is no such set or file, or it cannot be read or is too large.
    """
    kept = None if preparation is None else dict(preparation)
    if name in datasets.NAMES:
        return DataTable(name, target=target, preparation=kept)
    if not Path(name).suffix:
        raise DataError(_unknown(name, ""))
    csv = _as_csv(name, kept)
    return DataTable(Path(name).stem, csv=csv, target=target, preparation=kept)


def _as_csv(name: str, preparation: dict[str, Any] | None) -> str:
    """Return a file's table as CSV, small enough for a page."""
    import polars as pl  # noqa: PLC0415 - takes 0.1 s

    from backlit.train.preparation import Preparation  # noqa: PLC0415 - as above
    from backlit.train.table import read  # noqa: PLC0415 - as above

    as_text: Sequence[str] = ()
    if preparation is not None:
        stored = Preparation.from_json(msgspec.json.encode(preparation))
        as_text = stored.text_columns
    frame = read(name, as_text=as_text)
    try:
        text = frame.write_csv()
    except pl.exceptions.PolarsError:
        raise DataError(
            f"{name} has a column that is neither of numbers, text, truth values nor "
            "dates"
        ) from None
    if len(text.encode()) > LARGEST_CSV:
        raise DataError(
            f"{name} is too large for the page: {len(text) / 2**20:.1f} MiB as text, "
            f"at most {LARGEST_CSV // 2**20}; train on it with backlit train"
        )
    return text


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


def _of_file(path: str, data: DataTable | None) -> Spec:
    found = network_file.read(path)
    head, layers = _tables(found.architecture, found.parameters)
    head.seed, head.learning_rate = found.seed, found.learning_rate
    if data is not None:
        return Spec(head, layers, data=data, batch_size=fitting.batch_size(data))
    return Spec(head, layers, fitting.sample_for(found.architecture, found.sample))


def _of_model(path: str, data: str | Path | None, target: str | None) -> Spec:
    net = load(path)
    if "preparation" not in net.notes:
        return _of_network(net, _given(data, target))
    how = msgspec.json.decode(net.notes["preparation"], type=dict[str, Any])
    goal = str(how.get("target", {}).get("name"))
    if target is not None and target != goal:
        raise OptionError(f"target={target}; the model has learnt {goal}")
    if data is not None:
        return _of_network(net, table(str(data), goal, how))
    return _of_network(net, _trained_on(path, net.notes.get("run", ""), goal, how))


class _Run(msgspec.Struct):
    """What of a model's note on its run tells which table it was."""

    data: str
    samples: int | None = None
    noise: float | None = None
    seed: int = 0
    test: float | None = None


def _trained_on(path: str, run: str, target: str, how: dict[str, Any]) -> DataTable:
    try:
        was = msgspec.json.decode(run, type=_Run)
    except msgspec.DecodeError:
        raise DataError(
            f"{path} does not tell what table it was trained on; give one with --data"
        ) from None
    if was.data not in datasets.NAMES and not Path(was.data).is_file():
        raise DataError(
            f"{path} was trained on {was.data}, which is not here; give a table with "
            "--data"
        )
    found = table(was.data, target, how)
    found.samples, found.noise = was.samples, was.noise
    found.seed, found.test = was.seed, was.test
    return found


def _of_network(net: Network, data: DataTable | None) -> Spec:
    head, layers = _tables(net.architecture, dict(net.parameters))
    head.seed, head.learning_rate = net.seed, net.learning_rate
    sample = None if data else fitting.sample_for(net.architecture, net.sample)
    if net.options is None:
        return Spec(head, layers, sample, data)
    optimizer = dict(net.options.optimizer)
    head.learning_rate = _rate(net, optimizer.pop("learning_rate", None))
    options = net.options
    return Spec(
        head, layers, sample, data, optimizer, options.batch_size, options.shuffle
    )


def _rate(net: Network, of_optimizer: Any) -> float:
    """Return the learning rate of a run: where a schedule had brought it, if one did."""
    if isinstance(of_optimizer, int | float):
        return float(of_optimizer)
    last = net.training.learning_rate if net.training else 0.0
    return last if last > 0 else float(to_data(SGD())["learning_rate"])


def _tables(
    architecture: Architecture, given: Mapping[str, Array]
) -> tuple[NetworkTable, list[LayerTable]]:
    """Return the tables of a network file, with the weights that are given."""
    head, layers = network_file.describe(architecture)
    for name, values in given.items():
        layer, _, part = name.partition(".")
        setattr(layers[architecture.names.index(layer)], part, values.tolist())
    return head, layers
