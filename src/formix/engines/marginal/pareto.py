"""How heavy the tail of importance weights is: the shape of a Pareto distribution fitted to it.

References
----------
Vehtari, Simpson, Gelman, Yao and Gabry (2024), JMLR 25(72); Zhang and Stephens (2009),
doi:10.1198/tech.2009.08017.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float

    Values = Float[np.ndarray, " draw"]

_FEWEST = 5


def importance_ess(log_weights: Values) -> float:
    """Return how many independent draws weighted ones are worth: (sum w)^2 / sum w^2."""
    weights = np.exp(log_weights - np.max(log_weights))
    return float(np.square(weights.sum()) / np.square(weights).sum())


def smoothed(log_weights: Values) -> tuple[Values, float]:
    """Return log weights whose largest are replaced by quantiles of a fitted tail, and its shape k.

    The mean of weights has a finite variance where k is below one half; k is infinite where too few
    weights are large enough to fit a tail.
    """
    logs = log_weights - np.max(log_weights)
    size = len(logs)
    count = int(np.ceil(min(0.2 * size, 3.0 * np.sqrt(size))))
    order = np.argsort(logs)
    cutoff = max(logs[order[-count - 1]] if count < size else -np.inf, np.log(np.finfo(float).tiny))
    tail = order[logs[order] > cutoff]
    if len(tail) < _FEWEST:
        return logs, np.inf
    excess = np.exp(logs[tail]) - np.exp(cutoff)
    k, sigma = pareto_fit(excess)
    if not np.isfinite(k):
        return logs, np.inf
    probability = (np.arange(len(tail)) + 0.5) / len(tail)
    quantiles = -np.log1p(-probability)
    if abs(k) > 1e-12:
        quantiles = np.expm1(k * quantiles) / k
    answer = logs.copy()
    answer[tail] = np.minimum(np.log(np.exp(cutoff) + sigma * quantiles), 0.0)
    return answer, k


def pareto_fit(excess: Values) -> tuple[float, float]:
    """Return shape and scale of a generalised Pareto distribution, of sorted positive numbers.

    The shape is drawn towards one half as if ten more numbers said so.
    """
    size = len(excess)
    grid = 30 + int(np.sqrt(size))
    place = np.arange(1, grid + 1) - 0.5
    quarter = excess[int(size / 4 + 0.5) - 1]
    b = (1.0 - np.sqrt(grid / place)) / (3.0 * quarter) + 1.0 / excess[-1]
    k = np.mean(np.log1p(-b[:, None] * excess), axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        profile = size * (np.log(-(b / k)) - k - 1.0)
    profile = np.where(np.isfinite(profile), profile, -np.inf)
    weights = np.exp(profile - np.max(profile))
    b_mean = float(np.sum(b * weights) / np.sum(weights))
    shape = float(np.mean(np.log1p(-b_mean * excess)))
    sigma = -shape / b_mean
    return (shape * size + 5.0) / (size + 10.0), sigma
