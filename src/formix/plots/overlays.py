"""A response drawn over its replicates: as densities, as distribution functions, as counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.plots.intervals import draw_whiskers, intervals
from formix.plots.labels import level_ticks, plain, with_unit
from formix.plots.smoothing import smoothed
from formix.plots.style import BLUE, FAINT, GREY, INK, dress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jaxtyping import Bool, Float
    from matplotlib.axes import Axes

    from formix.plots.replicates import Replicates

SEEN, DRAWN = "data", "replicates"
"""What the legends call a response and what is drawn of it."""

_POINTS = 300
_TIES = 5
_MOST_BARS = 50
"""Counts that have a bar each; of more, several have one together."""


def draw_densities(ax: Axes, of: Replicates, whole: Replicates) -> None:
    """Draw smoothed densities, of each replicate a faint line, as far as those of all rows go."""
    at = np.linspace(*_limits(whole), _POINTS)
    bounds = _bounds(whole)
    for number, values in enumerate(of.drawn):
        label = DRAWN if number == 0 else None
        density = smoothed(values, at, bounds)
        ax.plot(at, density, color=BLUE, linewidth=0.6, alpha=_faintness(of), label=label)
    ax.plot(at, smoothed(of.seen, at, bounds), color=INK, linewidth=1.8, label=SEEN)
    ax.set_xlim(at[0], at[-1])
    ax.set_ylim(bottom=0.0)
    ax.set_yticks([])
    dress(ax, x=with_unit(of.name, of.found), y="density", grid="x")


def draw_distributions(ax: Axes, of: Replicates, whole: Replicates) -> None:
    """Draw the shares of rows at or below each value, of each replicate a faint line."""
    low, high = _limits(whole)
    for number, values in enumerate(of.drawn):
        label = DRAWN if number == 0 else None
        line = {"color": BLUE, "linewidth": 0.6, "alpha": _faintness(of), "label": label}
        ax.ecdf(values[~np.isnan(values)], **line)
    ax.ecdf(of.seen, color=INK, linewidth=1.8, label=SEEN)
    ax.set_xlim(low, high)
    dress(ax, x=with_unit(of.name, of.found), y="share of rows at or below", grid="both")


def draw_survival(ax: Axes, of: Replicates, whole: Replicates) -> None:
    """Draw the shares of rows above each value, of the data as censored rows allow.

    References
    ----------
    Kaplan and Meier (1958), doi:10.1080/01621459.1958.10501452.
    """
    low, high = _limits(whole)
    for number, values in enumerate(of.drawn):
        label = DRAWN if number == 0 else None
        line = {"color": BLUE, "linewidth": 0.6, "alpha": _faintness(of), "label": label}
        ax.ecdf(values[~np.isnan(values)], complementary=True, **line)
    at, above = survival(of.seen, of.larger)
    ends = np.concatenate([[min(low, at[0])], at]), np.concatenate([[1.0], above])
    ax.step(*ends, where="post", color=INK, linewidth=1.8, label=SEEN)
    marks = {"color": INK, "markersize": 5.0, "markeredgewidth": 0.8}
    left = np.unique(of.seen[of.larger])
    ax.plot(left, above[np.searchsorted(at, left)], "|", label="censored", **marks)
    ax.set_xlim(low, high)
    ax.set_ylim(0.0, 1.02)
    dress(ax, x=with_unit(of.name, of.found), y="share of rows above", grid="both")


def survival(
    seen: Float[np.ndarray, " obs"], larger: Bool[np.ndarray, " obs"]
) -> tuple[Float[np.ndarray, " value"], Float[np.ndarray, " value"]]:
    """Return the values that were seen, and the share of rows above each, by Kaplan and Meier.

    Examples
    --------
    >>> at, above = survival(np.array([1.0, 2.0, 2.0, 3.0]), np.array([0, 0, 1, 0], dtype=bool))
    >>> at.tolist(), above.tolist()
    ([1.0, 2.0, 3.0], [0.75, 0.5, 0.0])
    """
    at, place = np.unique(seen, return_inverse=True)
    rows = np.bincount(place, minlength=len(at))
    events = np.bincount(place[~larger], minlength=len(at))
    there = np.cumsum(rows[::-1])[::-1]
    return at, np.cumprod(1.0 - events / there)


def draw_counts(ax: Axes, of: Replicates, whole: Replicates, probs: Sequence[float]) -> None:
    """Draw how many rows have each count, with intervals of the replicates, as a rootogram.

    References
    ----------
    Kleiber and Zeileis (2016), doi:10.1080/00031305.2016.1173590.
    """
    edges, each = _bins(whole)
    middle = edges[:-1] + 0.5 * each
    seen = np.histogram(of.seen, edges)[0]
    drawn = np.stack([np.histogram(values, edges)[0] for values in of.drawn])
    ax.bar(middle, seen, 0.9 * each, color=FAINT, edgecolor=GREY, linewidth=0.5, label=SEEN)
    found = intervals(drawn, probs)
    draw_whiskers(ax, middle, found, BLUE, label=DRAWN, size=_dot(len(middle)))
    # On a root scale the spread of counts is alike, so that rare ones are seen.
    ax.set_yscale("function", functions=(_root, np.square))
    top = float(max(seen.max(), found.high.max()))
    ax.set_ylim(0.0, 1.1 * top)
    ax.set_yticks(_root_ticks(top))
    ax.set_xlim(edges[0] - 0.3 * each, edges[-1] + 0.3 * each)
    ax.xaxis.get_major_locator().set_params(integer=True)
    said = f"rows (root scale{'' if each == 1 else f', {each} counts a bar'})"
    dress(ax, x=with_unit(of.name, of.found), y=said)


def draw_levels(ax: Axes, of: Replicates, probs: Sequence[float]) -> None:
    """Draw the share of each level, with intervals of the replicates."""
    seen, drawn = shares(of)
    places = np.arange(float(len(of.levels)))
    ax.bar(places, seen, 0.7, color=FAINT, edgecolor=GREY, linewidth=0.5, label=SEEN)
    found = intervals(drawn, probs)
    draw_whiskers(ax, places, found, BLUE, label=DRAWN, size=_dot(len(places)))
    ax.set_xlim(-0.6, len(places) - 0.4)
    ax.set_ylim(0.0, min(1.0, 1.1 * float(max(seen.max(), found.high.max()))))
    level_ticks(ax, of.levels)
    what = "rows" if of.form == "levels" else "the whole"
    dress(ax, x=plain(of.name), y=f"share of {what}")


def shares(
    of: Replicates,
) -> tuple[Float[np.ndarray, " level"], Float[np.ndarray, "sample level"]]:
    """Return the share that each level has of the rows, or of what the columns add up to."""
    if of.form == "columns":
        seen, drawn = of.seen.sum(axis=0), of.drawn.sum(axis=1)
        return seen / seen.sum(), drawn / drawn.sum(axis=-1, keepdims=True)
    count = len(of.levels)
    codes = np.arange(count)
    seen = np.mean(of.seen[:, None] == codes, axis=0)
    drawn = np.stack([np.mean(of.drawn == code, axis=1) for code in codes], axis=1)
    return seen, drawn


def has_atoms(of: Replicates) -> bool:
    """Whether single numbers have a share of a response that is otherwise continuous."""
    _, counts = np.unique(of.drawn[: min(10, len(of.drawn))], return_counts=True)
    return bool(counts.max() > max(0.02 * counts.sum(), _TIES))


def _bins(of: Replicates) -> tuple[Float[np.ndarray, " edge"], int]:
    """Return the ends of bars, and how many counts each is of."""
    least, most = float(of.seen.min()), float(of.seen.max())
    tails = np.quantile(of.drawn, [0.001, 0.999])
    # Replicates may reach very far: what is compared with the data lies near these.
    low = int(min(least, tails[0]))
    high = int(max(most, min(float(tails[1]), most + max(10.0, most - least))))
    each = -(-(high - low + 1) // _MOST_BARS)
    return np.arange(low, high + each + 1, each) - 0.5, each


def _limits(of: Replicates) -> tuple[float, float]:
    """Return what of an axis is shown: the data, and all but the far tails of the replicates."""
    low, high = float(of.seen.min()), float(of.seen.max())
    width = (high - low) or max(1.0, abs(high))
    finite = of.drawn[np.isfinite(of.drawn)]
    tails = np.quantile(finite, [0.001, 0.999]) if finite.size else np.array([low, high])
    least, most = _bounds(of)
    start = max(min(low - 0.1 * width, float(tails[0])), low - width, least)
    stop = min(max(high + 0.1 * width, float(tails[1])), high + width, most)
    return start, stop


def _bounds(of: Replicates) -> tuple[float, float]:
    """Return the numbers beyond which neither the data nor the replicates go."""
    low = min(float(of.seen.min()), float(of.drawn.min()))
    high = max(float(of.seen.max()), float(of.drawn.max()))
    return (0.0, 1.0 if high <= 1.0 else np.inf) if low >= 0.0 else (-np.inf, np.inf)


def _faintness(of: Replicates) -> float:
    return float(np.clip(12.0 / len(of.drawn), 0.1, 0.6))


def _dot(count: int) -> float:
    return float(np.clip(100.0 / count, 1.5, 5.0))


def _root(values: Float[np.ndarray, ...]) -> Float[np.ndarray, ...]:
    return np.sqrt(np.maximum(values, 0.0))


def _root_ticks(top: float) -> list[float]:
    """Return round numbers whose roots are about evenly far apart."""
    found = [0.0]
    for fifth in range(1, 6):
        value = top * (fifth / 5.0) ** 2
        power = 10.0 ** int(np.log10(max(value, 1.0)))
        nice = power * round(value / power)
        if nice > found[-1]:
            found.append(nice)
    return found
