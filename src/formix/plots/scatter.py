"""Rows of the data as they are drawn: dots, spread out at levels, or rings of observed shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from formix.design.column import text_of
from formix.plots.observed import shares

if TYPE_CHECKING:
    from jaxtyping import Float
    from matplotlib.axes import Axes

    from formix.verbs.grids import Regressor

MOST_POINTS = 2000
"""Rows that are drawn, evenly chosen where there are more."""

SPREAD = 0.7
"""How much of the room between two levels what stands at them takes."""


def written(value: object) -> str:
    """Return a value as it is read: a number in four digits, a level as it is."""
    return f"{value:.4g}" if isinstance(value, float) else text_of(cast("Any", value))


def codes_of(of: Regressor, values: Sequence[object]) -> Float[np.ndarray, " obs"]:
    """Return the place of each row's level among those that are drawn; -1 of others."""
    column = of.column
    wanted = {written(value): j for j, value in enumerate(values)}
    if column.kind in ("number", "date"):
        distinct, code = np.unique(column.values, return_inverse=True)
        names = [written(float(x)) if column.kind == "number" else str(x) for x in distinct]
    else:
        code, names = column.values, [written(level) for level in column.levels]
    to = np.array([*(wanted.get(name, -1) for name in names), -1], dtype=np.float64)
    return to[code.ravel()]


def draw_shares(ax: Axes, x: np.ndarray, y: np.ndarray, colour: str, shift: float) -> None:
    """Draw observed shares as rings, larger where they are of more rows."""
    if not len(x):
        return
    of = shares(x, y)
    area = 10.0 + 40.0 * of.rows / of.rows.max()
    ring = {"facecolors": "none", "edgecolors": colour, "linewidths": 1.0, "alpha": 0.8}
    ax.scatter(of.at + shift, of.share, s=area, **ring)


def draw_rows(
    ax: Axes, x: np.ndarray, y: np.ndarray, colour: str, shift: float, count: int, *, jitter: bool
) -> None:
    """Draw a dot a row; at a level they are spread evenly, always alike."""
    step = -(-len(x) // MOST_POINTS) if len(x) else 1
    x, y = x[::step], y[::step]
    if jitter:
        # Multiples of the golden ratio fill a room evenly, whatever their number.
        golden = (np.arange(len(x)) * 0.6180339887498949) % 1.0 - 0.5
        x = x + shift + golden * 0.8 * SPREAD / count
    alpha = float(np.clip(8.0 / np.sqrt(len(x) + 1.0), 0.15, 0.6))
    ax.scatter(x, y, s=12.0, color=colour, alpha=alpha, linewidths=0.0)
