"""Fits <-> files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from formix.results.files import read_groups, write_groups
from formix.results.groups import opened
from formix.results.inference import inference_data


def read(path: str | Path) -> Any:
    """Return the fit that a file holds, whole in memory, as ArviZ's container.

    `az.from_netcdf` opens the file too, and every verb works on what it returns; this one also
    says what is wrong with a file that is not whole, and opens zarr stores with any ArviZ.

    Parameters
    ----------
    path
        A NetCDF file or a zarr store.

    Raises
    ------
    ResultError
        If there is no such file, it cannot be read or is not whole, formix did not make it, or a
        newer formix did.
    ArgumentError
        If the path is none.

    Examples
    --------
    >>> fx.read("nowhere.nc")
    Traceback (most recent call last):
        ...
    formix.errors.ResultError: there is no file `nowhere.nc`
    ...
    """
    return inference_data(read_groups(path))


def write(fit: object, path: str | Path) -> Path:
    """Write a fit to a NetCDF file or a zarr store, by the path's ending; return the path.

    The file appears whole or not at all: neither an error nor an interrupt leaves a half-written
    one, or harms one that was there before.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened.
    path
        With an ending: `.nc` (or `.nc4`, `.netcdf`, `.h5`, `.hdf5`), or `.zarr`.

    Raises
    ------
    ResultError
        If the ending is of neither format, or the place cannot be written.
    ArgumentError
        If the path is none.

    Examples
    --------
    >>> fx.write(fit, "sleepstudy.txt")
    Traceback (most recent call last):
        ...
    formix.errors.ResultError: cannot tell from its ending how to write `sleepstudy.txt`
    ...
    """
    return write_groups(opened(fit), path)
