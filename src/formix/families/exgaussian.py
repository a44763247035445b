"""The ex-Gaussian family: a normal number and an exponential one, as response times are."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from scipy import special

from formix import closed_tails
from formix.families.family import Family
from formix.families.parameters import NUMBER, SIGMA, positive
from formix.families.responses import numbers
from formix.families.tails import mills, within

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.masses import Tails

    Array = Float[np.ndarray, "..."]

_HALF_LOG_2PI = 0.5 * float(np.log(2.0 * np.pi))


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    mu, sigma, tau = parameters["mu"], parameters["sigma"], parameters["tau"]
    z = (y - mu + tau) / sigma
    below = sigma / tau - z
    # log of exp(w^2 / 2) Phi(-w): erfcx keeps its digits to the right, log_ndtr to the left.
    right = cast("Array", special.erfcx(np.maximum(below, 0.0) * np.sqrt(0.5)))
    low = np.minimum(below, 0.0)
    left = special.log_ndtr(-low) + 0.5 * np.square(low)
    return np.where(below > 0.0, np.log(0.5 * right), left) - 0.5 * np.square(z) - np.log(tau)


def _log_tails(y: Array, parameters: dict[str, Array]) -> Tails:
    mu, sigma, tau = parameters["mu"], parameters["sigma"], parameters["tau"]

    def tails(y: Array) -> Tails:
        z = (y - mu + tau) / sigma
        return closed_tails.ex_gaussian(np, special.log_ndtr, mills, z, sigma / tau)

    return within(y, -np.inf, np.inf, tails)


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    mu, sigma, tau = np.broadcast_arrays(parameters["mu"], parameters["sigma"], parameters["tau"])
    above = tau * (generator.standard_exponential(mu.shape) - 1.0)
    return mu + above + sigma * generator.standard_normal(mu.shape)


def _mean(parameters: dict[str, Array]) -> Array:
    return parameters["mu"]


def _variance(parameters: dict[str, Array]) -> Array:
    found = np.square(parameters["sigma"]) + np.square(parameters["tau"])
    return np.broadcast_arrays(found, parameters["mu"])[0]


exgaussian = Family(
    name="exgaussian",
    parameters=(
        NUMBER,
        SIGMA,
        positive(
            "tau",
            (("default", "HalfStudentT(3, {spread})"), ("brms", "Gamma(1, 0.1)")),
            (("default", "Normal({location}, 2.5)"), ("brms", "Normal(1.7, 1.3)")),
        ),
    ),
    distribution="ExGaussian({mu}, {sigma}, {tau})",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    variance=_variance,
    check=numbers("exgaussian"),
    log_tails=_log_tails,
)
"""y ~ ExGaussian(mu, sigma, tau): a normal number and an exponential one, of mean mu in all.

`sigma` is the standard deviation of the normal part and `tau` the mean of the exponential one,
each with the prior of a standard deviation; the variance is sigma^2 + tau^2. brms's name for `tau`
is beta, which here are the coefficients.

References
----------
Luce (1986), "Response Times", doi:10.1093/acprof:oso/9780195070019.001.0001; Gelman (2006),
doi:10.1214/06-BA117A (half-t priors).
"""
