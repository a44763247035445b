"""The variance partition: which share of the variance lies between the levels of which group."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from formix.plots.canvas import panel
from formix.plots.intervals import PROBS, draw_whiskers, intervals
from formix.plots.labels import plain, short
from formix.plots.style import FAINT, GREY, INK, SMALL, colours, dress
from formix.verbs.varcorr import RESIDUAL
from formix.verbs.vpc import vpc

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from formix.families import Family

_ROOM = 0.06
"""The share that a part of the bar must have for its number to stand in it."""


def plot_vpc(
    fit: object,
    *,
    probs: Sequence[float] = PROBS,
    draws: int | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    priors: Mapping[str, object] | None = None,
    family: Family | None = None,
    ax: Any = None,
) -> Axes:
    """Draw the variance partition: a bar of mean shares, and below it each share's interval.

    It is of the variance that the common (fixed) effects leave, as in `fx.vpc`.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened.
    probs
        The probabilities that the equal-tailed intervals hold.
    draws
        How many draws are used, spread evenly over the chains; by default all.
    functions, priors, family
        The user's own functions, priors outside the table, and the user's own family, where the
        model has any: a result does not hold them.
    ax
        Axes to draw in; by default a new figure's.

    Returns
    -------
    Axes
        The axes that were drawn in.

    Raises
    ------
    ResultError
        If the result is not one of formix, is damaged, or needs what is not given.
    ArgumentError
        If `ax` is no axes, or a probability is not between 0 and 1.
    UnsupportedError
        If the variance cannot be parted, as in `fx.vpc`.
    MissingLibraryError
        If Matplotlib is not installed.

    Examples
    --------
    >>> ax = fx.plot_vpc(fit)
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['all', 'Subject', 'Residual']
    """
    found = vpc(fit, draws=draws, summary=False, functions=functions, priors=priors, family=family)
    names = [str(name) for name in found["group"].to_numpy()]
    shares = found.to_numpy().reshape(-1, len(names))
    of = intervals(shares, probs)
    one = panel(ax, (6.4, 1.5 + 0.42 * (len(names) + 1)))
    shades = [*colours(len(names) - 1), GREY] if names[-1] == RESIDUAL else colours(len(names))
    left = 0.0
    for place, (share, shade) in enumerate(zip(of.mean.tolist(), shades, strict=True)):
        one.barh(0.0, share, 0.7, left, color=shade, edgecolor="white", linewidth=1.0)
        if share > _ROOM:
            at = (left + 0.5 * share, 0.0)
            text = f"{100.0 * share:.0f} %"
            one.text(*at, text, color="white", ha="center", va="center", fontsize=SMALL)
        left += share
        at = np.array([place + 1.0])
        draw_whiskers(one, at, of[place : place + 1], shade, vertical=False, size=6.0)
    one.axhline(0.5, color=FAINT, linewidth=0.8)
    one.set_xlim(0.0, 1.0)
    one.set_ylim(len(names) + 0.6, -0.6)
    one.set_yticks(range(len(names) + 1), ["all", *(short(name) for name in names)])
    one.set_xticks(np.linspace(0.0, 1.0, 5), ["0", "25 %", "50 %", "75 %", "100 %"])
    scale = found.attrs["scale"]
    on = "" if scale == "response" else f", {scale}"
    dress(one, x=plain(f"share of the variance about the common effects{on}"), grid="x")
    one.tick_params(axis="y", length=0, labelcolor=INK)
    return one
