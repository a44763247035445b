"""Draws of what was asked, by row, as a table or as an array with the rows' labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from formix.results.names import claim, coordinate, text
from formix.verbs.estimates import estimates
from formix.verbs.table import Table

if TYPE_CHECKING:
    from jaxtyping import Float, Int

    from formix.verbs.asked import Asked

    Some = tuple[slice, Float[np.ndarray, "sample obs *level"]]

LEVEL, ROW = "level", "row"


@dataclass(frozen=True, eq=False)
class Part:
    """Rows of an answer: their labels by column, and their draws, or estimates of them by column.

    Parameters
    ----------
    keys
        The labels of the rows.
    draws
        Empty where there are estimates.
    estimates
        Mean, sd and interval: one a row, and a level of the response where there are several.
    """

    keys: pd.DataFrame
    draws: Float[np.ndarray, "sample row *level"]
    estimates: Mapping[str, Float[np.ndarray, "row level"]]


def each(
    keys: pd.DataFrame,
    made: Iterable[Some],
    kept: Int[np.ndarray, " row"],
    prob: float | None,
) -> Part:
    """Return an answer for each row: its draws, or with `prob` estimates of them.

    Estimates are made of some rows after another, so that memory holds few of the draws.
    """
    total = len(keys)
    draws, columns = np.empty((0,)), dict[str, np.ndarray]()
    for part, some in made:
        rows = kept[part]
        if prob is None:
            if not draws.size:
                draws = np.full((len(some), total, *some.shape[2:]), np.nan)
            draws[:, rows] = some
            continue
        levels = int(np.prod(some.shape[2:], dtype=int))
        # Ratios may be infinite or not a number, and their spread is then neither.
        with np.errstate(invalid="ignore", over="ignore"):
            found = estimates(some[None], prob)
        for name, column in found.items():
            whole = columns.setdefault(name, np.full((total, levels), np.nan))
            whole[rows] = column.reshape(len(rows), levels)
    return Part(keys, draws, columns)


def averaged(
    made: Iterable[Some], cells: Int[np.ndarray, " kept"], count: int
) -> Float[np.ndarray, "sample cell *level"]:
    """Return draws of the averages of rows by cell, all rows of equal weight."""
    total = np.empty((0,))
    for part, some in made:
        if not total.size:
            total = np.zeros((len(some), count, *some.shape[2:]))
        for cell in np.unique(cells[part]):
            total[:, cell] += np.sum(some[:, cells[part] == cell], axis=1)
    size = np.bincount(cells, minlength=count).astype(np.float64)
    return total / size.reshape(1, -1, *[1] * (total.ndim - 2))


def of_draws(
    keys: pd.DataFrame, draws: Float[np.ndarray, "sample row *level"], prob: float | None
) -> Part:
    """Return an answer of draws that are at hand."""
    return each(keys, [(slice(0, len(keys)), draws)], np.arange(len(keys)), prob)


def cells_of(frame: pd.DataFrame, by: Sequence[str]) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the combinations of some columns' values that occur, in order, and each row's."""
    if not by:
        return pd.DataFrame(index=pd.RangeIndex(1)), np.zeros(len(frame), dtype=np.int64)
    groups = frame.groupby(list(by), observed=True, sort=True, dropna=False)
    found = groups.ngroup().to_numpy()
    first = np.unique(found, return_index=True)[1]
    return frame[list(by)].iloc[first].reset_index(drop=True), found


def answer(asked: Asked, parts: Sequence[Part], prob: float | None) -> pd.DataFrame | xr.DataArray:
    """Return a table of all parts' rows, or their draws where `prob` is None."""
    keys = pd.concat([part.keys for part in parts], ignore_index=True)
    if prob is None:
        return _array(asked, keys, np.concatenate([part.draws for part in parts], axis=1))
    columns = {
        name: np.concatenate([part.estimates[name] for part in parts])
        for name in parts[0].estimates
    }
    levels = next(iter(columns.values())).shape[1]
    taken = set(columns)
    table = Table(
        {claim(str(name), taken): keys[name].repeat(levels).array for name in keys.columns}
    )
    if levels > 1:
        table[claim(LEVEL, taken)] = np.tile(_levels(asked, levels), len(keys))
    return table.assign(**{name: column.ravel() for name, column in columns.items()})


def _array(asked: Asked, keys: pd.DataFrame, draws: np.ndarray) -> xr.DataArray:
    posterior = asked.drawn.found["posterior"]
    chains = int(posterior.sizes["chain"])
    shaped = draws.reshape(chains, -1, *draws.shape[1:])
    there = int(posterior.sizes["draw"])
    places = np.linspace(0, there - 1, shaped.shape[1]).round().astype(int)
    dims = ["chain", "draw", ROW]
    coordinates: dict[str, object] = {
        "chain": posterior["chain"].to_numpy(),
        "draw": posterior["draw"].to_numpy()[places],
        ROW: np.arange(len(keys)),
    }
    if shaped.ndim > len(dims):
        dims.append(LEVEL)
        coordinates[LEVEL] = text(_levels(asked, shaped.shape[-1]))
    taken = set(coordinates)
    for name in keys.columns:
        labels = keys[name]
        plain = (
            labels.to_numpy() if labels.dtype.kind in "iufM" else np.array(labels.tolist(), object)
        )
        coordinates[claim(str(name), taken)] = (ROW, coordinate(plain))
    return xr.DataArray(shaped, coords=coordinates, dims=dims, name=asked.name)


def _levels(asked: Asked, count: int) -> list[str]:
    labels = [str(level) for level in asked.model.spec.response.levels]
    return labels if len(labels) == count else [str(j + 1) for j in range(count)]
