"""A NetCDF file of draws that come some rows after another: the door of h5netcdf."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import h5netcdf  # type: ignore[import-untyped]
import numpy as np

from formix.errors import ResultError
from formix.results.files import NETCDF, place_of, refuse_other_folder, to_netcdf, written

if TYPE_CHECKING:
    from jaxtyping import Float, Int

    from formix.results.groups import Groups

    Places = Int[np.ndarray, " row"]
    Draws = Float[np.ndarray, "chain draw row *level"]

_ROWS = 2
"""The axis of the rows, after those of chains and draws."""


def free_place(path: object) -> Path:
    """Return the place of a NetCDF file that may be written there.

    Raises
    ------
    ResultError
        If the ending is another, there is no such folder, or a fit is there that would be lost.
    ArgumentError
        If the path is none.
    """
    place = place_of(path)
    if place.suffix.lower() not in NETCDF:
        raise ResultError(
            f"cannot write `{place}` in parts: its ending is not one of NetCDF",
            hint=f"it is one of {', '.join(NETCDF)}",
        )
    refuse_other_folder(place, zarr=False)
    if not place.parent.is_dir():
        raise ResultError(f"cannot write `{place}`: there is no folder `{place.parent}`")
    if place.exists() and "posterior" in _groups(place):
        raise ResultError(f"`{place}` holds a fit, which would be lost", hint="choose another name")
    return place


def _groups(place: Path) -> list[str]:
    try:
        with cast("Any", h5netcdf).File(place, "r") as held:
            return list(held.groups)
    # It is no such file, and is replaced as any other is.
    except OSError:
        return []


def write_in_parts(
    found: Groups, group: str, parts: Iterable[tuple[Places, Draws]], place: Path
) -> Path:
    """Write groups to a NetCDF file, one of them with a variable that comes in parts.

    The file appears whole or not at all, and memory holds one part at a time.

    Parameters
    ----------
    group
        That of the variable: its only one, whose values are not looked at.
    parts
        The places of some rows, which increase from part to part, and the values there. Rows of no
        part are missing.

    Raises
    ------
    ResultError
        If the place cannot be written.
    """
    ((name, variable),) = found[group].data_vars.items()
    others = found.with_group(group, found[group].drop_vars(str(name)))

    def make(made: Path) -> None:
        to_netcdf(others, made)
        with cast("Any", h5netcdf).File(made, "a") as whole:
            target: Any = None
            for rows, values in parts:
                if target is None:
                    step = values.shape[_ROWS]
                    target = _variable(whole[group], str(name), variable, step)
                for window, some in _windows(rows, values):
                    target[:, :, window] = some
            if target is None:
                _variable(whole[group], str(name), variable, 1)

    return written(place, make)


def _variable(group: Any, name: str, like: Any, step: int) -> Any:
    """Return a new variable, missing everywhere, stored by chains and by as many rows as a part."""
    chunks = (1, like.shape[1], step, *[1] * (like.ndim - 3))
    made = group.create_variable(name, like.dims, np.float64, fillvalue=np.nan, chunks=chunks)
    made.attrs.update(like.attrs)
    return made


def _windows(rows: Places, values: Draws) -> Iterator[tuple[slice, Draws]]:
    """Yield places side by side and their values; no more places at once than there are rows."""
    step = len(rows)
    for start in range(int(rows[0]), int(rows[-1]) + 1, step):
        first, last = np.searchsorted(rows, (start, start + step))
        if first == last:
            continue
        here = rows[first:last]
        low, high = int(here[0]), int(here[-1]) + 1
        some = np.full((*values.shape[:2], high - low, *values.shape[3:]), np.nan)
        some[:, :, here - low] = values[:, :, first:last]
        yield slice(low, high), some
