"""What happened in training, epoch by epoch: a table, and a plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, overload

from backlit.train.curves import curves

if TYPE_CHECKING:
    import polars as pl

Row = dict[str, float]


@dataclass(repr=False)
class History(Sequence[Row]):
    """The rows of training, one an epoch.

    Each row has `epoch` (from 1), `loss` (mean over the epoch's batches),
    `learning_rate`, `seconds` (from the start until its figures were known; epochs that
    ran natively in one go have the same), and, where asked for, `validation_loss` and
    the metrics, plain for training and with `validation_` before; these are of the
    parameters at the end of the epoch.

    Attributes:
        rows: The rows.
        stopped: Why training ended: "epochs", "early stopping", "interrupted",
            "callback", or the message of a value that was not finite.
        best_epoch: The epoch whose parameters were kept, if early stopping was on.
    """

    rows: list[Row] = field(default_factory=list)
    stopped: str = ""
    best_epoch: int | None = None

    @overload
    def __getitem__(self, n: int) -> Row: ...
    @overload
    def __getitem__(self, n: slice) -> Sequence[Row]: ...
    def __getitem__(self, n: int | slice) -> Row | Sequence[Row]:
        return self.rows[n]

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> list[float]:
        """Return one column, NaN where a row lacks it."""
        return [row.get(name, float("nan")) for row in self.rows]

    def frame(self) -> pl.DataFrame:
        """Return the table as a polars frame."""
        import polars as pl  # noqa: PLC0415 - slow to import

        frame = pl.DataFrame(self.rows, infer_schema_length=None)
        return frame.with_columns(pl.col("^epoch$").cast(pl.Int64))

    def plot(self, names: Sequence[str] = ("loss", "validation_loss")) -> str:
        """Return a picture (SVG) of columns against epochs."""
        known = [name for name in names if any(name in row for row in self.rows)]
        return curves({name: self.column(name) for name in known})

    def _repr_svg_(self) -> str:
        return self.plot()

    def __str__(self) -> str:
        if not self.rows:
            return "no epochs"
        last = self.rows[-1]
        shown = (f"{k} {v:.4g}" for k, v in last.items() if k != "epoch")
        count = "1 epoch" if len(self) == 1 else f"{len(self)} epochs"
        best = f"; epoch {self.best_epoch} was best" if self.best_epoch else ""
        return f"{count} ({self.stopped}{best}): {', '.join(shown)}"

    def __repr__(self) -> str:
        return f"<History of {self}>"
