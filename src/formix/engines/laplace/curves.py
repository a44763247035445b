"""What a link makes of a linear predictor, with its first and second derivatives.

Of a family that has logits these are the logits of its mean, which keep their digits where the mean
is all but 0 or 1; of others they are the mean itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from jaxtyping import Float

    Array = Float[np.ndarray, "..."]

_HALF_LOG_2PI = 0.5 * float(np.log(2.0 * np.pi))


@dataclass(frozen=True, eq=False)
class Curve:
    """A function of the linear predictor and its derivatives, where it is evaluated."""

    value: Array
    first: Array
    second: Array


def _identity(eta: Array) -> Curve:
    return Curve(eta, np.ones_like(eta), np.zeros_like(eta))


def _log(eta: Array) -> Curve:
    mu = np.exp(eta)
    return Curve(mu, mu, mu)


def _inverse(eta: Array) -> Curve:
    mu = 1.0 / eta
    return Curve(mu, -np.square(mu), 2.0 * mu**3)


def _sqrt(eta: Array) -> Curve:
    return Curve(eta * np.abs(eta), 2.0 * np.abs(eta), 2.0 * np.sign(eta))


def _softplus(eta: Array) -> Curve:
    slope = special.expit(eta)
    return Curve(np.logaddexp(eta, 0.0), slope, slope * special.expit(-eta))


def _probit(eta: Array) -> Curve:
    # With h the density over the distribution function, h' = -h (h + eta).
    below, above = special.log_ndtr(eta), special.log_ndtr(-eta)
    density = -0.5 * np.square(eta) - _HALF_LOG_2PI
    left, right = np.exp(density - below), np.exp(density - above)
    return Curve(below - above, left + right, right * (right - eta) - left * (left + eta))


def _cloglog(eta: Array) -> Curve:
    hazard = np.exp(np.minimum(eta, 700.0))
    gone = -np.expm1(-hazard)
    # Beyond what a number holds the two ratios are 1 and 0.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        first = np.where(hazard > 0.0, hazard / gone, 1.0)
        curved = np.where(hazard > 0.0, 1.0 - hazard / np.expm1(hazard), 0.5 * hazard)
        value = np.where(hazard > 0.0, np.log(gone), eta) + hazard
    return Curve(value, first, first * curved)


def _cauchit(eta: Array) -> Curve:
    p, q = np.arctan2(1.0, -eta) / np.pi, np.arctan2(1.0, eta) / np.pi
    first = 1.0 / (np.pi * (1.0 + np.square(eta)) * p * q)
    bent = -2.0 * eta / (1.0 + np.square(eta)) - (q - p) * first
    return Curve(np.log(p / q), first, first * bent)


MEANS: dict[str, Callable[[Array], Curve]] = {
    "identity": _identity,
    "log": _log,
    "inverse": _inverse,
    "sqrt": _sqrt,
    "softplus": _softplus,
}
"""Links of a mean."""

LOGITS: dict[str, Callable[[Array], Curve]] = {
    "logit": _identity,
    "probit": _probit,
    "cloglog": _cloglog,
    "cauchit": _cauchit,
}
"""Links of a probability, to its logits."""
