"""The log density of a response: its slope and curvatures, in closed form by family.

References
----------
McCullagh and Nelder (1989), "Generalized Linear Models", doi:10.1007/978-1-4899-3242-6.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from jaxtyping import Float

    Array = Float[np.ndarray, "..."]
    Parameters = Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class Slopes:
    """Derivatives of a log density by what a link makes of the linear predictor.

    Parameters
    ----------
    slope
        The first.
    observed
        The second, its sign turned.
    expected
        The mean of that over responses, or another positive number where that has no closed form.
    """

    slope: Array
    observed: Array
    expected: Array


def _of_variance(y: Array, mu: Array, variance: Array, by_mean: Array) -> Slopes:
    """Return those of a family whose slope is `(y - mu) / V(mu)`, given V and its derivative."""
    slope = (y - mu) / variance
    return Slopes(slope, (1.0 + slope * by_mean) / variance, 1.0 / variance)


def _gaussian(y: Array, mu: Array, p: Parameters) -> Slopes:
    return _of_variance(y, mu, np.square(p["sigma"]), np.zeros_like(mu))


def _lognormal(y: Array, mu: Array, p: Parameters) -> Slopes:
    return _gaussian(np.log(y), mu, p)


def _poisson(y: Array, mu: Array, _: Parameters) -> Slopes:
    return _of_variance(y, mu, mu, np.ones_like(mu))


def _negative_binomial(y: Array, mu: Array, p: Parameters) -> Slopes:
    shape = p["shape"]
    return _of_variance(y, mu, mu * (1.0 + mu / shape), 1.0 + 2.0 * mu / shape)


def _geometric(y: Array, mu: Array, _: Parameters) -> Slopes:
    return _of_variance(y, mu, mu * (1.0 + mu), 1.0 + 2.0 * mu)


def _gamma(y: Array, mu: Array, p: Parameters) -> Slopes:
    return _of_variance(y, mu, np.square(mu) / p["shape"], 2.0 * mu / p["shape"])


def _exponential(y: Array, mu: Array, _: Parameters) -> Slopes:
    return _of_variance(y, mu, np.square(mu), 2.0 * mu)


def _inverse_gaussian(y: Array, mu: Array, p: Parameters) -> Slopes:
    return _of_variance(y, mu, mu**3 / p["shape"], 3.0 * np.square(mu) / p["shape"])


def _weibull(y: Array, mu: Array, p: Parameters) -> Slopes:
    shape = p["shape"]
    hazard = np.exp(shape * (np.log(y / mu) + special.gammaln(1.0 + 1.0 / shape)))
    slope = shape * (hazard - 1.0) / mu
    square = np.square(mu)
    observed = shape * ((shape + 1.0) * hazard - 1.0) / square
    return Slopes(slope, observed, np.square(shape) / square)


def _bernoulli(y: Array, logits: Array, _: Parameters) -> Slopes:
    return _successes(y, 1.0, logits)


def _binomial(y: Array, logits: Array, p: Parameters) -> Slopes:
    return _successes(y, p["trials"], logits)


def _successes(y: Array, trials: Array | float, logits: Array) -> Slopes:
    yes, no = special.expit(logits), special.expit(-logits)
    information = trials * yes * no
    return Slopes(y * no - (trials - y) * yes, information, information)


def _beta(y: Array, logits: Array, p: Parameters) -> Slopes:
    phi, yes, no = p["phi"], special.expit(logits), special.expit(-logits)
    odds = np.log(y) - np.log1p(-y)
    slope = phi * (odds + special.digamma(phi * no) - special.digamma(phi * yes))
    around = special.polygamma(1, phi * no) + special.polygamma(1, phi * yes)
    return _of_probability(yes, no, slope, np.square(phi) * around)


def _beta_binomial(y: Array, logits: Array, p: Parameters) -> Slopes:
    phi, yes, no = p["phi"], special.expit(logits), special.expit(-logits)
    rest, a, b = p["trials"] - y, phi * yes, phi * no
    slope = special.digamma(y + a) - special.digamma(a)
    slope = phi * (slope - special.digamma(rest + b) + special.digamma(b))
    around = special.polygamma(1, a) - special.polygamma(1, y + a)
    around = around + special.polygamma(1, b) - special.polygamma(1, rest + b)
    return _of_probability(yes, no, slope, np.square(phi) * around)


def _of_probability(yes: Array, no: Array, slope: Array, observed: Array) -> Slopes:
    """Return those by the logits from those by the probability."""
    by_logits = yes * no
    square = observed * np.square(by_logits)
    return Slopes(slope * by_logits, square - slope * by_logits * (no - yes), square)


SLOPES: dict[str, Callable[[Array, Array, Parameters], Slopes]] = {
    "bernoulli": _bernoulli,
    "beta": _beta,
    "beta_binomial": _beta_binomial,
    "binomial": _binomial,
    "exponential": _exponential,
    "gamma": _gamma,
    "gaussian": _gaussian,
    "geometric": _geometric,
    "inverse_gaussian": _inverse_gaussian,
    "lognormal": _lognormal,
    "negative_binomial": _negative_binomial,
    "poisson": _poisson,
    "weibull": _weibull,
}
"""By family: of the response, its mean or that one's logits, and the other parameters."""
