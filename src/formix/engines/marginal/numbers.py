"""One sampled number: its prior, the interval it lives in, its unconstrained coordinate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.prior import Prior, PriorEntry

    Values = Float[np.ndarray, " point"]


@dataclass(frozen=True)
class Number:
    """One sampled number: its prior and the interval it lives in.

    `squared` says that the prior is of its square. With a `bend`, where linear turns to
    exponential, its coordinate is not negative, and at zero for zero.
    """

    key: str
    prior: Prior
    low: float
    high: float
    squared: bool = False
    bend: float = 0.0

    def value(self, x: Values) -> tuple[Values, Values]:
        """Return the number and the log of its derivative."""
        if self.bend:
            return self.bend * np.sinh(x), np.log(self.bend) + np.log(np.cosh(x))
        if np.isfinite(self.low) and np.isfinite(self.high):
            width = self.high - self.low
            slope = np.log(width) + special.log_expit(x) + special.log_expit(-x)
            return self.low + width * special.expit(x), slope
        if np.isfinite(self.low):
            return self.low + np.exp(x), x
        if np.isfinite(self.high):
            return self.high - np.exp(x), x
        return x, np.zeros_like(x)

    def coordinate(self, value: Values) -> Values:
        """Return the coordinate of a value inside the interval."""
        if self.bend:
            return np.arcsinh(value / self.bend)
        if np.isfinite(self.low) and np.isfinite(self.high):
            return special.logit((value - self.low) / (self.high - self.low))
        if np.isfinite(self.low):
            return np.log(value - self.low)
        return np.log(self.high - value) if np.isfinite(self.high) else value

    def log_prior(self, value: Values, slope: Values) -> tuple[Values, Values]:
        """Return the log density of what has the prior, and the log derivative of that."""
        if not self.squared:
            return self.prior.log_density(value), slope
        return self.prior.log_density(np.square(value)), slope + np.log(2.0) + np.log(value)


def as_number(entry: PriorEntry, bend: float = 0.0, *, positive: bool = True) -> Number:
    """Return a number with the prior of an entry; `positive` where it is a standard deviation."""
    prior = entry.of_table
    low, high = prior.bounds
    if positive:
        low = max(low, 0.0)
    if entry.squared:
        low, high = np.sqrt(low), np.sqrt(high)
    open_ended = low == 0.0 and np.isinf(high)
    return Number(
        entry.key, prior, float(low), float(high), entry.squared, bend if open_ended else 0.0
    )
