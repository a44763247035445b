"""Where a fit or its report is written: the file asked for, or the first free name."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

from formix.errors import ArgumentError

ENDINGS = (".nc", ".zarr")
"""Of a NetCDF file, and of a zarr store."""

PAGES = (".html", ".htm")
"""Of a report."""


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
    return _in_a_folder(path)


def page_place(out: Path | None, fit: Path) -> Path:
    """Return the path of a fit's report, sure that it can be written.

    A file asked for is replaced; without one, no file is: `fit.html`, then `fit-2.html`, beside
    the fit.

    Raises
    ------
    ArgumentError
        If it is no page's, or its folder is not there, or cannot be written to.
    """
    path = _first_free(fit.expanduser().with_suffix(""), ".html") if out is None else out
    path = path.expanduser()
    if not path.suffix:
        path = path.with_name(f"{path.name}.html")
    if path.suffix.lower() not in PAGES or path.is_dir():
        raise ArgumentError(
            f"a report cannot be written to `{path}`", hint=f"name it `{path.stem}.html`"
        )
    return _in_a_folder(path)


def _in_a_folder(path: Path) -> Path:
    """Return the path, if what is there can be written to."""
    folder = path.parent
    if not folder.is_dir():
        raise ArgumentError(
            f"there is no folder `{folder}` for `{path.name}`", hint="make it first"
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ArgumentError(f"`{folder}` cannot be written to", hint="choose another by --output")
    return path


def _free(data: str) -> Path:
    return _first_free(Path(Path(Path(data).name.removesuffix(".gz")).stem), ".nc")


def _first_free(stem: Path, ending: str) -> Path:
    """Return the first of `stem.nc`, `stem-2.nc`, ... that is not there."""
    names = itertools.chain([str(stem)], (f"{stem}-{n}" for n in itertools.count(2)))
    return next(path for name in names if not (path := Path(f"{name}{ending}")).exists())
