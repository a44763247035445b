"""Random counts, also where NumPy's own generator has no answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float

    Array = Float[np.ndarray, "..."]

_LARGE = 1e15
"""Beyond this NumPy's integers end soon, and a Poisson count is a normal one to all digits."""


def poisson_counts(generator: np.random.Generator, rate: Array) -> Array:
    """Return Poisson counts of these rates; NaN where a rate is negative or no number.

    Draws from a wide prior reach rates beyond any integer, and under an identity link below 0.
    """
    rate = np.asarray(rate, dtype=np.float64)
    small, large = (rate >= 0.0) & (rate <= _LARGE), rate > _LARGE
    counts = np.where(small, generator.poisson(np.where(small, rate, 0.0)), np.nan)
    if large.any():
        wide = np.where(large, rate, 0.0)
        around = np.sqrt(wide) * generator.standard_normal(wide.shape)
        counts = np.where(large, np.where(np.isinf(wide), wide, wide + around), counts)
    return counts
