"""Predictions -> a file of them, some rows after another."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from formix import results
from formix.errors import ArgumentError
from formix.results.groups import Groups, opened
from formix.verbs.answered import stored_parts
from formix.verbs.stored import FROM, PREDICTED, labelled

if TYPE_CHECKING:
    from formix.verbs.predicted import Predictions


def file_of(
    fit: object, made: Predictions, data: object, place: Path, how: Mapping[str, Any]
) -> Path:
    """Write predictions to a file, with the columns that they were made from; return its path.

    Memory holds the draws of some rows at a time.

    Parameters
    ----------
    how
        What predictions say of how they were made.

    Raises
    ------
    ResultError
        If the place cannot be written.
    """
    empty, parts = stored_parts(made)
    predicted, columns = labelled(empty, made.model, made.rows, data, how)
    found = Groups({PREDICTED: predicted, FROM: columns}, opened(fit).attributes)
    # Loaded late: h5netcdf is of no use to those who write no file.
    return results.growing.write_in_parts(found, PREDICTED, parts, place)


def destination(store: object) -> bool | Path:
    """Return whether predictions are put into the fit, or the file that they are written to.

    Raises
    ------
    ResultError
        If the path's ending is not of NetCDF, there is no such folder, or a fit is there.
    ArgumentError
        If it says neither.
    """
    if isinstance(store, str | PathLike):
        return results.growing.free_place(cast("str | PathLike[str]", store))
    if isinstance(store, bool | np.bool_):
        return bool(cast("bool", store))
    raise ArgumentError(
        f"`store` is {store!r}", hint='store=True, or the path of a file: store="predictions.nc"'
    )
