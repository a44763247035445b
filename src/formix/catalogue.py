"""The data that travel with formix: what there is, and each as a data frame."""

from __future__ import annotations

import difflib
import gzip
import hashlib
import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import pandas as pd

from formix.errors import ArgumentError, DataError
from formix.resources import resource
from formix.tables import SUFFIXES, read_table, suffix

ColumnType = Literal["float", "int", "factor", "ordered"]
LevelOrder = Literal["number", "text"]


@dataclass(frozen=True)
class DatasetColumn:
    """A column of a packaged dataset: its type, what it measures, its unit, its levels' order.

    `levels` are the labels themselves, or the rule that sorts them: `number` or `text`.
    """

    name: str
    type: ColumnType
    about: str
    levels: tuple[str, ...] | LevelOrder = ()
    unit: str = ""


@dataclass(frozen=True)
class Dataset:
    """A packaged dataset: where it comes from, under which licence, and what its file must be."""

    name: str
    title: str
    source: str
    licence: str
    file: str
    sha256: str
    rows: int
    columns: tuple[DatasetColumn, ...]


@cache
def catalogue() -> Mapping[str, Dataset]:
    """Return every packaged dataset by its name, in the order of `data/index.toml`."""
    index = tomllib.loads(resource("data", "index.toml").read_text(encoding="utf-8"))
    return MappingProxyType({name: _dataset(name, entry) for name, entry in index.items()})


def _dataset(name: str, entry: Mapping[str, Any]) -> Dataset:
    fields = {key: value for key, value in entry.items() if key != "columns"}
    columns = tuple(_dataset_column(name, each) for name, each in entry["columns"].items())
    return Dataset(name=name, columns=columns, **fields)


def _dataset_column(name: str, entry: Mapping[str, Any]) -> DatasetColumn:
    levels: list[str] | LevelOrder = entry.get("levels", [])
    return DatasetColumn(
        name=name,
        type=entry["type"],
        about=entry["about"],
        levels=levels if isinstance(levels, str) else tuple(levels),
        unit=entry.get("unit", ""),
    )


def datasets() -> pd.DataFrame:
    """Return a table of the packaged datasets: title, rows, columns, source, licence.

    Examples
    --------
    >>> datasets().loc["aspirin", "columns"]
    'study, y, sd'
    """
    table = pd.DataFrame(
        [
            {
                "name": each.name,
                "title": each.title,
                "rows": each.rows,
                "columns": ", ".join(column.name for column in each.columns),
                "source": each.source,
                "licence": each.licence,
            }
            for each in catalogue().values()
        ]
    )
    return table.set_index("name")


def load(name: str | Path) -> pd.DataFrame:
    """Return a packaged dataset by its name, or the table of a CSV, Parquet or Arrow file.

    A packaged factor has its levels in the order of its source, and an ordered factor is one; the
    units of columns are in `attrs["units"]`, whence pictures have them. In a CSV file of yours, a
    missing value is an empty cell, `NA` or `NaN`.

    Raises
    ------
    ArgumentError
        If there is no such dataset and no such file, or the name is none.
    DataError
        If the file cannot be read, or is not what it says it is.

    Examples
    --------
    >>> load("sleepstudy").shape
    (180, 3)
    >>> list(load("cake")["temperature"].cat.categories)
    ['175', '185', '195', '205', '215', '225']
    """
    _check_name(name)
    if isinstance(name, str) and name in catalogue():
        return _load(catalogue()[name])
    path = Path(name).expanduser()
    if path.exists():
        return read_table(path)
    raise _missing(str(name), path)


def _check_name(name: object) -> None:
    if not isinstance(name, str | Path) or not str(name).strip():
        raise ArgumentError(
            f"{name!r} is neither the name of a dataset nor the path of a file",
            hint=f"The datasets are: {', '.join(catalogue())}",
        )


def _missing(name: str, path: Path) -> ArgumentError:
    if suffix(path) in SUFFIXES or len(path.parts) > 1:
        return ArgumentError(
            f"there is no file `{name}`", hint=f"looked in {path.parent.resolve()}"
        )
    by_lower = {known.lower(): known for known in catalogue()}
    near = difflib.get_close_matches(name.lower(), by_lower, n=1)
    meant = f"did you mean `{by_lower[near[0]]}`? " if near else ""
    return ArgumentError(
        f"`{name}` is neither a packaged dataset nor a file",
        hint=f"{meant}The datasets are: {', '.join(catalogue())}",
    )


def _load(dataset: Dataset) -> pd.DataFrame:
    path = resource("data", dataset.file)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise _damaged(dataset, "cannot be read") from error
    if hashlib.sha256(raw).hexdigest() != dataset.sha256:
        raise _damaged(dataset, "is not the one that was packaged (its checksum differs)")
    text = gzip.decompress(raw) if path.suffix == ".gz" else raw
    frame = pd.read_csv(io.BytesIO(text), dtype=str, keep_default_na=False, na_values=[""])
    made = pd.DataFrame({each.name: _column(frame[each.name], each) for each in dataset.columns})
    made.attrs["units"] = {each.name: each.unit for each in dataset.columns if each.unit}
    return made


def _damaged(dataset: Dataset, fault: str) -> DataError:
    return DataError(
        f"the file of `{dataset.name}`, {dataset.file}, {fault}",
        hint="install formix again: pip install --force-reinstall --no-deps formix",
    )


def _column(texts: pd.Series[str], column: DatasetColumn) -> pd.Series[Any]:
    match column.type:
        case "float":
            return texts.astype("float64")
        case "int":
            return texts.astype("int64")
        case _:
            levels = _sorted(texts, column.levels)
            ordered = column.type == "ordered"
            return texts.astype(pd.CategoricalDtype(levels, ordered=ordered))


def _sorted(texts: pd.Series[str], levels: tuple[str, ...] | str) -> list[str]:
    if isinstance(levels, tuple):
        return list(levels)
    return sorted(texts.dropna().unique(), key=int if levels == "number" else str)
