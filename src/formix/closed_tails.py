"""Tails that follow from simpler ones, in NumPy and in JAX alike.

`xp` is the namespace of the arrays, and `mills` its function log(P(Z > z) / density(z)) of a
standard normal Z: two tails of a normal that cancel keep their digits as such ratios.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from formix.masses import Tails, log_between, log_complement

_HALF_LOG_2PI = 0.5 * float(np.log(2.0 * np.pi))

_UNIT = 2.0**128
_LOG_UNIT = float(np.log(_UNIT))
_LEAST = 1e-200
"""The least concentration: a mass may be so many times as large as the one beside it."""

_NOTHING = 1e-19
"""The share of a sum that masses left out of it may have."""

_STEP = 0.05
_U = np.arange(-3.3, 3.3 + 0.5 * _STEP, _STEP)
_SHARES = 1.0 / (1.0 + np.exp(-np.pi * np.sinh(_U)))
_WEIGHTS = _STEP * np.pi * np.cosh(_U) * _SHARES * (1.0 - _SHARES)
"""The double exponential rule of an interval: Takahasi and Mori (1974)."""


def ex_gaussian(
    xp: Any, log_cdf: Callable[[Any], Any], mills: Callable[[Any], Any], z: Any, ratio: Any
) -> Tails:
    """Return the tails of a standard normal plus an exponential of mean 1 / ratio, at z.

    `log_cdf` is the logarithm of the distribution function of a standard normal.
    """
    right = z > xp.maximum(ratio, 1.0)
    near, far = xp.where(right, 0.0, z), xp.where(right, z, ratio + 1.0)
    height, beside = -0.5 * xp.square(near) - _HALF_LOG_2PI, mills(ratio - near)
    lower = height + mills(-near) + log_complement(xp, beside - mills(-near))
    upper = height + xp.logaddexp(mills(near), beside)
    # To the right the ratios are of numbers of the size of z^2, which cost digits.
    beyond = xp.logaddexp(log_cdf(-far), ratio * (0.5 * ratio - far) + log_cdf(far - ratio))
    return xp.where(right, log_complement(xp, beyond), lower), xp.where(right, beyond, upper)


def inverse_gaussian(xp: Any, mills: Callable[[Any], Any], y: Any, mean: Any, shape: Any) -> Tails:
    """Return the tails of an inverse Gaussian.

    References
    ----------
    Giner and Smyth (2016), doi:10.32614/RJ-2016-024.
    """
    root, share = xp.sqrt(shape / y), y / mean
    near, far = root * (share - 1.0), mills(root * (share + 1.0))
    height = -0.5 * xp.square(near) - _HALF_LOG_2PI
    upper = height + mills(near) + log_complement(xp, far - mills(near))
    return height + xp.logaddexp(mills(-near), far), upper


def asymmetric_laplace(xp: Any, z: Any, quantile: Any) -> Tails:
    """Return the tails of an asymmetric Laplace of scale 1, of which `quantile` lies below 0."""
    below = xp.log(quantile) + (1.0 - quantile) * xp.minimum(z, 0.0)
    above = xp.log1p(-quantile) - quantile * xp.maximum(z, 0.0)
    left = z < 0.0
    return (
        xp.where(left, below, log_complement(xp, above)),
        xp.where(left, log_complement(xp, below), above),
    )


def geometric(xp: Any, count: Any, log_failure: Any) -> Tails:
    """Return the tails of the failures before a success."""
    upper = (count + 1.0) * log_failure
    return log_complement(xp, upper), upper


def inflated(xp: Any, tails: Tails, gate: Any) -> Tails:
    """Return the tails, at 0 or more, of what is 0 with a probability, else of these tails."""
    rest = xp.log1p(-gate)
    return xp.logaddexp(xp.log(gate), rest + tails[0]), rest + tails[1]


def with_ends(xp: Any, tails: Tails, zero: Any, one: Any) -> Tails:
    """Return the tails, from 0 to below 1, of what is 0 or 1 with a probability, else of these."""
    rest = xp.log1p(-zero - one)
    return xp.logaddexp(xp.log(zero), rest + tails[0]), xp.logaddexp(xp.log(one), rest + tails[1])


def behind_hurdle(xp: Any, upper: Any, above: Any, gate: Any) -> Tails:
    """Return the tails, at 0 or more, of what is 0 with a probability, else a count above 0.

    `upper` is the upper tail of the count, `above` that at 0.
    """
    beyond = xp.log1p(-gate) + xp.minimum(upper - above, 0.0)
    return log_complement(xp, beyond), beyond


class Side(NamedTuple):
    """The masses summed on one side of a count, in units of the count's own.

    `total` and its last `term` are so many powers of `_UNIT` too small as `units` says; `left`
    tells that what is beyond the term may still matter.
    """

    term: Any
    total: Any
    units: Any
    left: Any


class Masses(NamedTuple):
    """The masses of a beta-binomial count summed `steps` away from it."""

    steps: Any
    lower: Side
    upper: Side


class BetaBinomial:
    """The tails of a beta-binomial count below its trials, as sums of masses from it outwards.

    Each mass is the one before it times a ratio of whole numbers and concentrations, so that no
    gamma function takes part, and all sums are of numbers above 0. NumPy and JAX go around the loop
    each in their own way: `start`, `go_on` while there is some `left`, `log_odds`.
    """

    def __init__(self, xp: Any, count: Any, trials: Any, a: Any, b: Any) -> None:
        self.xp = xp
        self.count, self.trials = count, xp.maximum(trials, 1.0)
        # The sums of a response that is all but surely at one end stay numbers.
        self.a, self.b = xp.maximum(a, _LEAST), xp.maximum(b, _LEAST)

    def start(self) -> Masses:
        """Return the count's own mass, and the next one."""
        zero = 0.0 * (self.count + self.trials + self.a + self.b)
        own = Side(1.0 + zero, 1.0 + zero, zero, zero == 0.0)
        next_one = self._up(self.count)
        return Masses(0.0, own, Side(next_one, next_one, zero, zero == 0.0))

    def go_on(self, masses: Masses) -> Masses:
        """Return the sums with one more mass on either side."""
        below, above = self.count - masses.steps, self.count + 1.0 + masses.steps
        return Masses(
            masses.steps + 1.0,
            self._with(masses.lower, self._down(below), below, self.a),
            self._with(masses.upper, self._up(above), self.trials - above, self.b),
        )

    def left(self, masses: Masses) -> Any:
        """Return whether any sum lacks masses that matter."""
        return self.xp.any(masses.lower.left | masses.upper.left)

    def log_odds(self, masses: Masses) -> Any:
        """Return the logarithm of the odds of a larger count."""
        low, high = masses.lower, masses.upper
        ratio = self.xp.log(high.total) - self.xp.log(low.total)
        return ratio + (high.units - low.units) * _LOG_UNIT

    def _down(self, count: Any) -> Any:
        """Return the mass of one less over that of a count."""
        xp, n, k = self.xp, self.trials, self.xp.maximum(count, 1.0)
        ratio = k * (self.b + (n - k)) / ((n - k + 1.0) * (self.a + (k - 1.0)))
        return xp.where(count >= 1.0, ratio, 0.0)

    def _up(self, count: Any) -> Any:
        """Return the mass of one more over that of a count."""
        xp, n, k = self.xp, self.trials, self.xp.minimum(count, self.trials - 1.0)
        ratio = (n - k) * (self.a + k) / ((k + 1.0) * (self.b + (n - k - 1.0)))
        return xp.where(count < n, ratio, 0.0)

    def _with(self, side: Side, ratio: Any, beyond: Any, concentration: Any) -> Side:
        """Return one side with its next mass, of which as many are `beyond`."""
        xp = self.xp
        term = side.term * ratio
        total = side.total + term
        # With a concentration of 1 or more, ratios below 1 become no larger towards that end.
        small = term * beyond <= _NOTHING * total
        done = (small & (ratio <= 1.0) & (concentration >= 1.0)) | (beyond <= 1.0)
        large = total > _UNIT
        term, total = (xp.where(large, x / _UNIT, x) for x in (term, total))
        return Side(term, total, side.units + large, side.left & ~done)


