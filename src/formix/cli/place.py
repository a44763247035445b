"""Where a fit is written: the file asked for, or the first free name of the data."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

from formix.errors import ArgumentError

ENDINGS = (".nc", ".zarr")
"""Of a NetCDF file, and of a zarr store."""


def result_place(out: Path | None, data: str) -> Path:
    """Return the path of the result, sure that it can be written.

    A file asked for is replaced; without one, no file is: `sleepstudy.nc`, then `sleepstudy-2.nc`.

    Raises
    ------
    ArgumentError
        If its ending is of no format, or its folder is not there, or cannot be written to. A fit
        takes long, so that is found out before it.
    """
    path = _free(data) if out is None else out.expanduser()
    if not path.suffix:
        path = path.with_name(f"{path.name}.nc")
    if path.suffix not in ENDINGS or (path.suffix == ".nc" and path.is_dir()):
        raise ArgumentError(
            f"a fit cannot be written to `{path}`", hint=f"name it `{path.stem}.nc`, a NetCDF file"
        )
    folder = path.parent
    if not folder.is_dir():
        raise ArgumentError(
            f"there is no folder `{folder}` for `{path.name}`", hint="make it first"
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ArgumentError(f"`{folder}` cannot be written to", hint="choose another by --out")
    return path


def _free(data: str) -> Path:
    stem = Path(Path(data).name.removesuffix(".gz")).stem
    names = itertools.chain([stem], (f"{stem}-{n}" for n in itertools.count(2)))
    return next(path for name in names if not (path := Path(f"{name}.nc")).exists())
