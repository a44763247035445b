"""The table that a file holds: CSV, Parquet or Arrow."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from formix.errors import DataError

SUFFIXES = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".parquet", ".arrow", ".feather")
"""The endings of the files that can be read."""


def suffix(path: Path) -> str:
    """Return the ending that says what a file holds, in lower case: `.csv`, `.csv.gz`, ..."""
    endings = [ending.lower() for ending in path.suffixes]
    return "".join(endings[-2:]) if endings[-1:] == [".gz"] else "".join(endings[-1:])


def read_table(path: Path) -> pd.DataFrame:
    """Return the table of a CSV (or tab-separated), Parquet or Arrow file, by its ending.

    A missing value in a CSV file is an empty cell, `NA` or `NaN`; any other text, `None` among
    them, is a label.

    Raises
    ------
    DataError
        If the file cannot be opened, has another ending, is not what its ending says, is cut short,
        or has two columns of one name.
    """
    ending = suffix(path)
    if ending not in SUFFIXES:
        raise DataError(
            f"cannot tell what `{path}` holds from its ending",
            hint=f"formix reads {', '.join(SUFFIXES)}",
        )
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot open `{path}`: {error.strerror}") from error
    if not raw:
        raise DataError(f"`{path}` is empty")
    if ending in (".parquet", ".arrow", ".feather"):
        return _columnar(path, ending, raw)
    return _delimited(path, "\t" if ending.startswith(".tsv") else ",", _text(path, raw))


def _columnar(path: Path, ending: str, raw: bytes) -> pd.DataFrame:
    read = pd.read_parquet if ending == ".parquet" else pd.read_feather
    try:
        frame = read(io.BytesIO(raw))
    except ImportError as error:
        raise DataError(
            f"reading `{path}` needs pyarrow, which is not installed",
            hint='pip install "formix[arrow]"',
        ) from error
    # pyarrow's own errors inherit from ValueError, OSError, KeyError, NotImplementedError, ...
    except Exception as error:
        raise _unreadable(path, ending, error) from error
    repeated = frame.columns[frame.columns.duplicated()]
    if len(repeated):
        raise _twice(path, str(repeated[0]))
    return frame


def _unreadable(path: Path, ending: str, error: Exception) -> DataError:
    kind = "a Parquet file" if ending == ".parquet" else "an Arrow (IPC) file"
    reason = str(error).strip().split("\n")[0]
    return DataError(
        f"`{path}` is not {kind}, or is not whole", hint=f"what the reader says: {reason}"
    )


def _text(path: Path, raw: bytes) -> str:
    try:
        plain = gzip.decompress(raw) if path.suffix.lower() == ".gz" else raw
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"`{path}` is not a gzip file, or is not whole") from error
    if b"\0" in plain:
        raise DataError(f"`{path}` holds bytes of value 0: it is not a text file, or is damaged")
    try:
        text = plain.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"`{path}` is not UTF-8 text: byte {error.start} cannot be read",
            hint="save it as UTF-8",
        ) from error
    if not text.strip():
        raise DataError(f"`{path}` is empty")
    return text


def _delimited(path: Path, delimiter: str, text: str) -> pd.DataFrame:
    header = next(_records(path, delimiter, text))
    _check_header(path, header)
    _check_rows(path, delimiter, text, len(header))
    return pd.read_csv(
        io.StringIO(text),
        sep=delimiter,
        keep_default_na=False,
        na_values=["", "NA", "NaN"],
        index_col=False,
        low_memory=False,
    )


def _records(path: Path, delimiter: str, text: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from (record for record in reader if record)
    except csv.Error as error:
        raise DataError(
            f"line {reader.line_num} of `{path}` cannot be read: {error}",
            hint="is a quotation mark open, or the file cut short?",
        ) from error


def _check_header(path: Path, header: list[str]) -> None:
    if len(header) == 1 and (other := next((sign for sign in ";\t" if sign in header[0]), None)):
        named = "semicolons" if other == ";" else "tabs"
        as_tabs = "" if other == ";" else ", or name it `.tsv`"
        raise DataError(
            f"the header of `{path}` is one column, `{header[0]}`: its cells seem to be parted by "
            f"{named}",
            hint=f"save it with commas{as_tabs}; in Python, "
            f"pandas.read_csv({path.name!r}, sep={other!r}) reads it",
        )
    repeated = next((name for i, name in enumerate(header) if name and name in header[:i]), None)
    if repeated is not None:
        raise _twice(path, repeated)


def _twice(path: Path, name: str) -> DataError:
    return DataError(f"`{path}` has two columns called `{name}`", hint="rename one of them")


def _check_rows(path: Path, delimiter: str, text: str, width: int) -> None:
    """Refuse a row with more or fewer cells than the header, as a file cut short has.

    pandas would fill a short row with missing values, and the row would be dropped.
    """
    for number, record in enumerate(_records(path, delimiter, text)):
        if len(record) != width:
            raise DataError(
                f"row {number} of `{path}` has {len(record)} cells; the header has {width}",
                hint="is the file cut short?",
            )
