"""The asymmetric Laplace family: quantile regression."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix import closed_tails
from formix.families.family import Family
from formix.families.parameters import NUMBER, SIGMA, probability
from formix.families.responses import numbers
from formix.families.tails import within

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.masses import Tails

    Array = Float[np.ndarray, "..."]


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    mu, sigma, quantile = parameters["mu"], parameters["sigma"], parameters["quantile"]
    z = (y - mu) / sigma
    scaled = np.log(quantile) + np.log1p(-quantile) - np.log(sigma)
    return scaled - z * (quantile - (z < 0.0))


def _log_tails(y: Array, parameters: dict[str, Array]) -> Tails:
    z = (y - parameters["mu"]) / parameters["sigma"]

    def tails(z: Array) -> Tails:
        return closed_tails.asymmetric_laplace(np, z, parameters["quantile"])

    return within(z, -np.inf, np.inf, tails)


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    mu, sigma, quantile = np.broadcast_arrays(
        parameters["mu"], parameters["sigma"], parameters["quantile"]
    )
    above, below = (generator.standard_exponential(mu.shape) for _ in range(2))
    with np.errstate(divide="ignore"):
        return mu + sigma * (above / quantile - below / (1.0 - quantile))


def _mean(parameters: dict[str, Array]) -> Array:
    mu, sigma, quantile = parameters["mu"], parameters["sigma"], parameters["quantile"]
    return mu + sigma * (1.0 - 2.0 * quantile) / (quantile * (1.0 - quantile))


def _variance(parameters: dict[str, Array]) -> Array:
    sigma, quantile = parameters["sigma"], parameters["quantile"]
    sizes = 1.0 / np.square(quantile) + 1.0 / np.square(1.0 - quantile)
    return np.broadcast_arrays(np.square(sigma) * sizes, parameters["mu"])[0]


asymmetric_laplace = Family(
    name="asymmetric_laplace",
    parameters=(NUMBER, SIGMA, probability("quantile")),
    distribution="dist.AsymmetricLaplaceQuantile({mu}, {sigma}, {quantile})",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    variance=_variance,
    check=numbers("asymmetric_laplace"),
    aliases=("asym_laplace",),
    log_tails=_log_tails,
)
"""y ~ AsymmetricLaplace(mu, sigma, quantile): mu is the quantile of that probability.

Fix it to regress on that quantile, as in `"y ~ x; quantile = 0.9"`; its density falls off by
quantile / sigma above mu and by (1 - quantile) / sigma below. The mean is of the response, and is
mu only where the quantile is the median.

References
----------
Yu and Moyeed (2001), doi:10.1016/S0167-7152(01)00124-9.
"""
