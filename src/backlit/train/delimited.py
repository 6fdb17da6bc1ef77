"""Text files of records with separators (CSV, TSV) as a frame of typed columns.

    bytes -> text -> separator -> records of one width -> header or none -> columns

The records are taken apart by Python's `csv`, which keeps count of the lines and of
the fields in each; polars holds and types the columns. Every record has as many
fields as the first, or the file is refused with the line: nothing is cut or padded.
"""

from __future__ import annotations

import codecs
import csv
import io
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from backlit.errors import DataError
from backlit.train import cells

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

SEPARATORS = {"\t": "tab", ";": "';'", ",": "','"}
YEARS = range(1800, 2100)
SAMPLE = 200  # records that are looked at to find the separator and the header

Record = list[str]


class Layout(NamedTuple):
    """How a file of records is laid out: its separator, its names, has it a header."""

    separator: str
    names: list[str]
    header: bool


def parse(data: bytes, source: str, *, as_text: Collection[str] = ()) -> pl.DataFrame:
    r"""Return the records of a text file as a frame.

    Args:
        data: the file's bytes: UTF-8, with a byte order mark or without, or UTF-16
            with one.
        source: what to call the file in errors.
        as_text: columns that stay text even if all their values read as numbers.

    Returns:
        One row a record, one column a field, missing values null.

    Raises:
        DataError: the text is empty, not UTF-8, ragged, badly quoted, has no rows or
            two columns of one name.

    Example:
        >>> parse(b"name;height\nAnn;1,7\nBob;NA\n", "people.csv").rows()
        [('Ann', 1.7), ('Bob', None)]
    """
    text = decode(data, source)
    layout = find_layout(text, source)
    return pl.DataFrame(
        [
            _typed(column, layout.separator, stay=column.name in as_text)
            for position, column in enumerate(_strings(text, layout, source), 1)
            if column.name != _unnamed(position) or column.null_count() < len(column)
        ]
    )


def line_of(data: bytes, source: str, row: int) -> int:
    """Return the line, from 1, on which a row of data, from 0, begins."""
    text = decode(data, source)
    layout = find_layout(text, source)
    records = _records(text, layout.separator, source)
    line, _ = next(islice(records, row + layout.header, None))
    return line


