"""The argument DATA of commands: a file with a table, or a data set by its name."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from backlit.errors import DataError, OptionError
from backlit.train import datasets, table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import polars as pl


@dataclass(frozen=True)
class Table:
    """A table and where it came from.

    Attributes:
        source: A path or the name of a data set, as it was given.
        frame: The rows.
    """

    source: str
    frame: pl.DataFrame

    @property
    def name(self) -> str:
        """A short name, without folder and suffix."""
        return Path(self.source).stem


@contextmanager
def about(source: str) -> Iterator[None]:
    """Name the table in errors that arise inside, with the line if it is about a row.

    Raises:
        DataError: In place of one that does not name the table.
    """
    try:
        with table.located(source):
            yield
    except DataError as error:
        if str(error).startswith(source):
            raise
        raise DataError(f"{source}: {error}") from None


def opened(
    source: str,
    *,
    samples: int | None = None,
    noise: float | None = None,
    seed: int = 0,
    as_text: Collection[str] = (),
) -> Table:
    """Return the table of a file or of a named data set.

    Args:
        source: A path or a name.
        samples: Rows of a generated set.
        noise: Noise of a generated set.
        seed: Of a generated set.
        as_text: Columns of a text file that stay text.

    Raises:
        DataError: There is no such file or set, or it cannot be read.
        OptionError: Samples or noise are out of range, or not for this table.
    """
    if source in datasets.NAMES:
        found = datasets.load(source, samples=samples, noise=noise, seed=seed)
        return Table(source, datasets.frame(found))
    if samples is not None or noise is not None:
        generated = ", ".join(datasets.GENERATED)
        raise OptionError(
            f"{source} is a file; --samples and --noise are for generated sets: "
            f"{generated}"
        )
    path = Path(source)
    if not path.suffix and not path.exists():
        raise DataError(_unknown(source))
    return Table(source, table.read(path, as_text=as_text))


def _unknown(source: str) -> str:
    close = get_close_matches(source.lower(), datasets.NAMES, 1)
    meant = f"; did you mean {close[0]}?" if close else ""
    return (
        f"there is neither a file {source} nor a data set of that name{meant} "
        f"(sets are {', '.join(datasets.NAMES)}; files end in "
        f"{', '.join(table.SUFFIXES)})"
    )
