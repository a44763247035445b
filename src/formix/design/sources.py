"""Columns that no table library holds: arrays, and the variables of xarray Datasets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

import lazy_loader
import numpy as np

from formix.design.column import text_of
from formix.errors import DataError

if TYPE_CHECKING:
    import xarray as xr
else:
    # Only a Dataset needs it, and it is slow to import.
    xr = lazy_loader.load("xarray")


class Source(Protocol):
    """Data that is opened and not yet converted."""

    def series(self, names: Sequence[str]) -> tuple[list[Any], np.ndarray]:
        """Return the columns asked for, as their library has them, and the rows' labels."""
        ...


@dataclass(frozen=True, eq=False)
class Dataset:
    """An xarray Dataset: variables and coordinates, spread over the dimensions of those used."""

    data: xr.Dataset

    def series(self, names: Sequence[str]) -> tuple[list[Any], np.ndarray]:
        """Return the columns asked for; a single dimension's coordinate labels the rows."""
        arrays = xr.broadcast(*(self.data[name] for name in names)) if names else ()
        dims = arrays[0].dims if arrays else tuple(self.data.dims)
        labels = np.arange(int(np.prod([self.data.sizes[dim] for dim in dims])))
        if len(dims) == 1 and dims[0] in self.data.coords:
            labels = row_labels(self.data[dims[0]].to_numpy())
        return [array.to_numpy().ravel() for array in arrays], labels


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
