"""A caterpillar of group-level effects: each level's deviation, in order of size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from formix.plots.canvas import array, panels
from formix.plots.deviations import Deviations, deviations
from formix.plots.intervals import PROBS, draw_whiskers
from formix.plots.labels import level_ticks, plain, room
from formix.plots.scales import effect_scale
from formix.plots.style import BLUE, GREY, dress
from formix.results.sample import sample
from formix.verbs.arguments import truth

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_EACH, _LEAST, _MOST = 0.19, 2.4, 9.0
"""Inches of height that a level has, and that a panel has."""


def plot_ranef(
    fit: object,
    *,
    group: str = "",
    effects: str | Sequence[str] | None = None,
    probs: Sequence[float] = PROBS,
    sort: bool = True,
    ax: Any = None,
) -> np.ndarray:
    """Draw the group-level (random) effects with their intervals, a panel an effect.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened.
    group
        Only this group; by default all.
    effects
        Only these effects, by their labels.
    probs
        The probabilities that the equal-tailed intervals hold. They are normal ones of a fit that
        has kept only means and standard deviations (`keep_groups="summary"`).
    sort
        Whether the levels of each panel are in order of their means; if not, in their own.
    ax
        Axes to draw in, as many as there are panels; by default a new figure's.

    Returns
    -------
    array of Axes
        One a panel.

    Raises
    ------
    ResultError
        If the result is not one of formix, has no group-level effects, or kept none of them.
    ArgumentError
        If there is no such group or effect, or `ax` does not hold as many axes.
    MissingLibraryError
        If Matplotlib is not installed.

    Examples
    --------
    >>> axes = fx.plot_ranef(fit)
    >>> [one.get_title(loc="left") for one in axes]
    ['Subject: Intercept', 'Subject: Days']
    """
    truth("sort", sort)
    drawn = sample(fit)
    found = deviations(drawn, group, effects)
    parts = [(one, effect) for one in found for effect in range(len(one.effects))]
    most = max(len(one.levels) for one in found)
    height = float(np.clip(_EACH * most + 0.9, _LEAST, _MOST))
    axes = panels(ax, len(parts), columns=3, size=(3.7, height))
    for one, (of, effect) in zip(axes, parts, strict=True):
        step = _draw(one, of, effect, probs, sort)
        scale = effect_scale(drawn.found, of.effects[effect])
        title = plain(f"{of.group}: {of.effects[effect]}")
        y = "" if step == 1 else f"{len(of.levels)} levels, one of {step} named"
        dress(one, x=f"deviation{scale}", y=y, title=title, grid="x")
    return array(axes)


def _draw(ax: Axes, of: Deviations, effect: int, probs: Sequence[float], sort: bool) -> int:
    """Draw one panel, and return the step from one level that is named to the next."""
    count = len(of.levels)
    order = np.argsort(of.mean[:, effect], kind="stable") if sort else np.arange(count)[::-1]
    ax.set_ylim(-0.7, count - 0.3)
    ax.axvline(0.0, color=GREY, linewidth=0.8, linestyle=(0, (4, 3)))
    size = float(np.clip(0.62 * room(ax, "y"), 1.2, 4.5))
    places = np.arange(float(count))
    draw_whiskers(ax, places, of.intervals(effect, probs)[order], BLUE, vertical=False, size=size)
    return level_ticks(ax, [of.levels[j] for j in order], "y")
