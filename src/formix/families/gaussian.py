"""The Gaussian family."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.dispersion import STANDARD_DEVIATIONS
from formix.families.draws import normals
from formix.families.family import Family
from formix.families.parameters import NUMBER, SIGMA
from formix.families.responses import numbers
from formix.families.tails import mills, normal
from formix.masses import log_complement

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.masses import Tails

    Array = Float[np.ndarray, "..."]

_HALF_LOG_2PI = 0.5 * float(np.log(2.0 * np.pi))


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    mu, sigma = parameters["mu"], parameters["sigma"]
    z = (y - mu) / sigma
    return -0.5 * np.square(z) - np.log(sigma) - _HALF_LOG_2PI


def _log_tails(y: Array, parameters: dict[str, Array]) -> Tails:
    return normal((y - parameters["mu"]) / parameters["sigma"])


def _mean_within(low: Array, high: Array, parameters: dict[str, Array]) -> Array:
    mu, sigma = parameters["mu"], parameters["sigma"]
    a, b = (low - mu) / sigma, (high - mu) / sigma
    # By symmetry the bound that is farther out is the upper one.
    left = a + b < 0.0
    a, b = np.where(left, -b, a), np.where(left, -a, b)
    gap = 0.5 * (b - a) * (b + a)
    near, far = mills(a), mills(b) - gap
    away: Array = np.exp(np.log(-np.expm1(-gap)) - near - log_complement(np, far - near))
    return mu + sigma * np.where(left, -away, away)


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    mu, sigma = np.broadcast_arrays(parameters["mu"], parameters["sigma"])
    return mu + sigma * normals(generator, mu)


def _mean(parameters: dict[str, Array]) -> Array:
    return parameters["mu"]


def _variance(parameters: dict[str, Array]) -> Array:
    mu, sigma = np.broadcast_arrays(parameters["mu"], parameters["sigma"])
    return np.where(np.isnan(mu), np.nan, np.square(sigma))


gaussian = Family(
    name="gaussian",
    parameters=(NUMBER, SIGMA),
    distribution="dist.Normal({mu}, {sigma})",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    variance=_variance,
    check=numbers("gaussian"),
    aliases=("normal",),
    dispersion="sigma",
    dispersions=STANDARD_DEVIATIONS,
    log_tails=_log_tails,
    mean_within=_mean_within,
)
"""y ~ Normal(mu, sigma): mu on the identity link, sigma a standard deviation."""
