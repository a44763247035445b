"""What is asked of the ranks of true parameters among posterior draws: that they are uniform."""

from __future__ import annotations

import numpy as np
from scipy import stats

FALSE_ALARM = 1e-4
"""The probability that a calibrated model fails; shared out among its quantities."""

DRAWS = 63
BINS = 8


def p_values(found: dict[str, np.ndarray]) -> np.ndarray:
    """For each quantity, how improbable its ranks are if they are uniform."""
    every = np.concatenate(list(found.values()), axis=1)
    counts = [np.bincount(column * BINS // (DRAWS + 1), minlength=BINS) for column in every.T]
    return np.array([stats.chisquare(count).pvalue for count in counts])


def calibrated(found: dict[str, np.ndarray]) -> bool:
    p = p_values(found)
    return bool(np.min(p) > FALSE_ALARM / len(p))
