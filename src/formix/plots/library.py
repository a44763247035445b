"""Matplotlib, which is optional: where it is absent, pictures say what to install."""

from __future__ import annotations

from typing import TYPE_CHECKING

from formix.errors import MissingLibraryError

__all__ = [
    "check_installed",
    "collections",
    "colormaps",
    "figure",
    "lines",
    "patches",
    "plt",
    "rc_context",
    "ticker",
]

if TYPE_CHECKING:
    from matplotlib import (
        collections,
        colormaps,
        figure,
        lines,
        patches,
        pyplot as plt,
        rc_context,
        ticker,
    )
else:
    try:
        from matplotlib import (
            collections,
            colormaps,
            figure,
            lines,
            patches,
            pyplot as plt,
            rc_context,
            ticker,
        )
    except ModuleNotFoundError:
        collections = colormaps = figure = lines = patches = plt = rc_context = ticker = None


def check_installed() -> None:
    """Refuse to draw without Matplotlib.

    Raises
    ------
    MissingLibraryError
        With what to install.
    """
    if plt is None:
        raise MissingLibraryError(
            "pictures need Matplotlib, which is not installed", hint='pip install "formix[plots]"'
        )
