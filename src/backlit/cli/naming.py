"""Naming the source of what is opened in errors, at no cost where there are none."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from backlit.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def naming(source: str) -> Iterator[None]:
    """Name a table in errors that arise inside, as `tables.about` does.

    Raises:
        DataError: In place of one that does not name the table.
    """
    try:
        yield
    except DataError:
        from backlit.cli.tables import about  # noqa: PLC0415 - polars takes 0.1 s

        with about(source):
            raise
