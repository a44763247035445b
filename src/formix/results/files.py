"""Groups <-> files: NetCDF through h5netcdf, or zarr, whole or not at all, without ArviZ."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import xarray as xr

from formix.errors import ArgumentError, ResultError
from formix.results.attributes import read_sites
from formix.results.groups import Groups, opened, tree
from formix.results.layout import in_storage

if TYPE_CHECKING:
    from collections.abc import Callable

NETCDF = (".nc", ".nc4", ".netcdf", ".h5", ".hdf5")
ZARR = (".zarr",)

_UNSPECIFIED = ".*currently not part in the Zarr format 3 specification"
"""What zarr warns of text (before 3.1.1) and of consolidated metadata, which readers ask for."""

_ZARR_MARKS = ("zarr.json", ".zgroup")
_ZARR_METADATA = (*_ZARR_MARKS, ".zarray", ".zattrs", ".zmetadata")


def write_groups(found: Groups, path: str | Path) -> Path:
    """Write a result to a NetCDF file or a zarr store, by the path's ending; return the path.

    The file appears whole or not at all: it is made beside its place and then moved there, so
    that neither an error nor an interrupt leaves a half-written one, or harms one that was there.

    Raises
    ------
    ResultError
        If the ending is of neither format, or the place cannot be written.
    ArgumentError
        If the path is none.
    """
    place = place_of(path)
    ending = place.suffix.lower()
    if ending not in NETCDF + ZARR:
        raise ResultError(
            f"cannot tell from its ending how to write `{place}`",
            hint=f"NetCDF: {', '.join(NETCDF)}; zarr: {', '.join(ZARR)}",
        )
    refuse_other_folder(place, ending in ZARR)
    make = _to_zarr if ending in ZARR else to_netcdf
    return written(place, lambda made: make(found, made))


def written(place: Path, make: Callable[[Path], object]) -> Path:
    """Return the place of a file or folder, once it is there whole.

    Raises
    ------
    ResultError
        If the place cannot be written.
    """
    try:
        write_whole(place, make)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ResultError(
            f"cannot write `{place}`: {reason}", hint="does the folder exist, and is it writable?"
        ) from error
    return place


def read_groups(path: str | Path) -> Groups:
    """Return the groups of a NetCDF file or zarr store, in memory.

    Raises
    ------
    ResultError
        If there is no such file, it cannot be read, is cut short, or is not a result of formix.
    ArgumentError
        If the path is none.
    """
    place = place_of(path)
    if not place.exists():
        raise ResultError(f"there is no file `{place}`", hint=_nearby(place))
    if place.is_dir():
        _refuse_pickles(place)
    found = _opened(place, "zarr" if place.is_dir() else "h5netcdf")
    sites = in_storage(read_sites(found))
    for name in ("posterior", "prior"):
        if name in found:
            # zarr gives variables by the alphabet.
            stored = [site.variable for site in sites if site.variable in found[name]]
            # Labels of levels whose effects were not kept have no variable to go with.
            ordered = found[name][stored].assign(dict(found[name].coords))
            found = found.with_group(name, ordered)
    return found


def place_of(path: object) -> Path:
    """Return the path of a file.

    Raises
    ------
    ArgumentError
        If it is none.
    """
    if not isinstance(path, str | os.PathLike) or not os.fspath(path):
        raise ArgumentError(
            f"{path!r} is not the path of a file", hint='for example fx.read("sleepstudy.nc")'
        )
    return Path(cast("str", path)).expanduser()


def _opened(place: Path, engine: str) -> Groups:
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=_UNSPECIFIED)
            with cast("Any", xr).open_datatree(place, engine=engine) as whole:
                found = opened(whole.load())
    # Broken bytes fail in as many ways as h5py, zarr and xarray have of reading them.
    except Exception as error:
        if isinstance(error, ImportError) or "unrecognized engine" in str(error):
            raise _lacking_zarr(place) from error
        reason = str(error).strip().split("\n")[0][:200]
        kind = "a zarr store" if engine == "zarr" else "a NetCDF file"
        raise ResultError(
            f"`{place}` is not {kind}, or is not whole",
            hint=f"what the reader says: {reason or type(error).__name__}",
        ) from error
    return Groups({name: _plain(data) for name, data in found.datasets.items()}, found.attributes)


def _plain(dataset: xr.Dataset) -> xr.Dataset:
    """Return text coordinates as objects, whatever type of text the format's reader chose."""
    text = {
        name: variable.astype(object)
        for name, variable in cast("Any", dataset).variables.items()
        if variable.dtype.kind in "TU"
    }
    return dataset.assign(text)


def write_whole(place: Path, make: Callable[[Path], object]) -> None:
    """Make a file or folder beside its place, then move it there in one step."""
    holder = Path(tempfile.mkdtemp(prefix=f".{place.name[:100]}.", dir=place.parent))
    try:
        made = holder / f"new{place.suffix}"
        make(made)
        if place.is_dir():
            # A folder cannot be replaced in one step: the old one is moved away first.
            place.replace(holder / "old")
        os.replace(made, place)  # noqa: PTH105 - the name of the promise
    finally:
        shutil.rmtree(holder, ignore_errors=True)


def to_netcdf(found: Groups, made: Path) -> None:
    """Write groups to a NetCDF file that is not there yet."""
    cast("Any", tree(found)).to_netcdf(made, engine="h5netcdf")


def _to_zarr(found: Groups, made: Path) -> None:
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=_UNSPECIFIED)
            cast("Any", tree(found)).to_zarr(made, mode="w", consolidated=True)
    except ImportError as error:
        raise _lacking_zarr(made) from error


def refuse_other_folder(place: Path, zarr: bool) -> None:
    """Refuse a folder that no result may replace.

    Raises
    ------
    ResultError
        If it holds something else.
    """
    if not place.is_dir():
        return
    if not zarr or (
        not any((place / mark).exists() for mark in _ZARR_MARKS) and any(place.iterdir())
    ):
        raise ResultError(
            f"`{place}` is a folder that holds something else", hint="choose another name"
        )


def _refuse_pickles(place: Path) -> None:
    """Refuse a store whose arrays would run code when they are read."""
    for name in _ZARR_METADATA:
        for metadata in place.rglob(name):
            if b'"pickle"' in metadata.read_bytes():
                raise ResultError(
                    f"`{place}` holds pickled objects, which can run any code; it is not opened",
                    hint="formix writes none: this store was made or changed by something else",
                )


def _lacking_zarr(place: Path) -> ResultError:
    return ResultError(
        f"`{place.name}` needs zarr, which is not installed", hint='pip install "formix[store]"'
    )


def _nearby(place: Path) -> str:
    """Return a hint that names the results lying in the same folder."""
    if not place.parent.is_dir():
        return f"there is no folder `{place.parent}` either"
    names = sorted(p.name for p in place.parent.iterdir() if p.suffix.lower() in NETCDF + ZARR)
    if not names:
        return f"`{place.parent}` holds no fit"
    return f"`{place.parent}` has: {', '.join(names[:8])}"