def von_mises(xp: Any, log_i0e: Callable[[Any], Any], y: Any, mean: Any, kappa: Any) -> Tails:
    """Return the tails, between -pi and pi, of an angle around a mean there.

    Each is of one or two arcs, and each arc of one or two halves of the circle from the mean.
    """

    def half(angle: Any) -> Any:
        """Return the log probability of what is farther from the mean on one side."""
        width = np.pi - angle
        at = angle[..., None] + width[..., None] * _SHARES
        drop = xp.sin(0.5 * (at + angle[..., None])) * xp.sin(0.5 * (at - angle[..., None]))
        total = xp.sum(_WEIGHTS * xp.exp(-2.0 * kappa[..., None] * drop), axis=-1)
        scale = kappa * (xp.cos(angle) - 1.0) - np.log(2.0 * np.pi) - log_i0e(kappa)
        return scale + xp.log(width) + xp.log(total)

    def pair(angle: Any) -> Tails:
        """Return the tails of the angle from the mean, were the circle cut opposite of it."""
        far = half(xp.minimum(xp.abs(angle), np.pi - 1e-15))
        near = log_complement(xp, far)
        return xp.where(angle < 0.0, far, near), xp.where(angle < 0.0, near, far)

    mean = mean - 2.0 * np.pi * xp.round(mean / (2.0 * np.pi))
    here, cut = pair(_wrapped(xp, y - mean)), pair(_wrapped(xp, -np.pi - mean))
    after = _wrapped(xp, y - mean) >= _wrapped(xp, -np.pi - mean)
    lower = xp.where(after, log_between(xp, cut, here), xp.logaddexp(cut[1], here[0]))
    upper = xp.where(after, xp.logaddexp(here[1], cut[0]), log_between(xp, here, cut))
    return xp.minimum(lower, 0.0), xp.minimum(upper, 0.0)


def _wrapped(xp: Any, angle: Any) -> Any:
    """Return an angle of at most one and a half circles as one of at most half a circle."""
    circle = 2.0 * np.pi
    return angle + xp.where(angle < -np.pi, circle, xp.where(angle > np.pi, -circle, 0.0))
