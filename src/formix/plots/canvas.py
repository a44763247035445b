"""Axes to draw in: the caller's own, or those of a new figure of a fitting size."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import numpy as np

from formix.errors import ArgumentError
from formix.plots.library import check_installed, figure as figures, plt

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    Size = tuple[float, float]

WIDE: Size = (6.4, 4.0)
"""Width and height in inches of a picture of one panel."""

_WIDEST, _HIGHEST = 11.0, 16.0

_offscreen: ContextVar[bool] = ContextVar("offscreen", default=False)


@contextmanager
def offscreen() -> Generator[None]:
    """Make new figures that pyplot does not know, for files and pages: none is shown or kept.

    Examples
    --------
    >>> with offscreen():
    ...     panel(None).figure.canvas.manager is None
    True
    """
    token = _offscreen.set(True)
    try:
        yield
    finally:
        _offscreen.reset(token)


def panel(ax: object, size: Size = WIDE) -> Axes:
    """Return the one pair of axes to draw in: those given, or new ones.

    Raises
    ------
    ArgumentError
        If `ax` is not a pair of axes.
    MissingLibraryError
        If Matplotlib is not installed.
    """
    return panels(ax, 1, size=size)[0]


def panels(
    ax: object,
    count: int,
    *,
    columns: int = 3,
    size: Size = (3.2, 2.8),
    sharex: bool = False,
    sharey: bool = False,
) -> list[Axes]:
    """Return axes for so many panels: those given, or new ones, rows from the top.

    Parameters
    ----------
    ax
        None; or axes, as many as there are panels.
    columns
        How many panels stand beside one another in a new figure, at most.
    size
        Width and height of one panel in inches; smaller where a figure would be very large.
    sharex, sharey
        Whether the panels of a new figure have the same limits; inner ones then have no labels.

    Raises
    ------
    ArgumentError
        If they are not axes, or not as many.
    MissingLibraryError
        If Matplotlib is not installed.
    """
    check_installed()
    if ax is not None:
        return _given(ax, count)
    across = min(columns, count)
    down = -(-count // across)
    made = _figure((min(_WIDEST, size[0] * across), min(_HIGHEST, size[1] * down)))
    shared = {"sharex": sharex, "sharey": sharey, "squeeze": False}
    grid: np.ndarray = made.subplots(down, across, **shared)
    found: list[Axes] = list(grid.ravel())
    for surplus in found[count:]:
        surplus.remove()
    for place in range(max(0, count - across), count) if sharex else ():
        # The lowest panel of a column has its labels, though an empty place lies below it.
        found[place].tick_params(labelbottom=True)
    return found[:count]


def array(axes: Sequence[Axes]) -> np.ndarray:
    """Return axes as the array that pictures of several panels return."""
    found = np.empty(len(axes), dtype=object)
    found[:] = axes
    return found


def _figure(size: Size) -> Figure:
    if _offscreen.get():
        return figures.Figure(figsize=size, layout="constrained")
    return plt.figure(figsize=size, layout="constrained")


def _given(ax: object, count: int) -> list[Axes]:
    found: list[Any] = list(np.asarray(ax, dtype=object).ravel())
    strange = [type(one).__name__ for one in found if not hasattr(one, "get_xlim")]
    if strange:
        raise ArgumentError(
            f"`ax` holds a {strange[0]}, which is no axes of Matplotlib",
            hint="such as figure, ax = plt.subplots()",
        )
    if len(found) != count:
        raise ArgumentError(
            f"`ax` holds {len(found)} axes, and this picture has {count} "
            f"{'panel' if count == 1 else 'panels'}",
            hint="leave it out, and a figure of the right size is made",
        )
    return found
