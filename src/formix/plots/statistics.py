"""Statistics of a response set beside those of its replicates, with their p-values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.errors import UnsupportedError
from formix.plots.intervals import draw_whiskers, intervals
from formix.plots.labels import level_ticks, plain, short, with_unit
from formix.plots.overlays import DRAWN, SEEN
from formix.plots.style import BLUE, INK, VERMILLION, dress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jaxtyping import Bool, Float
    from matplotlib.axes import Axes

    from formix.plots.replicates import Replicates
    from formix.verbs.statistics import Statistic

_BARS = 40

_NAMED = 60
"""Levels that stand in their own order."""

_SAID = {"zeros": "share of zeros", "<lambda>": "statistic"}
"""What a statistic is called beside its name."""

_UNITLESS = ("zeros", "skew")


def check_numbers(of: Replicates, wanted: Sequence[Statistic]) -> None:
    """Refuse statistics of levels that are no numbers, and of rows that are known in part.

    Raises
    ------
    UnsupportedError
        With what shows them.
    """
    if of.form == "censored":
        raise UnsupportedError(
            f"rows of `{of.name}` are censored, so a statistic of them is not one of the response",
            hint="without `stat`, fx.plot_check(fit) shows the share of rows above each value",
        )
    numbers = any(one.of_numbers for one in wanted)
    if numbers and (of.form == "columns" or (of.form == "levels" and len(of.levels) > 2)):
        raise UnsupportedError(
            f"`{of.name}` is one of several levels, which have no statistic of numbers",
            hint="without `stat`, fx.plot_check(fit) shows the share of each; or give a function "
            "of an array of their codes",
        )


def p_value(drawn: Float[np.ndarray, " sample"], seen: float) -> float:
    """Return the share of replicates whose statistic exceeds that of the data, ties as halves.

    Examples
    --------
    >>> p_value(np.array([1.0, 2.0, 3.0, 4.0]), 2.0)
    0.625
    """
    ties = np.count_nonzero(drawn == seen)
    return float((np.count_nonzero(drawn > seen) + 0.5 * ties) / len(drawn))


def draw_statistic(ax: Axes, of: Replicates, statistic: Statistic) -> None:
    """Draw the statistic of the replicates as a histogram, and that of the data as a line."""
    drawn, seen = statistic.of(of.drawn), float(statistic.of(of.seen[None])[0])
    low, high = min(seen, float(drawn.min())), max(seen, float(drawn.max()))
    values: Float[np.ndarray, " value"] = np.unique(drawn)
    bins = np.linspace(low, high, _BARS + 1) if high > low else np.array([low - 0.5, low + 0.5])
    if 1 < len(values) <= _BARS:
        # A statistic of few values has a bar each.
        step = float((values[1:] - values[:-1]).min())
        if (high - low) / step <= 2 * _BARS:
            bins = np.arange(low - 0.5 * step, high + step, step)
    ax.hist(drawn, bins, color=BLUE, alpha=0.45, label=DRAWN)
    ax.axvline(seen, color=VERMILLION, linewidth=2.0, label=SEEN)
    ax.set_yticks([])
    name = f"{_called(statistic)} of " + _whose(of, statistic)
    title = f"P(replicates > data) = {p_value(drawn, seen):.2f}"
    dress(ax, x=name, y="replicates", title=title, grid="x")


def draw_by_level(
    ax: Axes,
    of: Replicates,
    statistic: Statistic,
    parts: Sequence[tuple[object, Bool[np.ndarray, " obs"]]],
    by: str,
    probs: Sequence[float],
) -> None:
    """Draw the statistic of each level's rows, with intervals of the replicates."""
    labels = [label for label, _ in parts]
    some = [of.at(rows) for _, rows in parts]
    drawn = np.stack([statistic.of(one.drawn) for one in some], axis=-1)
    seen = np.array([float(statistic.of(one.seen[None])[0]) for one in some])
    many = len(parts) > _NAMED
    if many:
        # Levels that cannot all be named are legible in an order that means something.
        order = np.argsort(drawn.mean(axis=0), kind="stable")
        drawn, seen = drawn[:, order], seen[order]
        labels = [labels[place] for place in order.tolist()]
    places = np.arange(float(len(parts)))
    size = float(np.clip(110.0 / len(parts), 1.5, 5.0))
    draw_whiskers(ax, places, intervals(drawn, probs), BLUE, label=DRAWN, size=size)
    mark = {"markeredgecolor": INK, "markerfacecolor": "white", "markersize": size}
    ax.plot(places, seen, "D", label=SEEN, markeredgewidth=1.0, **mark)
    ax.set_xlim(-0.6, len(parts) - 0.4)
    step = level_ticks(ax, [short(label) for label in labels])
    said = [f"{len(parts):,} levels", *(["in order of their replicates"] if many else [])]
    said += [f"one of {step} named"] if step > 1 else []
    x = plain(by) if len(said) == 1 else plain(f"{by} ({', '.join(said)})")
    dress(ax, x=x, y=f"{_called(statistic)} of " + _whose(of, statistic))


def _called(statistic: Statistic) -> str:
    return plain(_SAID.get(statistic.name, statistic.name))


def _whose(of: Replicates, statistic: Statistic) -> str:
    return plain(of.name) if statistic.name in _UNITLESS else with_unit(of.name, of.found)
