"""Draws -> the columns of a table: mean, sd, interval, R-hat and effective sample sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.errors import ArgumentError
from formix.results.ess import convergence

if TYPE_CHECKING:
    from jaxtyping import Float

    Draws = Float[np.ndarray, "chain draw *shape"]

PROB = 0.95


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
    flat = values.reshape(values.shape[0] * values.shape[1], -1)
    low, high = np.quantile(flat, [lower, upper], axis=0)
    spread = np.std(flat, axis=0, ddof=1) if len(flat) > 1 else np.full(flat.shape[1], np.nan)
    table = {
        "mean": np.mean(flat, axis=0),
        "sd": spread,
        percent(lower): low,
        percent(upper): high,
    }
    if diagnostics:
        found = convergence(values)
        table["rhat"] = found.rhat.reshape(-1)
        table["ess_bulk"] = found.ess_bulk.reshape(-1)
        table["ess_tail"] = found.ess_tail.reshape(-1)
    return table


def tails(prob: float) -> tuple[float, float]:
    """Return the probabilities below the ends of an equal-tailed interval."""
    if not 0.0 < prob < 1.0:
        raise ArgumentError(
            f"`prob` is {prob!r}, which is not between 0 and 1",
            hint="prob=0.95 asks for the interval that holds 95 % of the draws",
        )
    return (1.0 - prob) / 2.0, 1.0 - (1.0 - prob) / 2.0


def percent(probability: float) -> str:
    """Return a probability as the name of a column: `2.5%`."""
    return f"{100.0 * probability:.6g}%"
