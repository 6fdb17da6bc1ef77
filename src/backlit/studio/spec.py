"""What the studio shows: a network, its data and how it is trained, as plain data.

The first three tables are those of a network file. A spec is what the page sends to
have a network compiled, what its address holds, and what a session file begins with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec
import numpy as np
from msgspec.structs import replace

from backlit.errors import DataError, NetworkError, OptionError
from backlit.network.file import LayerTable, NetworkTable, SampleTable, build
from backlit.options import fraction, not_negative, whole
from backlit.update.description import optimizer_from

if TYPE_CHECKING:
    from backlit.network.architecture import Architecture
    from backlit.update.optimizers import Optimizer


MOST_COLUMNS = 1025  # an image of 32 x 32, and the target
MOST_SAMPLES = 100_000  # of a generated set: what a page takes without effort


class DataTable(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The table `[data]`: a data set by name, or a table as CSV text.

    Attributes:
        name: Of a named data set, or what to call the CSV.
        csv: The text of a table; empty for a named set.
        target: The column to predict; found if not given.
        task: classification or regression; found if not given.
        samples: Rows of a generated set.
        noise: Of a generated set.
        seed: Of a generated set, and of the split.
        test: The share of rows to test on.
        preparation: How the table becomes numbers, as a model stores it; learnt from
            the table if not given.
    """

    name: str
    csv: str = ""
    target: str | None = None
    task: str | None = None
    samples: int | None = None
    noise: float | None = None
    seed: int = 0
    test: float | None = None
    preparation: dict[str, Any] | None = None


class Spec(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A network, its data and its training.

    Attributes:
        network: As in a network file.
        layer: Likewise.
        sample: Samples written out; they are the data where no table is given.
        data: The table to learn from.
        optimizer: Its kind and options, as in a model; its learning rate is the
            network's.
        batch_size: Samples of a step.
        shuffle: Whether each epoch takes the samples in another order.
        fit: A wish: that inputs, outputs and error follow from the "data", or inputs
            and outputs from data and "error"; see `refit`.
    """

    network: NetworkTable
    layer: list[LayerTable]
    sample: SampleTable | None = None
    data: DataTable | None = None
    optimizer: dict[str, Any] = msgspec.field(default_factory=lambda: {"kind": "SGD"})
    batch_size: int = 1
    shuffle: bool = True
    fit: Literal["", "data", "error"] = ""

    @property
    def architecture(self) -> Architecture:
        """The network, checked.

        Raises:
            NetworkError: It does not describe one.
        """
        return build(self.network, self.layer)

    @property
    def batched(self) -> bool:
        """Whether a step may be over several samples."""
        return self.data is not None or (
            self.sample is not None and np.ndim(self.sample.x) > 1
        )

    @property
    def explained(self) -> str:
        """What drawings and derivations depend on: equal if these are."""
        network = replace(self.network, learning_rate=0.5, seed=0)
        layers = [
            replace(layer, weight=None, bias=None, initialiser=None)
            for layer in self.layer
        ]
        about = (network, layers, self.optimizer, self.batched)
        return msgspec.json.encode(about).decode()

    @property
    def update(self) -> Optimizer:
        """The update rule, checked.

        Raises:
            OptionError: An unknown kind, or an option out of range.
        """
        return optimizer_from(
            {**self.optimizer, "learning_rate": self.network.learning_rate}
        )


LESSON = Spec(
    NetworkTable(inputs=2, learning_rate=0.5),
    [LayerTable(1, activation="sigmoid", weight=[[0.4, -0.6]], bias=[0.1])],
    SampleTable([0.5, 0.8], [1.0]),
)
"""The neuron of the lesson."""


def read(data: bytes | str) -> Spec:
    """Return a spec from JSON, checked.

    Raises:
        NetworkError: It is not one; the message says what is wrong where.
        OptionError: A number out of range.
    """
    try:
        found = msgspec.json.decode(data, type=Spec)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        what = str(error) or "nested too deep"
        raise NetworkError(f"the studio's state cannot be read: {what}") from None
    return checked(found)


def checked(spec: Spec) -> Spec:
    """Return a spec whose parts fit each other.

    Raises:
        NetworkError: The network is none, or there is nothing to learn.
        OptionError: A number out of range.
    """
    if spec.sample is None and spec.data is None:
        raise NetworkError("there is nothing to learn: a sample or a table is needed")
    if spec.fit and not (spec.data and spec.layer):
        raise NetworkError("only a network with layers can be fitted, and to a table")
    if not spec.fit:  # what is yet to be fitted need not fit now
        _ = spec.architecture
    _ = spec.update
    whole("batch_size", spec.batch_size, 1)
    whole("seed", spec.network.seed)
    if spec.data:
        _check_data(spec.data)
    return spec


def _check_data(data: DataTable) -> None:
    whole("seed", data.seed)
    if data.samples is not None and whole("samples", data.samples) > MOST_SAMPLES:
        raise OptionError(
            f"samples={data.samples}; a page takes at most {MOST_SAMPLES}"
        )
    if data.noise is not None:
        not_negative("noise", data.noise)
    if data.test is not None and data.test != 0:
        fraction("test", data.test)
    if data.csv and (data.samples is not None or data.noise is not None):
        raise OptionError("samples and noise are for generated data sets, not for CSV")


def refuse_wide(name: str, columns: int) -> None:
    """Refuse a table of more columns than a page takes; raises DataError."""
    if columns > MOST_COLUMNS:
        raise DataError(
            f"{name} has {columns} columns; a page takes at most {MOST_COLUMNS}: leave "
            "some out, or train it with backlit train"
        )
