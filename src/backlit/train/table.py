"""Files with a table in them, as a polars frame: CSV, TSV, Parquet and npz.

A file is read whole or refused with one line that says what is wrong. Columns keep
their order; missing values are null; no row is dropped.
"""

from __future__ import annotations

import io
import zipfile
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from backlit.errors import DataError
from backlit.train import delimited
from backlit.train.values import RowError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from numpy.typing import NDArray

TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
SUFFIXES = (*TEXT_SUFFIXES, ".parquet", ".npz")
TARGET_ARRAYS = ("y", "t", "target", "Y", "T")

_PARQUET_MARK = b"PAR1"


def read(path: str | Path, *, as_text: Collection[str] = ()) -> pl.DataFrame:
    """Return the table in a file.

    Text files (.csv, .tsv, .txt) have a comma, semicolon or tab between fields, found
    by looking, and a header line or none (then the columns are x1, x2, ...). A
    column becomes numbers, truth values or dates if all its values are. An .npz file
    has an array X (rows, features) and perhaps y, t or target (rows,).

    Args:
        path: the file; its suffix, one of `SUFFIXES`, says what it is.
        as_text: columns of a text file to leave as text. Give the `text_columns` of
            a `Preparation` so that new rows keep the spelling it learnt from.

    Returns:
        The table, with at least one row and one column.

    Raises:
        DataError: the file is missing, a directory, not readable, of another kind
            than its suffix says, empty, without rows, ragged, or has two columns of
            one name.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES and not path.is_dir():
        found = f"the suffix {suffix}" if suffix else "a name without suffix"
        raise DataError(
            f"{path} has {found}; {', '.join(SUFFIXES)} say what kind of table a file "
            "holds"
        )
    data = _bytes(path)
    if suffix in TEXT_SUFFIXES:
        return delimited.parse(data, str(path), as_text=as_text)
    frame = _parquet(data, path) if suffix == ".parquet" else _npz(data, path)
    if not frame.height or not frame.width:
        raise DataError(
            f"{path} has {frame.height} rows and {frame.width} columns; at least one "
            "of each is needed"
        )
    return frame


@contextmanager
def located(path: str | Path) -> Iterator[None]:
    """Add the file, and the line of a text file, to errors about a row.

    Args:
        path: the file that the table being worked on was read from.

    Raises:
        DataError: in place of a `RowError` raised inside.
    """
    try:
        yield
    except RowError as error:
        place = f"row {error.row + 1}"
        if Path(path).suffix.lower() in TEXT_SUFFIXES:
            line = delimited.line_of(_bytes(Path(path)), str(path), error.row)
            place += f" (line {line})"
        raise DataError(f"{path}: {error.placed(place)}") from None


def _bytes(path: Path) -> bytes:
    """Return the file's bytes, or raise an error that says why there are none."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path} does not exist{_like(path)}") from None
    except IsADirectoryError:
        raise DataError(f"{path} is a directory; name a file in it") from None
    except PermissionError:
        raise DataError(
            f"{path} may not be read by this user; see its permissions"
        ) from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None
    if not data:
        raise DataError(f"{path} is empty (0 bytes)")
    return data


def _like(path: Path) -> str:
    """Return a hint at the files beside a missing one that are called much like it."""
    beside = path.parent.iterdir() if path.parent.is_dir() else ()
    close = get_close_matches(path.name, [other.name for other in beside])
    return f"; did you mean {' or '.join(close)}?" if close else "; check the name"


def _parquet(data: bytes, path: Path) -> pl.DataFrame:
    if not (data.startswith(_PARQUET_MARK) and data.endswith(_PARQUET_MARK)):
        raise DataError(
            f"{path} is not a Parquet file, or was cut off: it does not begin and end "
            "with the bytes PAR1"
        )
    try:
        return pl.read_parquet(io.BytesIO(data))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise DataError(
            f"{path} is a damaged Parquet file: {_first_line(error)}"
        ) from None


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]


def _npz(data: bytes, path: Path) -> pl.DataFrame:
    arrays = _arrays(data, path)
    if "X" not in arrays:
        raise DataError(
            f"{path} has no array X, but {', '.join(arrays) or 'none at all'}; "
            "save it with np.savez(path, X=X, y=y)"
        )
    X = arrays["X"]
    if X.ndim != 2:
        raise DataError(
            f"{path}: X has shape {X.shape}; rows by features are needed, as in "
            f"X.reshape({len(X) if X.ndim else 1}, -1)"
        )
    columns = {f"x{i}": X[:, i - 1] for i in range(1, X.shape[1] + 1)}
    for name in TARGET_ARRAYS:
        if name in arrays:
            columns[name] = _one_column(arrays[name], len(X), name, path)
            break
    return pl.DataFrame(
        [_series(name, column, path) for name, column in columns.items()]
    )


def _arrays(data: bytes, path: Path) -> Mapping[str, NDArray[Any]]:
    if not zipfile.is_zipfile(io.BytesIO(data)):
        raise DataError(f"{path} is not an npz file, or was cut off")
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            # What is no array in the archive comes as bytes.
            return {name: np.asarray(array) for name, array in arrays.items()}
    except Exception as error:  # noqa: BLE001 - damage can raise nearly anything
        if isinstance(error, ValueError) and "pickle" in str(error):
            reason = (
                "holds pickled objects, which could run code when read; save plain "
                "arrays of numbers or text, without dtype=object"
            )
        else:
            reason = f"is a damaged npz file: {_first_line(error)}"
        raise DataError(f"{path} {reason}") from None


def _one_column(y: NDArray[Any], rows: int, name: str, path: Path) -> NDArray[Any]:
    """Return y with shape (rows,)."""
    column = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
    if column.shape != (rows,):
        one_hot = "; one-hot classes become indices with y.argmax(1)"
        raise DataError(
            f"{path}: {name} has shape {y.shape}, X has {rows} rows; one value a row "
            f"is needed{one_hot if y.ndim == 2 and len(y) == rows else ''}"
        )
    return column


def _series(name: str, column: NDArray[Any], path: Path) -> pl.Series:
    if column.dtype.kind not in "biufUM":
        raise DataError(
            f"{path}: {name} is of type {column.dtype}; numbers, truth values, text or "
            "dates are needed"
        )
    if column.dtype.kind == "f":
        column = column.astype(np.float64)
    return pl.Series(name, np.ascontiguousarray(column))
