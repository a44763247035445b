"""The data, column by column, whatever library they come from (the narwhals and pandas door)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import narwhals as nw
import numpy as np
import pandas as pd

from formix.design.column import (
    EXACT,
    DataColumn,
    Frame,
    Kind,
    bool_column,
    date_column,
    factor_column,
    number_column,
    object_column,
    units_of,
    wrong_type,
)
from formix.design.row_levels import row_levels
from formix.design.sources import Dataset, Source, array_of, common_length, row_labels, unreadable
from formix.errors import DataError, UnknownColumnError

__all__ = ["Data", "DataColumn", "Frame", "Kind", "factorize", "open_data", "to_pandas"]


@dataclass(frozen=True, eq=False)
class Data:
    """The user's data, opened but not converted: its columns' names and known units, and `read`."""

    names: tuple[str, ...]
    source: Source
    units: Mapping[str, str] = field(default_factory=dict[str, str])
    levels: Mapping[str, np.ndarray] = field(default_factory=dict[str, np.ndarray])

    def read(self, names: Sequence[str]) -> Frame:
        """Return the columns asked for, each converted once.

        Raises
        ------
        DataError
            If there are no rows, a name occurs twice, columns differ in length, or a column is
            infinite or of a type that no formula can use.
        UnknownColumnError
            If there is no such column.
        """
        count = Counter(self.names)
        for name in names:
            if name not in count:
                raise UnknownColumnError(
                    f"`{name}` is not a column of the data",
                    hint=f"the data has: {', '.join(self.names)}",
                )
            if count[name] > 1:
                raise DataError(
                    f"{count[name]} columns are called `{name}`",
                    hint="rename all but one of them",
                )
        columns, rows = self.source.series(names)
        if len(rows) == 0:
            raise DataError("the data has no rows", hint="give at least one")
        made = [_column(*pair) for pair in zip(names, columns, strict=True)]
        told = tuple(replace(x, unit=self.units.get(x.name, "")) for x in made)
        return Frame(told, rows, self.levels)


def open_data(data: object) -> Data:
    """Return the data behind one face, whatever library it comes from.

    Takes pandas, polars, pyarrow, DuckDB relations and whatever else narwhals reads, xarray
    Datasets, and mappings of arrays.

    Raises
    ------
    DataError
        If it is none of them.

    Examples
    --------
    >>> data = open_data({"x": [1, 2, 3], "f": ["a", "b", None]})
    >>> data.names
    ('x', 'f')
    >>> data.read(["f"])["f"].values
    array([ 0,  1, -1], dtype=int32)
    """
    if isinstance(data, Data):
        return data
    if isinstance(data, pd.DataFrame):
        return _from_pandas(data)
    if type(data).__module__.partition(".")[0] == "xarray":
        return _from_xarray(data)
    if isinstance(data, Mapping):
        mapping = cast("Mapping[object, object]", data)
        return Data(_names(mapping), _Mapping(mapping))
    try:
        frame = nw.from_native(cast("Any", data))
        names = _names(frame.collect_schema().names())
    except (TypeError, AttributeError):
        raise unreadable(data) from None
    return Data(names, _Narwhals(frame, names))


def to_pandas(frame: Frame) -> pd.DataFrame:
    """Return the frame as pandas has it: numbers, Categoricals, truth values, dates."""
    columns: dict[str, object] = {}
    for column in frame:
        if column.kind in ("factor", "ordered"):
            columns[column.name] = pd.Categorical.from_codes(
                column.values, cast("Any", column.levels), ordered=column.kind == "ordered"
            )
        elif column.kind == "bool":
            known = column.values >= 0
            values = column.values == 1
            columns[column.name] = values if known.all() else np.where(known, values, None)
        else:
            columns[column.name] = column.values
    return pd.DataFrame(columns, index=pd.Index(frame.rows))


def factorize(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return codes, and the distinct values in order; -1 stands for a missing one."""
    codes, distinct = _hashed(values)
    order = np.argsort(distinct, kind="stable")
    place = np.empty(len(order) + 1, dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    place[-1] = -1
    return place[codes], distinct[order]


def _hashed(values: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return codes, and the distinct values as they appear; -1 stands for a missing one."""
    codes, distinct = cast("Any", pd.factorize(values))
    return codes, np.asarray(distinct)


@dataclass(frozen=True, eq=False)
class _Pandas:
    data: pd.DataFrame

    def series(self, names: Sequence[str]) -> tuple[list[Any], np.ndarray]:
        place = {str(name): i for i, name in enumerate(self.data.columns)}
        index = self.data.index
        plain = isinstance(index, pd.MultiIndex) or (
            isinstance(index, pd.RangeIndex) and index.start == 0 and index.step == 1
        )
        labels = np.arange(len(index)) if plain else row_labels(index.to_numpy())
        return [self.data.iloc[:, place[name]] for name in names], labels


def _from_pandas(data: pd.DataFrame) -> Data:
    if isinstance(data.columns, pd.MultiIndex):
        raise DataError(
            "the columns of the data have names of several parts",
            hint='join them first: data.columns = data.columns.map("_".join)',
        )
    units = units_of(data.attrs.get("units"))
    return Data(_names(data.columns), _Pandas(data), units, row_levels(data))


@dataclass(frozen=True, eq=False)
class _Narwhals:
    frame: Any
    names: tuple[str, ...]

    def series(self, names: Sequence[str]) -> tuple[list[Any], np.ndarray]:
        # DuckDB hands its tables to Arrow by default, which needs pyarrow.
        frame = self.frame.select(*names)
        where = self.frame.implementation
        if isinstance(frame, nw.LazyFrame):
            frame = frame.collect(backend="polars" if where.is_polars() else "pandas")
        if where.is_polars():
            return [frame[name] for name in names], np.arange(len(frame))
        table = frame.to_pandas()
        if not (where.is_pandas_like() or where.is_pyarrow() or where.is_dask()):
            # A database's enumeration is read as ordered; it is a factor, as one of polars is.
            for name in table.columns[table.dtypes == "category"]:
                table[name] = table[name].cat.as_unordered()
        return _from_pandas(table).source.series(names)


@dataclass(frozen=True, eq=False)
class _Mapping:
    data: Mapping[object, object]

    def series(self, names: Sequence[str]) -> tuple[list[Any], np.ndarray]:
        place = {str(name): name for name in self.data}
        columns = [_entry(name, self.data[place[name]]) for name in names]
        return columns, np.arange(common_length(names, columns))


def _entry(name: str, values: object) -> Any:
    """Return a column of a mapping: a Series of pandas or polars, or an array."""
    if isinstance(values, pd.Series | pd.Categorical | pd.Index):
        return pd.Series(cast("Any", values))
    if isinstance(values, np.ma.MaskedArray):
        return array_of(name, cast("Any", values).tolist())
    if type(values).__module__.partition(".")[0] in ("polars", "pyarrow"):
        return _series(cast("Any", values))
    return array_of(name, values)


def _series(values: Any) -> Any:
    if hasattr(values, "to_pandas") and type(values).__module__.startswith("pyarrow"):
        # Its own way keeps the order of a dictionary's values.
        return pd.Series(values.to_pandas())
    return nw.from_native(values, series_only=True)


def _from_xarray(data: Any) -> Data:
    whole = data if hasattr(data, "data_vars") else data.to_dataset()
    opened = Dataset(whole)
    return Data(_names([*whole.data_vars, *whole.coords]), opened, opened.units)


def _names(names: object) -> tuple[str, ...]:
    return tuple(str(name) for name in cast("Sequence[object]", names))


def _column(name: str, values: Any) -> DataColumn:
    if isinstance(values, nw.Series):
        return _polars_column(name, values)
    if isinstance(values, pd.Series | pd.api.extensions.ExtensionArray):
        return _pandas_column(name, pd.Series(cast("Any", values)))
    return _array_column(name, np.asarray(values))


def _polars_column(name: str, series: Any) -> DataColumn:
    kind = series.dtype
    if kind.is_numeric():
        whole = kind.is_integer() and series.null_count() == 0
        return _array_column(name, (series if whole else series.cast(nw.Float64)).to_numpy())
    if kind == nw.Boolean:
        return bool_column(name, series.cast(nw.Float64).to_numpy())
    if isinstance(kind, nw.Enum):
        place = {level: code for code, level in enumerate(kind.categories)}
        codes, found = _hashed(series.to_numpy())
        to = np.array([*(place[level] for level in found), -1], dtype=np.int32)
        return factor_column(name, to[codes], kind.categories)
    if kind in (nw.String, nw.Categorical):
        codes, found = _hashed(series.cast(nw.String).to_numpy())
        return factor_column(name, codes, found, sort=True, text=bool(kind == nw.String))
    if kind == nw.Date or kind == nw.Datetime:
        local = series.dt.replace_time_zone(None) if kind == nw.Datetime else series
        return date_column(name, local.to_numpy())
    if kind == nw.Unknown and series.null_count() == len(series):
        return number_column(name, np.full(len(series), np.nan))
    if kind == nw.Object:
        return _array_column(name, np.array(series.to_list(), dtype=object))
    raise wrong_type(name, f"values of the type {kind}")


def _pandas_column(name: str, series: Any) -> DataColumn:
    kind = series.dtype
    if isinstance(kind, pd.CategoricalDtype):
        cat = series.cat
        return factor_column(name, cat.codes.to_numpy(), cat.categories, ordered=bool(cat.ordered))
    if pd.api.types.is_bool_dtype(kind) and kind != np.dtype(object):
        return bool_column(name, series.to_numpy(dtype=np.float64, na_value=np.nan))
    if pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_complex_dtype(kind):
        if isinstance(kind, np.dtype) or not series.hasnans:
            return _array_column(name, np.asarray(series))
        return number_column(name, series.to_numpy(dtype=np.float64, na_value=np.nan))
    if pd.api.types.is_datetime64_any_dtype(kind):
        return date_column(name, series.dt.tz_localize(None).to_numpy())
    if pd.api.types.is_string_dtype(kind) and kind != np.dtype(object):
        codes, found = _hashed(series)
        return factor_column(name, codes, found, sort=True, text=True)
    return _array_column(name, np.asarray(series, dtype=object))


def _array_column(name: str, values: np.ndarray) -> DataColumn:
    kind = values.dtype.kind
    if kind in "iu":
        if len(values) and max(int(values.max()), -int(values.min())) > EXACT:
            codes, found = _hashed(values)
            return factor_column(name, codes, found, sort=True)
        return number_column(name, values)
    if kind == "f":
        return number_column(name, values)
    if kind == "b":
        return bool_column(name, values)
    if kind == "M":
        return date_column(name, values)
    if kind in "UT":
        values, kind = values.astype(object), "O"
    if kind != "O":
        raise wrong_type(name, f"values of the type {values.dtype}")
    column = object_column(name, values)
    if column is not None:
        return column
    codes, found = _hashed(values)
    return factor_column(name, codes, found, sort=True, text=True)
