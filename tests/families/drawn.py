"""Whether a family's draws have the mean and the variance that they should."""

from __future__ import annotations

import numpy as np

from formix.families import Family

DRAWS = 20_000
FARTHEST = 5.0
"""In standard errors, of a mean and of a variance: a false alarm in a million seeds each."""


def check_moments(family: Family, parameters: dict[str, float], variance: float, kurtosis: float):
    """Compare draws with the family's own mean, and with a variance from elsewhere."""
    given = {name: np.full((DRAWS, 1), value) for name, value in parameters.items()}
    drawn = family.draw(np.random.default_rng(1), given)
    assert drawn.shape == (DRAWS, 1)
    mean = float(family.mean(given)[0, 0])
    assert abs(drawn.mean() - mean) <= FARTHEST * np.sqrt(variance / DRAWS)
    # The variance of a sample variance, by the excess kurtosis of what is drawn.
    deviation = variance * np.sqrt((kurtosis + 2.0) / DRAWS)
    assert abs(drawn.var(ddof=1) - variance) <= FARTHEST * deviation
