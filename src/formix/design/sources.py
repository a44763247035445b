"""Columns that no table library holds: arrays, and the variables of xarray Datasets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np

from formix.design.column import text_of, units_of
from formix.errors import DataError

if TYPE_CHECKING:
    import xarray as xr


class Source(Protocol):
    """Data that is opened and not yet converted."""

    def series(self, names: Sequence[str]) -> tuple[list[Any], np.ndarray]:
        """Return the columns asked for, as their library has them, and the rows' labels."""
        ...


@dataclass(frozen=True, eq=False)
class Dataset:
    """An xarray Dataset: variables and coordinates, spread over the dimensions of those used."""

    data: xr.Dataset

    @property
    def units(self) -> dict[str, str]:
        """The units of its variables, as CF has them in their attributes."""
        return units_of({name: x.attrs.get("units") for name, x in self.data.variables.items()})

    def series(self, names: Sequence[str]) -> tuple[list[Any], np.ndarray]:
        """Return the columns asked for; a single dimension's coordinate labels the rows."""
        dims = dict.fromkeys(dim for name in names for dim in self.data[name].dims)
        sizes = {dim: self.data.sizes[dim] for dim in dims}
        labels = np.arange(int(np.prod(list(sizes.values()))))
        if len(dims) == 1 and next(iter(dims)) in self.data.coords:
            labels = row_labels(self.data[next(iter(dims))].to_numpy())
        return [self._spread(self.data[name], sizes) for name in names], labels

    def _spread(self, array: Any, sizes: Mapping[Any, int]) -> Any:
        """Return a variable's values over all dimensions, the last one fastest."""
        if isinstance(array.dtype, np.dtype):
            return array.variable.set_dims(sizes).transpose(*sizes).to_numpy().ravel()
        # A categorical would come out as objects: its places are spread instead.
        places = array.variable.to_base_variable().copy(data=np.arange(array.size))
        spread = places.set_dims(sizes).transpose(*sizes).to_numpy().ravel()
        # xarray wrapped what pandas holds until 2025.
        return getattr(array.data, "array", array.data)[spread]


def unreadable(data: object) -> DataError:
    """Return the refusal of data that is no table."""
    if isinstance(data, str | PathLike):
        shown = repr(str(cast("object", data)))
        return DataError(
            f"data is the text {shown}, not a table",
            hint=f"read the file first, such as pandas.read_csv({shown})",
        )
    return DataError(
        f"no columns can be read from a {type(data).__name__}",
        hint="data may be a pandas, polars or pyarrow table, a DuckDB relation,\n"
        "an xarray Dataset, or a dict of arrays",
    )


def array_of(name: str, values: object) -> np.ndarray:
    """Return a column's values as an array of one dimension.

    Raises
    ------
    DataError
        If they have another number of dimensions.
    """
    array = _array(values)
    if array.ndim != 1:
        raise DataError(
            f"`{name}` has {array.ndim} dimensions, and a column has one",
            hint="give each column of it a name of its own",
        )
    return array


def _array(values: object) -> np.ndarray:
    if isinstance(values, np.ndarray):
        return cast("np.ndarray", values)
    try:
        array = np.asarray(values)
    except ValueError:
        # Rows of different lengths: what they are is said when the column is read.
        array = np.empty(0)
    if (array.dtype.kind in "US" and array.ndim == 1) or array.size == 0:
        # [1, "a"] would become text, and [True, None] objects: their own types decide.
        items = list(cast("Sequence[object]", values)) if isinstance(values, Sequence) else []
        array = np.empty(len(items), dtype=object)
        array[:] = items
    return array


def common_length(names: Sequence[str], columns: Sequence[Any]) -> int:
    """Return how many values each of some columns has; 0 where there are none.

    Raises
    ------
    DataError
        If they differ.
    """
    lengths: dict[int, str] = {}
    for name, column in zip(names, columns, strict=True):
        lengths.setdefault(len(column), name)
    if len(lengths) > 1:
        (n, first), (m, second) = list(lengths.items())[:2]
        raise DataError(
            f"`{first}` has {n} values and `{second}` has {m}",
            hint="every column needs one value a row",
        )
    return next(iter(lengths), 0)


def row_labels(values: np.ndarray) -> np.ndarray:
    """Return rows' labels as integers, or as text."""
    if values.dtype.kind in "iu":
        return values
    if values.dtype.kind == "M":
        values = np.datetime_as_string(values, unit="auto")
    return np.array([text_of(value) for value in values.tolist()], dtype=str)
