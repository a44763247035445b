"""Draws -> the columns of a table: mean, sd, interval, R-hat and effective sample sizes."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING

import numpy as np

from formix.errors import ArgumentError
from formix.results.ess import convergence

if TYPE_CHECKING:
    from jaxtyping import Float

    Draws = Float[np.ndarray, "chain draw *shape"]

PROB = 0.95

_CHUNK = 100_000
"""Numbers described at once."""


def estimates(
    draws: Draws, prob: float = PROB, *, diagnostics: bool = False
) -> dict[str, np.ndarray]:
    """Return mean, sd and the equal-tailed interval of every element, flat, by column.

    Parameters
    ----------
    prob
        The probability that the interval holds.
    diagnostics
        Whether R-hat and the bulk and tail effective sample sizes are added.

    Raises
    ------
    ArgumentError
        If `prob` is not between 0 and 1.

    Examples
    --------
    >>> table = estimates(np.arange(200.0).reshape(2, 100, 1))
    >>> {name: column.round(3).tolist() for name, column in table.items()}
    {'mean': [99.5], 'sd': [57.879], '2.5%': [4.975], '97.5%': [194.025]}
    """
    lower, upper = tails(prob)
    values = np.asarray(draws, dtype=np.float64)
    found = _described(values.reshape(values.shape[0] * values.shape[1], -1), (lower, upper))
    table = dict(zip(("mean", "sd", percent(lower), percent(upper)), found, strict=True))
    if diagnostics:
        found = convergence(values)
        table["rhat"] = found.rhat.reshape(-1)
        table["ess_bulk"] = found.ess_bulk.reshape(-1)
        table["ess_tail"] = found.ess_tail.reshape(-1)
    return table


def _described(
    flat: Float[np.ndarray, "sample element"], probabilities: tuple[float, float]
) -> Float[np.ndarray, "column element"]:
    """Return mean, sd and quantiles, of some elements after another so that caches hold them."""
    samples, elements = flat.shape
    answer = np.empty((2 + len(probabilities), elements))
    step = max(1, _CHUNK // samples)
    for start in range(0, elements, step):
        part = slice(start, start + step)
        x = np.array(flat[:, part].T, order="C")
        mean = answer[0, part] = np.mean(x, axis=1)
        answer[2:, part] = quantiles(x, probabilities)
        x -= mean[:, None]
        answer[1, part] = np.sqrt(np.vecdot(x, x) / (samples - 1)) if samples > 1 else np.nan
    return answer


def quantiles(
    x: Float[np.ndarray, "element sample"], probabilities: tuple[float, ...]
) -> Float[np.ndarray, "probability element"]:
    """Return quantiles, as `np.quantile` does, by probabilities that rise; `x` is put in disorder.

    One place after another is found among what is left: NumPy finds a single one several times as
    fast as two at once.
    """
    last = x.shape[1] - 1
    answer = np.empty((len(probabilities), len(x)))
    done = 0
    for j, probability in enumerate(probabilities):
        place = int(probability * last)
        if place >= done:
            x[:, done:].partition(place - done, axis=1)
            done = place + 1
        ends = [x[:, place], np.min(x[:, done:], axis=1) if done <= last else x[:, place]]
        answer[j] = np.quantile(ends, probability * last - place, axis=0)
    # What is no number is last, and may be beyond both places.
    answer[:, np.isnan(x).any(axis=1)] = np.nan
    return answer


def tails(prob: float) -> tuple[float, float]:
    """Return the probabilities below the ends of an equal-tailed interval."""
    if not isinstance(prob, Real) or not 0.0 < prob < 1.0:
        raise ArgumentError(
            f"`prob` is {prob!r}, which is not between 0 and 1",
            hint="prob=0.95 asks for the interval that holds 95 % of the draws",
        )
    return (1.0 - prob) / 2.0, 1.0 - (1.0 - prob) / 2.0


def percent(probability: float) -> str:
    """Return a probability as the name of a column: `2.5%`."""
    return f"{100.0 * probability:.6g}%"
