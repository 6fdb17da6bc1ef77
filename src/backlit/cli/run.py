"""The run that a model came from: which table, which rows, and how training was to go.

It is stored in the model as a note, so that `--resume` can go on with the same rows, or
say that they are others.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from backlit.errors import DataError
from backlit.train.targets import require

if TYPE_CHECKING:
    from backlit.cli.tables import Table
    from backlit.train.preparation import Preparation


class Run(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A run of `backlit train`.

    Attributes:
        data: The table, as it was named.
        fingerprint: Of the columns that are used, see `fingerprint`.
        samples: Rows of a generated set, if they were given.
        noise: Noise of a generated set, likewise.
        seed: Of a generated set, the split, the first weights and the order of rows.
        test: The share of rows to test on, if it was given.
        validation: The share of the other rows held out to stop early, 0 for none.
        epochs: Epochs that training was to have.
        patience: Epochs without improvement before it stops, if it may stop early.
        executor: What runs the network.
    """

    data: str
    fingerprint: str
    samples: int | None
    noise: float | None
    seed: int
    test: float | None
    validation: float
    epochs: int
    patience: int | None
    executor: str

    def to_json(self) -> str:
        """Return the note; `from_json` gives back an equal run."""
        return msgspec.json.encode(self).decode()

    @staticmethod
    def from_json(text: str) -> Run:
        """Return the run of a note.

        Raises:
            DataError: It is none.
        """
        try:
            return msgspec.json.decode(text, type=Run)
        except msgspec.DecodeError as error:
            raise DataError(
                f"the model's note on its run is damaged: {error}"
            ) from None


def fingerprint(table: Table, preparation: Preparation) -> str:
    """Return a number, in hexadecimal, of all values of the columns that are used.

    Raises:
        DataError: The table lacks one of the columns.
    """
    used = [*(c.name for c in preparation.columns), preparation.target.name]
    require(table.frame, used)
    return sha256(table.frame.select(used).write_csv().encode()).hexdigest()
