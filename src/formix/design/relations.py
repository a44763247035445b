"""Known relations among the levels of a group: a user's matrix, read and checked."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from formix.design.column import text_of
from formix.errors import ArgumentError, DataError

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.spec import Label

_TOLERANCE = 1e-8


@dataclass(frozen=True, eq=False)
class Relation:
    """A covariance among levels that is known: of a pedigree, a phylogeny.

    Parameters
    ----------
    values
        The matrix, symmetric.
    labels
        The levels that its rows are of; none where they are a group's levels in order.
    """

    values: Float[np.ndarray, "level level"]
    labels: tuple[Label, ...] = ()


def read_relations(given: Mapping[str, object]) -> dict[str, Relation]:
    """Return a user's matrices by name.

    Raises
    ------
    ArgumentError
        If one is not square, symmetric and finite, or its rows and columns are of other levels.
    """
    if not isinstance(cast("object", given), Mapping):
        raise ArgumentError(
            f"matrices={given!r} is not a dict of matrices by name",
            hint='for example matrices={"A": pandas.DataFrame(A, index=levels, columns=levels)}',
        )
    return {name: _read(name, value) for name, value in given.items()}


def _read(name: str, value: Any) -> Relation:
    rows, columns = _labels(value)
    try:
        values = np.array(value.to_numpy() if rows is not None else value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ArgumentError(
            f"`{name}` is not a matrix of numbers", hint="give a DataFrame, DataArray or array"
        ) from error
    if values.ndim != 2 or values.shape[0] != values.shape[1] or not values.size:
        shape = " x ".join(map(str, values.shape))
        raise ArgumentError(
            f"`{name}` is not a square matrix: it is {shape or 'one number'}",
            hint="give one row and one column for each level of the group",
        )
    labels = tuple(rows) if rows is not None else ()
    if len(set(map(text_of, labels))) < len(labels):
        raise ArgumentError(f"`{name}` has a level twice", hint="give each level one row")
    if rows is not None and columns is not None:
        values = values[:, _order(name, rows, columns)]
    if not np.all(np.isfinite(values)):
        raise ArgumentError(f"`{name}` has values that are missing or infinite")
    if np.max(np.abs(values - values.T)) > _TOLERANCE * np.max(np.abs(values)):
        raise ArgumentError(f"`{name}` is not symmetric", hint=f"({name} + {name}.T) / 2 is")
    return Relation(0.5 * (values + values.T), labels)


def _labels(value: Any) -> tuple[list[Any] | None, list[Any] | None]:
    """Return the labels of the rows and columns of a DataFrame or DataArray; none of an array."""
    xr = sys.modules.get("xarray")
    # Who gives one has it loaded.
    if xr is not None and isinstance(value, xr.DataArray):
        dims = [str(dim) for dim in value.dims]
        if len(dims) == 2 and all(dim in value.indexes for dim in dims):
            first, second = (value[dim].to_numpy().tolist() for dim in dims)
            return first, second
        return None, None
    if hasattr(value, "columns") and hasattr(value, "index"):
        return list(value.index), list(value.columns)
    return None, None


def _order(name: str, rows: list[Any], columns: list[Any]) -> list[int]:
    """Return the places of the columns in the order of the rows."""
    places = {text_of(label): place for place, label in enumerate(columns)}
    missing = [label for label in rows if text_of(label) not in places]
    if missing:
        raise ArgumentError(
            f"`{name}` has the row {missing[0]!r}, and no column of that level",
            hint="rows and columns are of the same levels: DataFrame(A, index=l, columns=l)",
        )
    return [places[text_of(label)] for label in rows]


def among(relation: Relation, name: str, levels: tuple[Label, ...], group: str) -> np.ndarray:
    """Return the lower factor of the relations among the levels of a group, in their order.

    Raises
    ------
    DataError
        If the matrix lacks a level, or is not positive definite.
    """
    places = list(range(len(levels)))
    if relation.labels:
        known = {text_of(label): place for place, label in enumerate(relation.labels)}
        missing = [level for level in levels if text_of(level) not in known]
        if missing:
            raise DataError(
                f"`{name}` has no row for {len(missing)} of the levels of `{group}`, the first of "
                f"them {missing[0]!r}",
                hint=f"it has: {', '.join(map(str, relation.labels[:8]))}, ...",
            )
        places = [known[text_of(level)] for level in levels]
    elif len(relation.values) != len(levels):
        raise DataError(
            f"`{name}` is {len(relation.values)} x {len(relation.values)}, and `{group}` has "
            f"{len(levels)} levels",
            hint="give a DataFrame whose index and columns are the levels; it may have more",
        )
    try:
        return np.linalg.cholesky(relation.values[np.ix_(places, places)])
    except np.linalg.LinAlgError:
        least = float(np.linalg.eigvalsh(relation.values[np.ix_(places, places)])[0])
        raise DataError(
            f"`{name}` is not positive definite: its smallest eigenvalue is {least:.3g}",
            hint="levels that are clones of each other are one level; where rounding made it so, "
            "add 1e-6 to the diagonal",
        ) from None
