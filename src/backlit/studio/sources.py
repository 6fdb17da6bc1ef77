"""Tables for a spec: a data set by its name, or a file's table as CSV."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from backlit.errors import DataError
from backlit.studio.spec import DataTable, refuse_wide
from backlit.train import datasets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LARGEST_CSV = 4 * 2**20  # bytes of a table in a page
TABLES = (".csv", ".tsv", ".txt", ".parquet", ".npz")
SUFFIXES = (".toml", ".safetensors", ".json", *TABLES)


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
        raise DataError(unknown(name))
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
    refuse_wide(name, frame.width)
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


def unknown(name: str) -> str:
    """Return the message on a name that is neither a data set's nor a file's."""
    if Path(name).suffix:
        return f"{name}: the studio opens files that end in {', '.join(SUFFIXES)}"
    close = get_close_matches(name.lower(), datasets.NAMES, 1)
    meant = f"; did you mean {close[0]}?" if close else ""
    return (
        f"there is no data set {name!r}{meant} (sets are {', '.join(datasets.NAMES)}; "
        f"files end in {', '.join(SUFFIXES)})"
    )


def given(data: str | Path | None, target: str | None) -> DataTable | None:
    """Return the table that an option names; None if none is given."""
    return None if data is None else table(str(data), target)