def decode(data: bytes, source: str) -> str:
    """Return the file's text.

    A guess at another encoding could turn one category into two, so there is none.

    Raises:
        DataError: the bytes are not UTF-8 (the line is named), or not text.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    if b"\0" in data:
        raise DataError(f"{source} is not text: it holds zero bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{source} is not UTF-8: byte 0x{data[error.start]:02x} on line {line}; "
            "save it as UTF-8 (for a file from Windows: iconv -f WINDOWS-1252 "
            f"-t UTF-8 {source} > new.csv)"
        ) from None


def find_layout(text: str, source: str) -> Layout:
    """Return separator, column names and whether the first record is a header.

    Without a header the columns are x1, x2 and so on; an empty name in a header, as
    row numbers often have, becomes `column 1` for its place.

    Raises:
        DataError: the text is empty, or two columns have one name.
    """
    separator = _separator(text, source)
    sample = [record for _, record in islice(_records(text, separator, source), SAMPLE)]
    if not sample:
        raise DataError(f"{source} is empty; a table needs a header line and rows")
    if not _has_header(sample):
        return Layout(separator, [f"x{i}" for i in range(1, len(sample[0]) + 1)], False)
    if len(sample) == 1:
        raise DataError(f"{source} has a header line and no rows")
    names = [name.strip() or _unnamed(i) for i, name in enumerate(sample[0], 1)]
    _refuse_duplicates(names, source)
    return Layout(separator, names, True)


def _separator(text: str, source: str) -> str:
    """Return the separator that cuts the first records into most alike widths."""
    first = min(SEPARATORS, key=lambda separator: _raggedness(text, separator))
    # A file of one column has none: any separator will do that is not in the text.
    return first if _raggedness(text, first) < 1 else _absent_separator(text, source)


def _absent_separator(text: str, source: str) -> str:
    for separator in SEPARATORS:
        if separator not in text:
            return separator
    known = ", ".join(SEPARATORS.values())
    raise DataError(f"{source} is not a table with {known} between the fields")


def _raggedness(text: str, separator: str) -> float:
    """Return the share of the first records that are not as wide as most, or 1."""
    try:
        records = islice(_records(text, separator, "", ragged=True), SAMPLE)
        widths = [len(record) for _, record in records]
    except DataError:
        return 0.99  # better than no separator: the quotes will be told
    usual = max(sorted(set(widths)), key=widths.count, default=1)
    return 1 - widths.count(usual) / len(widths) if usual > 1 else 1.0


def _records(
    text: str, separator: str, source: str, *, ragged: bool = False
) -> Iterator[tuple[int, Record]]:
    """Yield the first line and the fields of each record, blank lines left out."""
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=separator,
        skipinitialspace=separator != "\t",
        strict=True,
    )
    width, line = 0, 1
    try:
        for record in reader:
            if record and not (len(record) == 1 and not record[0].strip()):
                width = width or len(record)
                if len(record) != width and not ragged:
                    raise _ragged(source, line, record, width, separator)
                yield line, record
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError(
            f"{source}, line {line}: the double quotes do not match ({error}); "
            'write a quote inside a value twice ("")'
        ) from None


def _ragged(
    source: str, line: int, record: Record, width: int, separator: str
) -> DataError:
    mark = SEPARATORS[separator]
    fix = f"put a value that contains {mark} in double quotes"
    if len(record) < width:
        fix = f"a missing value still needs its {mark}"
    return DataError(
        f"{source}, line {line}: {len(record)} fields, where the first line has "
        f"{width}; {fix}"
    )


def _has_header(sample: Sequence[Record]) -> bool:
    """Tell names from values in the first record.

    Numbers there mean values, unless a column of numbers begins with a name, or the
    numbers are years in a row or the numbers of the columns, and those below are not.
    """
    first = pl.Series(sample[0])
    if cells.numbers(cells.without_markers(first)).null_count() == len(first):
        return True
    below = list(zip(*sample[1:], strict=True))
    named = any(
        not _are_numbers([name]) and _are_numbers(values)
        for name, values in zip(sample[0], below, strict=False)
    )
    return named or (_counts(sample[0]) and not any(map(_counts, sample[1:2])))


def _are_numbers(values: Sequence[str]) -> bool:
    text = cells.without_markers(pl.Series(values, dtype=pl.String)).drop_nulls()
    return len(text) > 0 and cells.numbers(text).null_count() == 0


def _counts(record: Record) -> bool:
    """Tell 2019, 2020, ... and 0, 1, 2, ..., which programs write as names."""
    cell = cells.without_markers(pl.Series(record))
    found = cells.numbers(cell).drop_nulls().to_list()
    if len(found) < 2 or found != [found[0] + i for i in range(len(found))]:
        return False
    return found[0] in YEARS or (found[0] == 0 and len(found) > 2)


def _refuse_duplicates(names: list[str], source: str) -> None:
    seen = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if seen:
        places = [i for i, name in enumerate(names, 1) if name == seen[0]]
        raise DataError(
            f"{source} has {len(places)} columns called {seen[0]!r} (columns "
            f"{', '.join(map(str, places))}); give each its own name"
        )


def _strings(text: str, layout: Layout, source: str) -> list[pl.Series]:
    """Return the columns as text, missing values null."""
    rewritten = io.StringIO(newline="")  # one dialect, as polars reads it
    records = islice(_records(text, layout.separator, source), layout.header, None)
    csv.writer(rewritten, lineterminator="\n").writerows(
        record for _, record in records
    )
    frame = pl.read_csv(
        io.BytesIO(rewritten.getvalue().encode()), has_header=False, infer_schema=False
    )
    return [
        cells.without_markers(column.alias(name))
        for column, name in zip(frame, layout.names, strict=True)
    ]


def _typed(column: pl.Series, separator: str, *, stay: bool) -> pl.Series:
    if separator == ";":  # only there is a comma in a number surely a decimal one
        decimal = cells.with_decimal_commas(column)
        column = column.zip_with(~decimal, column.str.replace(",", "."))
    return column if stay else cells.typed(column)


def _unnamed(position: int) -> str:
    """Return the name of a column that has none, from its place."""
    return f"column {position}"
