"""Tails that SciPy has not: of numbers with ends of their own, and of counts to all digits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from scipy import special

CASES = tuple(
    (float(count), float(trials), a, b)
    for a, b in (
        *((1e-8, 1.0), (1e-3, 1e-3), (0.3, 2.5), (5.0, 0.01), (1e-150, 2.0)),
        *((1e8, 3e7), (1e5, 1e-6), (40.0, 3.0), (2.0, 1e12)),
    )
    for trials in (1, 9, 120)
    for count in sorted({0, trials // 3, trials - 1})
)
"""A count, its trials, and the two concentrations."""


def log_tails(count: float, trials: float, a: float, b: float) -> tuple[float, float]:
    """log P(Y <= count) and log P(Y > count) of a beta-binomial, from fractions."""
    k, n = int(count), int(trials)
    first, second = (_rising(Fraction(each), n) for each in (a, b))
    masses = [math.comb(n, j) * first[j] * second[n - j] for j in range(n + 1)]
    whole = sum(masses)
    return _log(sum(masses[: k + 1]) / whole), _log(sum(masses[k + 1 :]) / whole)


@dataclass(frozen=True)
class WithEnds:
    """A 0 or a 1 with a probability of its own, else a number of SciPy's distribution."""

    base: Any
    zero: np.ndarray
    one: np.ndarray | float = 0.0

    @property
    def rest(self) -> np.ndarray:
        return 1.0 - self.zero - self.one

    def logpdf(self, y) -> np.ndarray:
        end = np.where(y == 0.0, self.zero, self.one)
        own = (y == 0.0) | ((y == 1.0) & (np.asarray(self.one) > 0.0))
        inside = np.log(self.rest) + self.base.logpdf(np.where(own, 0.5, y))
        return np.where(own, np.log(np.where(own, end, 1.0)), inside)

    def logcdf(self, y) -> np.ndarray:
        there = self.zero * (y >= 0.0) + self.rest * self.base.cdf(y) + self.one * (y >= 1.0)
        with np.errstate(divide="ignore"):
            return np.log(there)

    def logsf(self, y) -> np.ndarray:
        there = self.zero * (y < 0.0) + self.rest * self.base.sf(y) + self.one * (y < 1.0)
        with np.errstate(divide="ignore"):
            return np.log(there)


@dataclass(frozen=True)
class Summed:
    """A count up to some whose tails are sums of its masses; SciPy's upper one is a difference.

    The larger of the two is what the smaller one leaves.
    """

    frozen: Any
    most: int = 200

    def logpmf(self, k) -> np.ndarray:
        return self.frozen.logpmf(k)

    def logcdf(self, k) -> np.ndarray:
        return self._tail(k, above=False)

    def logsf(self, k) -> np.ndarray:
        return self._tail(k, above=True)

    def _tail(self, k, *, above: bool) -> np.ndarray:
        counts = np.arange(self.most + 1.0)[:, None]
        masses = self.frozen.logpmf(counts)
        masses -= special.logsumexp(masses, axis=0)
        chosen = (counts > k) == above
        share, rest = (special.logsumexp(masses, axis=0, b=each) for each in (chosen, ~chosen))
        return np.where(share < rest, share, np.log1p(-np.exp(np.minimum(rest, -0.1))))


def _rising(a: Fraction, most: int) -> list[Fraction]:
    """The products of so many numbers from a upwards."""
    found = [Fraction(1)]
    for i in range(most):
        found.append(found[-1] * (a + i))
    return found


def _log(x: Fraction) -> float:
    if 2 * x > 1:
        return math.log1p(-float(1 - x))
    power = x.numerator.bit_length() - x.denominator.bit_length()
    return math.log(float(x / Fraction(2) ** power)) + power * math.log(2.0)
