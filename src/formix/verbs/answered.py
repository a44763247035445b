"""Predictions -> a table of them, or their draws, with the labels of the rows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from formix.results.datasets import row_coordinates
from formix.results.names import claim, coordinate
from formix.verbs.estimates import estimates
from formix.verbs.predicted import LINPRED, MEAN, RESPONSE
from formix.verbs.table import Table

if TYPE_CHECKING:
    from jaxtyping import Float, Int

    from formix.prediction import NewRows
    from formix.verbs.predicted import Predictions

    Array = Float[np.ndarray, "chain draw obs *level"]
    Places = Int[np.ndarray, " obs"]

OBS, LEVEL = "obs", "level"


def table_of(made: Predictions, prob: float) -> pd.DataFrame:
    """Return mean, sd and interval by row, and by level where there is a number for each.

    Of responses that are levels, the share of the draws that each level has.
    """
    columns: dict[str, np.ndarray] = {}
    total, levels = len(made.rows.rows), 1
    for part, draws in made.made():
        found = _shares(made, draws) if _of_levels(made) else estimates(draws[None], prob)
        rows = made.rows.kept[part]
        levels = len(found[next(iter(found))].ravel()) // len(rows)
        for name, column in found.items():
            whole = columns.setdefault(name, np.full((total, levels), np.nan))
            whole[rows] = column.reshape(len(rows), levels)
    names = [str(level) for level in made.model.spec.response.levels] if levels > 1 else []
    index = row_index(made.rows, names)
    return Table({name: column.ravel() for name, column in columns.items()}, index=index)


def _of_levels(made: Predictions) -> bool:
    """Whether a prediction is a level of the response: its code, and no number."""
    return made.kind == RESPONSE and made.model.family.codes


def _shares(made: Predictions, draws: Float[np.ndarray, "sample obs"]) -> dict[str, np.ndarray]:
    count = len(made.model.spec.response.levels)
    shares = np.stack([np.mean(draws == j, axis=0) for j in range(count)], axis=1)
    shares[np.any(np.isnan(draws), axis=0)] = np.nan
    return {"probability": shares}


def row_index(rows: NewRows, levels: list[str]) -> pd.Index:
    """Return the labels of rows as the caller has them, each with every level of the response."""
    labels = {name: np.asarray(some) for name, some in rows.levels.items()}
    labels = labels or {OBS: coordinate(rows.rows)}
    if not levels and len(labels) == 1:
        return pd.Index(labels[OBS], name=OBS)
    wide = {name: np.repeat(some, max(1, len(levels))) for name, some in labels.items()}
    if levels:
        wide[LEVEL if LEVEL not in wide else f"{LEVEL}_"] = np.tile(levels, len(rows.rows))
    return pd.MultiIndex.from_arrays(list(wide.values()), names=list(wide))


def draws_of(made: Predictions, *, codes: bool = False) -> xr.Dataset:
    """Return draws of the predictions, with the labels of the rows.

    Parameters
    ----------
    codes
        Whether levels of the response are told by their codes, and not by their names.
    """
    shape, parts = parts_of(made)
    answer = np.full(shape, np.nan)
    whole = len(made.rows.kept) == len(made.rows.rows)
    for part, draws in parts:
        answer[:, :, part if whole else made.rows.kept[part]] = draws
    if _of_levels(made) and not codes:
        # The last name stands for a row that lacks what is needed.
        names = coordinate([*map(str, made.model.spec.response.levels), ""])
        answer = names[np.where(np.isnan(answer), -1.0, answer).astype(np.int64)]
    return _dataset(made, answer)


def parts_of(made: Predictions) -> tuple[tuple[int, ...], Iterator[tuple[slice, Array]]]:
    """Return the shape that all draws have, and the draws at some rows after another.

    The first axes are the chains, the draws, and the rows of the data.
    """
    parts = made.made()
    # Only draws say whether there is a number for each level of the response.
    first = list(islice(parts, 1))
    levels = first[0][1].shape[2:] if first else ()
    samples = (made.chains, len(made.places))
    whole = ((part, x.reshape(*samples, *x.shape[1:])) for part, x in chain(first, parts))
    return (*samples, len(made.rows.rows), *levels), whole


def _dataset(made: Predictions, answer: Array) -> xr.Dataset:
    posterior = made.drawn.found["posterior"]
    dims = ["chain", "draw", OBS]
    coordinates: dict[str, object] = {
        "chain": posterior["chain"].to_numpy(),
        "draw": posterior["draw"].to_numpy()[made.places],
        OBS: coordinate(made.rows.rows),
    }
    if answer.ndim > 3:
        dims.append(LEVEL)
        coordinates[LEVEL] = coordinate(tuple(map(str, made.model.spec.response.levels)))
    variable = variable_of(made)
    # No variable has the name of a dimension: its own is then among its attributes.
    clear = f"{variable}_" if variable in coordinates else variable
    told: dict[str, object] = {"name": variable} if clear != variable else {}
    # Numbers are codes where predictions are levels.
    told |= flags(made) if answer.dtype.kind == "f" else {}
    found = xr.Dataset({clear: (tuple(dims), answer, told)}, coords=coordinates)
    labels = row_coordinates(made.rows.levels, {*dims, clear})
    return found.assign(labels).set_coords(list(labels))


def flags(made: Predictions) -> dict[str, object]:
    """Return what codes mean, in the attributes that the CF conventions have for it.

    Words there are parted by blanks, so that those within a level become `_`.
    """
    if not _of_levels(made):
        return {}
    levels = list(map(str, made.model.spec.response.levels))
    words = ["_".join(level.split()) for level in levels]
    return {"flag_values": np.arange(len(levels), dtype=float), "flag_meanings": " ".join(words)}


def variable_of(made: Predictions) -> str:
    """Return what predictions are called: the response, `eta`, or a parameter."""
    if made.kind in (MEAN, RESPONSE):
        return made.model.spec.response.name
    return "eta" if made.kind == LINPRED else made.kind


def stored_draws(made: Predictions) -> xr.Dataset:
    """Return draws under a name that those of any other kind do not have."""
    return _called(made, draws_of(made, codes=True))


def stored_parts(made: Predictions) -> tuple[xr.Dataset, Iterator[tuple[Places, Array]]]:
    """Return what `stored_draws` would be without its draws, and the draws of some rows at a time.

    In the Dataset every draw is one missing number, which takes no memory.
    """
    shape, parts = parts_of(made)
    empty = np.broadcast_to(np.nan, shape)
    return _called(made, _dataset(made, empty)), ((made.rows.kept[p], x) for p, x in parts)


def _called(made: Predictions, found: xr.Dataset) -> xr.Dataset:
    ((name, drawn),) = found.data_vars.items()
    if made.kind != MEAN:
        return found
    called = f"{variable_of(made)}_mean"
    stored = claim(called, set(map(str, found.variables)))
    attrs = {"name": called} if stored != called else {}
    return found.rename({name: stored}).assign({stored: drawn.rename(stored).assign_attrs(attrs)})
