"""One panel of conditional effects: means and intervals over a column, the data behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from formix.plots.intervals import draw_bands, draw_whiskers, intervals
from formix.plots.labels import level_ticks, plain, short, with_unit
from formix.plots.scatter import SPREAD, codes_of, draw_rows, draw_shares, written
from formix.plots.style import GREY, colours, dress, key

if TYPE_CHECKING:
    from jaxtyping import Bool, Float
    from matplotlib.axes import Axes

    from formix.plots.observed import Observed
    from formix.results.groups import Groups
    from formix.verbs.grids import Regressor


@dataclass(frozen=True, eq=False)
class Panel:
    """What a panel shows.

    Parameters
    ----------
    x, x_values
        The column at the axis, and its values, of a factor its levels.
    colour, colour_values
        The column that colours tell apart, where there is one, and its values.
    draws
        Of what is predicted.
    seen
        What was observed, where it is to be drawn, and at which rows.
    levels, of
        The levels of the response, where colours tell them apart, and its name.
    """

    x: Regressor
    x_values: Sequence[Any]
    colour: Regressor | None
    colour_values: Sequence[Any]
    draws: Float[np.ndarray, "sample x colour"]
    seen: Observed | None = None
    rows: Bool[np.ndarray, " obs"] | None = None
    levels: tuple[str, ...] = ()
    of: str = ""

    @property
    def labels(self) -> list[str]:
        """What each colour stands for; nothing where there is one."""
        if self.levels:
            return [short(level) for level in self.levels]
        return [short(written(value)) for value in self.colour_values] if self.colour else []


def draw_panel(ax: Axes, panel: Panel, found: Groups, probs: Sequence[float], y: str) -> None:
    """Draw a panel with its labels and its legend."""
    count = panel.draws.shape[2]
    ordered = panel.levels and panel.seen is not None and panel.seen.ordered
    if panel.colour is not None:
        ordered = not panel.colour.levels or panel.colour.column.kind == "ordered"
    some = colours(count, ordered=bool(ordered) and count > 1)
    labels = panel.labels or [None]
    if panel.x.levels:
        ax.set_xlim(-0.5 - 0.1, len(panel.x_values) - 0.5 + 0.1)
    if panel.seen is not None:
        _draw_data(ax, panel, some)
    for j, (colour, label) in enumerate(zip(some, labels, strict=True)):
        of = intervals(panel.draws[:, :, j], probs)
        if panel.x.levels:
            at = np.arange(len(panel.x_values)) + _dodged(j, count)
            draw_whiskers(ax, at, of, colour, label, size=5.0 if count < 4 else 4.0)
        else:
            draw_bands(ax, np.asarray(panel.x_values, dtype=np.float64), of, colour, label)
    if panel.seen is not None and panel.seen.bounded:
        ax.set_ylim(-0.03, 1.03)
    dress(ax, x=with_unit(panel.x.name, found), y=y)
    if panel.x.levels:
        level_ticks(ax, [written(value) for value in panel.x_values])
    if panel.labels:
        key(ax, plain(panel.colour.name) if panel.colour else panel.of)


def _dodged(place: int, count: int) -> float:
    """Return how far from its level one of several colours stands."""
    return (place - (count - 1) / 2.0) * SPREAD / count


def _draw_data(ax: Axes, panel: Panel, some: Sequence[str]) -> None:
    seen, rows = panel.seen, panel.rows
    if seen is None or rows is None:
        return
    there = rows & ~panel.x.column.missing
    place = np.flatnonzero(there)
    x = panel.x.column.values[place].astype(np.float64)
    if panel.x.levels:
        x = codes_of(panel.x, panel.x_values)[place]
    colour = np.zeros(len(place), dtype=int)
    if panel.colour is not None and panel.colour.levels:
        colour = codes_of(panel.colour, panel.colour_values)[place].astype(int)
    plain_colour = panel.colour is not None and not panel.colour.levels
    values = seen.values[place]
    good = (x >= 0 if panel.x.levels else np.isfinite(x)) & (colour >= 0)
    good &= np.isfinite(values if values.ndim == 1 else values[:, 0])
    x, colour, values = x[good], colour[good], values[good]
    count = len(some)
    for j in range(count):
        mine = slice(None) if panel.levels or plain_colour else colour == j
        y = values[:, j] if panel.levels else values
        paint = GREY if count == 1 or plain_colour else some[j]
        if seen.shares:
            draw_shares(ax, x[mine], y[mine], paint, _dodged(j, count) if panel.x.levels else 0.0)
        elif not (plain_colour and j):
            shift = 0.0 if plain_colour else _dodged(j, count)
            draw_rows(ax, x[mine], y[mine], paint, shift, count, jitter=bool(panel.x.levels))
