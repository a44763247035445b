"""Statistics of a response set beside those of its replicates, with their p-values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from formix.errors import ArgumentError, UnsupportedError
from formix.plots.intervals import draw_whiskers, intervals
from formix.plots.labels import level_ticks, plain, short, with_unit
from formix.plots.overlays import DRAWN, SEEN
from formix.plots.style import BLUE, INK, VERMILLION, dress

if TYPE_CHECKING:
    from jaxtyping import Bool, Float
    from matplotlib.axes import Axes

    from formix.plots.replicates import Replicates

_BARS = 40

_NAMED = 60
"""Levels that stand in their own order."""

_SAID = {"zeros": "share of zeros"}
"""What a statistic is called beside its name; it is then in no units."""


def _sd(values: np.ndarray) -> np.ndarray:
    return np.std(values, axis=-1, ddof=1 if values.shape[-1] > 1 else 0)


STATISTICS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "mean": lambda values: np.mean(values, axis=-1),
    "median": lambda values: np.median(values, axis=-1),
    "sd": _sd,
    "min": lambda values: np.min(values, axis=-1),
    "max": lambda values: np.max(values, axis=-1),
    "zeros": lambda values: np.mean(values == 0.0, axis=-1),
}
"""Those that have a name; `zeros` is the share of rows that are 0."""


class Statistic:
    """A statistic of the rows of a response: one that has a name, or the user's own.

    Parameters
    ----------
    stat
        The name, or a function of the values of a response that returns a number.

    Raises
    ------
    ArgumentError
        If it is neither.
    """

    def __init__(self, stat: object) -> None:
        if not callable(stat) and stat not in STATISTICS:
            near = get_close_matches(str(stat), STATISTICS, n=1)
            raise ArgumentError(
                f"`stat` is {stat!r}, which is no statistic",
                hint=(f"did you mean {near[0]!r}? " if near else "")
                + f"it is one of {', '.join(map(repr, STATISTICS))}, or a function of the values",
            )
        self.own: Any = stat if callable(stat) else None
        name = getattr(stat, "__name__", "statistic") if callable(stat) else str(stat)
        self.name: str = "statistic" if name == "<lambda>" else name

    def __call__(self, values: Float[np.ndarray, "*sample obs"]) -> Float[np.ndarray, "*sample"]:
        """Return the statistic along the last axis.

        Raises
        ------
        ArgumentError
            If the user's own function fails, or returns something else than a number.
        """
        if self.own is None:
            return np.asarray(STATISTICS[self.name](values))
        flat = values.reshape(-1, values.shape[-1])
        try:
            found = [float(self.own(row)) for row in flat]
        except Exception as error:
            raise ArgumentError(
                f"`stat` did not return a number of the values: {type(error).__name__}: {error}",
                hint="a function of an array that returns one number, such as np.ptp",
            ) from error
        return np.array(found).reshape(values.shape[:-1])


def statistics(stat: object) -> list[Statistic]:
    """Return the statistics that are asked for: one, or several.

    Raises
    ------
    ArgumentError
        If one of them is none.
    """
    several = isinstance(stat, Sequence) and not isinstance(stat, str)
    wanted: Sequence[object] = cast("Sequence[object]", stat if several else [stat])
    found = [Statistic(one) for one in wanted]
    if not found:
        raise ArgumentError("`stat` is empty", hint="such as stat='mean'")
    return found


def check_numbers(of: Replicates) -> None:
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
    if of.form == "columns" or (of.form == "levels" and len(of.levels) > 2):
        raise UnsupportedError(
            f"`{of.name}` is one of several levels, which have no statistic",
            hint="without `stat`, fx.plot_check(fit) shows the share of each",
        )


def p_value(drawn: Float[np.ndarray, " sample"], seen: float) -> float:
    """Return the share of replicates whose statistic is at least that of the data.

    References
    ----------
    Gelman, Meng and Stern (1996), "Posterior predictive assessment of model fitness via realized
    discrepancies", Statistica Sinica 6, 733-807.

    Examples
    --------
    >>> p_value(np.array([1.0, 2.0, 3.0, 4.0]), 2.0)
    0.75
    """
    return float(np.mean(drawn >= seen))


def draw_statistic(ax: Axes, of: Replicates, statistic: Statistic) -> None:
    """Draw the statistic of the replicates as a histogram, and that of the data as a line."""
    drawn, seen = statistic(of.drawn), float(statistic(of.seen))
    low, high = min(seen, float(drawn.min())), max(seen, float(drawn.max()))
    values = np.unique(drawn)
    bins = np.linspace(low, high, _BARS + 1) if high > low else np.array([low - 0.5, low + 0.5])
    if 1 < len(values) <= _BARS:
        # A statistic of few values has a bar each.
        step = float(np.min(np.diff(values)))
        if (high - low) / step <= 2 * _BARS:
            bins = np.arange(low - 0.5 * step, high + step, step)
    ax.hist(drawn, bins, color=BLUE, alpha=0.45, label=DRAWN)
    ax.axvline(seen, color=VERMILLION, linewidth=2.0, label=SEEN)
    ax.set_yticks([])
    name = f"{_called(statistic)} of " + _whose(of, statistic)
    title = f"P(replicates $\\geq$ data) = {p_value(drawn, seen):.2f}"
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
    drawn = np.stack([statistic(one.drawn) for one in some], axis=-1)
    seen = np.array([float(statistic(one.seen)) for one in some])
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
    return plain(of.name) if statistic.name in _SAID else with_unit(of.name, of.found)
