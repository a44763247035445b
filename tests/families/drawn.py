"""Whether a family's draws have the mean and the variance that they should."""

from __future__ import annotations

import numpy as np

from formix.families import Family

FARTHEST = 5.0
"""In standard errors, of a mean and of a variance: a false alarm in a million seeds each."""


def check_moments(family: Family, given: dict[str, np.ndarray], moments: tuple[float, ...]):
    """Compare draws with a mean, a variance and an excess kurtosis from elsewhere."""
    mean, variance, kurtosis = moments
    drawn = family.draw(np.random.default_rng(1), given)
    assert drawn.shape == given["mu"].shape
    if family.name == "von_mises":
        # Their mean is a direction: away from it they are as often to one side as to the other.
        check_directions(drawn.ravel(), mean, variance)
        return
    assert abs(drawn.mean() - mean) <= FARTHEST * np.sqrt(variance / drawn.size)
    # The variance of a sample variance, by the excess kurtosis of what is drawn.
    deviation = variance * np.sqrt((kurtosis + 2.0) / drawn.size)
    assert abs(drawn.var(ddof=1) - variance) <= FARTHEST * deviation


def check_directions(angles: np.ndarray, mean: float, variance: float):
    """Compare angles with a mean direction and a circular variance; sines and cosines are < 1."""
    away = np.stack([np.sin(angles - mean), 1.0 - np.cos(angles - mean)])
    error = away.std(axis=1, ddof=1) / np.sqrt(angles.size)
    assert np.all(np.abs(away.mean(axis=1) - [0.0, variance]) <= FARTHEST * error)
