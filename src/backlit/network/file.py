"""Network files: the TOML that people write, and the same description in models.

    [network]   inputs, loss, learning_rate, seed, l1, l2
    [[layer]]   kind, units, activation, initialiser, use_bias, freeze, weight, bias
    [sample]    x, t

Every key is checked: an unknown one, a wrong type or a wrong length is an error that
names the key and what was expected.
"""

from __future__ import annotations

import tomllib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import numpy as np

from backlit.errors import BacklitError, NetworkError
from backlit.files import read_whole
from backlit.network.architecture import Architecture, Dense
from backlit.network.initialise import Initialiser
from backlit.options import closest, positive, whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from backlit.graph.node import Array, Shape

Numbers = list[float | list[float]]


class InitialiserTable(msgspec.Struct, forbid_unknown_fields=True):
    """`initialiser = { kind = "normal", scale = 0.1 }`."""

    kind: str
    scale: float = 1.0


class NetworkTable(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The table `[network]`."""

    inputs: int
    loss: str = "mse"
    learning_rate: float = 0.5
    seed: int = 0
    l1: float = 0.0
    l2: float = 0.0


class LayerTable(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A table `[[layer]]`."""

    units: int
    kind: Literal["dense"] = "dense"
    activation: str = "linear"
    initialiser: str | InitialiserTable | None = None
    use_bias: bool = True
    freeze: list[str] = []
    weight: list[list[float]] | None = None
    bias: list[float] | None = None


class SampleTable(msgspec.Struct, forbid_unknown_fields=True):
    """The table `[sample]`: one sample, or lists of several."""

    x: Numbers
    t: Numbers


@dataclass(frozen=True)
class NetworkFile:
    """What a network file says.

    Attributes:
        architecture: The network.
        parameters: The weights and biases that are given.
        learning_rate: The η of one step of gradient descent.
        seed: The seed of the parameters that are not given.
        sample: Input x and target t, if given.
    """

    architecture: Architecture
    parameters: dict[str, Array]
    learning_rate: float
    seed: int
    sample: tuple[Array, Array] | None


def read(path: str | Path) -> NetworkFile:
    """Read a network file.

    Raises:
        DataError: The file cannot be read.
        NetworkError: It is not TOML, or does not describe a network.
    """
    try:
        text = read_whole(path, "a network file (TOML)").decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NetworkError(
            f"{path} is not text; a network file is TOML in UTF-8"
        ) from None
    with _in(path):
        return parse(text)


def parse(text: str) -> NetworkFile:
    """Return what the text of a network file says; raises NetworkError."""
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise NetworkError(f"not valid TOML: {error}") from None
    _only(tables, ("network", "layer", "sample"), "the file")
    for needed in ("network", "layer"):
        if needed not in tables:
            bracket = "[[layer]]" if needed == "layer" else "[network]"
            raise NetworkError(f"the table {bracket} is missing")
    head = _convert(tables["network"], NetworkTable, "[network]")
    if not isinstance(tables["layer"], list):
        raise NetworkError("[layer] must be written [[layer]], one for each layer")
    layers = [
        _convert(table, LayerTable, f"[[layer]] {n}")
        for n, table in enumerate(tables["layer"], 1)
    ]
    architecture = build(head, layers)
    with _in("[network]"):
        rate = positive("learning_rate", head.learning_rate)
        seed = whole("seed", head.seed)
    given = parameters(architecture, layers)
    sample = _sample(tables.get("sample"), architecture)
    return NetworkFile(architecture, given, rate, seed, sample)


def build(head: NetworkTable, layers: list[LayerTable]) -> Architecture:
    """Return the network that checked tables describe; raises NetworkError."""
    made = []
    for n, table in enumerate(layers, 1):
        with _in(f"[[layer]] {n}"):
            way, freeze = _initialiser(table.initialiser), tuple(table.freeze)
            made.append(
                Dense(table.units, table.activation, way, table.use_bias, freeze)
            )
    with _in("[network]"):
        return Architecture(head.inputs, tuple(made), head.loss, head.l1, head.l2)


def describe(architecture: Architecture) -> tuple[NetworkTable, list[LayerTable]]:
    """Return the tables that describe a network: the reverse of `build`."""
    a = architecture
    head = NetworkTable(a.inputs, a.loss, l1=a.l1, l2=a.l2)
    return head, [
        LayerTable(
            layer.units,
            activation=layer.activation,
            initialiser=InitialiserTable(way.kind, way.scale)
            if isinstance(way := layer.initialiser, Initialiser)
            else None,
            use_bias=layer.use_bias,
            freeze=list(layer.freeze),
        )
        for layer in a.layers
    ]


def _initialiser(way: str | InitialiserTable | None) -> str | Initialiser | None:
    return (
        Initialiser(way.kind, way.scale) if isinstance(way, InitialiserTable) else way
    )


@contextmanager
def _in(where: str | Path) -> Iterator[None]:
    """Say where in the file a mistake is."""
    try:
        yield
    except BacklitError as error:
        raise NetworkError(f"{where}: {error}") from None


def _convert(table: Any, kind: type[Any], where: str) -> Any:
    """Check a table against its struct, and say where it differs."""
    if not isinstance(table, dict):
        raise NetworkError(f"{where} must be a table")
    _only(table, kind.__struct_fields__, where)
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        what, _, path = str(error).partition(" - at `$")
        key = path.rstrip("`").lstrip(".").split("[")[0]
        what = what.replace("Object missing required field", "missing the key")
        what = what.replace("Object contains unknown field", "unknown key")
        raise NetworkError(f"{where} {key}: {what}".replace(" :", ":")) from None


def _only(table: dict[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in known:
            raise NetworkError(f"{where}: unknown key {key!r}; {closest(key, known)}")


def parameters(
    architecture: Architecture, layers: list[LayerTable]
) -> dict[str, Array]:
    """Return the weights and biases that tables of layers give.

    Raises:
        NetworkError: One has another shape than its layer, or is not finite.
    """
    given: dict[str, Array] = {}
    for n, (name, table) in enumerate(zip(architecture.names, layers, strict=True), 1):
        for part in ("weight", "bias"):
            values = getattr(table, part)
            if values is None:
                continue
            full = f"{name}.{part}"
            if full not in architecture.shapes:
                raise NetworkError(
                    f"[[layer]] {n}: bias is given, but use_bias = false"
                )
            wanted = "units × inputs" if part == "weight" else "units"
            where = f"[[layer]] {n} {part}"
            given[full] = _array(values, architecture.shapes[full], where, wanted)
    return given


def _array(values: Any, shape: Shape, where: str, meaning: str) -> Array:
    try:
        array = np.array(values, "f8")
    except (ValueError, TypeError):
        raise NetworkError(f"{where}: rows of different lengths") from None
    if array.shape != shape:
        came, needed = (" × ".join(map(str, s)) for s in (array.shape, shape))
        raise NetworkError(f"{where} has {came} numbers; needs {meaning} = {needed}")
    if not np.isfinite(array).all():
        raise NetworkError(f"{where} holds a value that is not a finite number")
    return array


def _sample(table: Any, architecture: Architecture) -> tuple[Array, Array] | None:
    if table is None:
        return None
    return sample_arrays(_convert(table, SampleTable, "[sample]"), architecture)


def sample_arrays(
    sample: SampleTable, architecture: Architecture
) -> tuple[Array, Array]:
    """Return x and t, of one sample or of several as rows.

    Raises:
        NetworkError: They do not fit the network.
    """
    several = bool(sample.x) and isinstance(sample.x[0], list)
    lead = (len(sample.x),) if several else ()
    before = "samples × " if several else ""
    x = _array(sample.x, (*lead, architecture.inputs), "[sample] x", f"{before}inputs")
    t = _array(
        sample.t, (*lead, architecture.outputs), "[sample] t", f"{before}outputs"
    )
    return x, t
