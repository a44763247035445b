"""Intervals as they are drawn: two of them, the one that holds less within the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formix.errors import ArgumentError
from formix.plots.style import BAND
from formix.verbs.estimates import tails

if TYPE_CHECKING:
    from jaxtyping import Float
    from matplotlib.axes import Axes

PROBS = (0.5, 0.95)
"""The probabilities that the inner and the outer interval hold."""


@dataclass(frozen=True, eq=False)
class Intervals:
    """The means of some draws and their equal-tailed intervals, the widest first.

    Parameters
    ----------
    mean
        By place.
    low, high
        The ends, by interval and place.
    """

    mean: Float[np.ndarray, " place"]
    low: Float[np.ndarray, "interval place"]
    high: Float[np.ndarray, "interval place"]

    def __getitem__(self, places: object) -> Intervals:
        """Return those at some of the places."""
        at: np.ndarray = np.arange(len(self.mean))[places]  # pyright: ignore
        return Intervals(self.mean[at], self.low[:, at], self.high[:, at])


def intervals(draws: Float[np.ndarray, "sample place"], probs: Sequence[float]) -> Intervals:
    """Return the means and intervals of draws at every place.

    Raises
    ------
    ArgumentError
        If a probability is not between 0 and 1, or there is none.

    Examples
    --------
    >>> found = intervals(np.arange(101.0)[:, None], (0.5, 0.9))
    >>> found.mean.tolist(), found.low.round(9).tolist(), found.high.round(9).tolist()
    ([50.0], [[5.0], [25.0]], [[95.0], [75.0]])
    """
    ends = interval_tails(probs)
    low, high = (np.quantile(draws, [end[side] for end in ends], axis=0) for side in (0, 1))
    return Intervals(np.mean(draws, axis=0), low, high)


def interval_tails(probs: Sequence[float]) -> list[tuple[float, float]]:
    """Return the probabilities below the ends of intervals, the widest first.

    Raises
    ------
    ArgumentError
        If a probability is not between 0 and 1, or there is none.
    """
    try:
        given = {float(prob) for prob in np.atleast_1d(np.asarray(probs, dtype=np.float64))}
    except (TypeError, ValueError):
        given = set[float]()
    if not given:
        raise ArgumentError(
            f"`probs` is {probs!r}, which holds no probabilities", hint="such as probs=(0.5, 0.95)"
        )
    return [tails(prob) for prob in sorted(given, reverse=True)]


def said(probs: Sequence[float]) -> str:
    """Return probabilities in words: `50 and 95 % intervals`.

    Examples
    --------
    >>> said((0.95, 0.5)), said([0.9])
    ('50 and 95 % intervals', '90 % intervals')
    """
    shares = [high - low for low, high in reversed(interval_tails(probs))]
    texts = [f"{100.0 * share:.4g}" for share in shares]
    return f"{' and '.join(texts)} % intervals"


def draw_bands(
    ax: Axes, x: Float[np.ndarray, " place"], of: Intervals, colour: str, label: str | None = None
) -> None:
    """Draw a line through the means, and bands around it."""
    for low, high in zip(of.low, of.high, strict=True):
        ax.fill_between(x, low, high, color=colour, alpha=BAND, linewidth=0.0)
    ax.plot(x, of.mean, color=colour, linewidth=1.8, label=label)


def draw_whiskers(
    ax: Axes,
    at: Float[np.ndarray, " place"],
    of: Intervals,
    colour: str,
    label: str | None = None,
    *,
    vertical: bool = True,
    size: float = 5.0,
) -> None:
    """Draw a dot at each mean, and lines over its intervals, the inner one thicker."""
    lines = ax.vlines if vertical else ax.hlines
    widths = np.linspace(0.25, 0.6, max(2, len(of.low)))
    for low, high, width in zip(of.low, of.high, widths, strict=False):
        lines(at, low, high, color=colour, linewidth=size * width)
    x, y = (at, of.mean) if vertical else (of.mean, at)
    ax.plot(x, y, "o", color=colour, markersize=size, label=label)
