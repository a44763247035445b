"""Tails that follow from simpler ones, in NumPy and in JAX alike.

`xp` is the namespace of the arrays, and `mills` its function log(P(Z > z) / density(z)) of a
standard normal Z: two tails of a normal that cancel keep their digits as such ratios.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from formix.masses import Tails, log_between, log_complement

_HALF_LOG_2PI = 0.5 * float(np.log(2.0 * np.pi))

_STEP = 0.05
_U = np.arange(-3.3, 3.3 + 0.5 * _STEP, _STEP)
_SHARES = 1.0 / (1.0 + np.exp(-np.pi * np.sinh(_U)))
_WEIGHTS = _STEP * np.pi * np.cosh(_U) * _SHARES * (1.0 - _SHARES)
"""The double exponential rule of an interval: Takahasi and Mori (1974)."""


def ex_gaussian(xp: Any, mills: Callable[[Any], Any], z: Any, ratio: Any) -> Tails:
    """Return the tails of a standard normal plus an exponential of mean 1 / ratio, at z."""
    height = -0.5 * xp.square(z) - _HALF_LOG_2PI
    beside = mills(ratio - z)
    lower = height + mills(-z) + log_complement(xp, beside - mills(-z))
    return lower, height + xp.logaddexp(mills(z), beside)


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


def behind_hurdle(xp: Any, upper: Any, above: Any, gate: Any) -> Tails:
    """Return the tails, at 0 or more, of what is 0 with a probability, else a count above 0.

    `upper` is the upper tail of the count, `above` that at 0.
    """
    beyond = xp.log1p(-gate) + xp.minimum(upper - above, 0.0)
    return log_complement(xp, beyond), beyond


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

    here, cut = pair(_wrapped(xp, y - mean)), pair(_wrapped(xp, -np.pi - mean))
    after = _wrapped(xp, y - mean) >= _wrapped(xp, -np.pi - mean)
    lower = xp.where(after, log_between(xp, cut, here), xp.logaddexp(cut[1], here[0]))
    upper = xp.where(after, xp.logaddexp(here[1], cut[0]), log_between(xp, here, cut))
    return xp.minimum(lower, 0.0), xp.minimum(upper, 0.0)


def _wrapped(xp: Any, angle: Any) -> Any:
    """Return an angle of at most one and a half circles as one of at most half a circle."""
    circle = 2.0 * np.pi
    return angle + xp.where(angle < -np.pi, circle, xp.where(angle > np.pi, -circle, 0.0))
