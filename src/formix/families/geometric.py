"""The geometric family: counts of failures before a success."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from formix.families.draws import poisson_counts
from formix.families.family import Family
from formix.families.parameters import COUNT
from formix.families.responses import counts
from formix.families.tails import beta, counted, of_hazard

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.masses import Tails

    Array = Float[np.ndarray, "..."]


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    mu = parameters["mu"]
    with np.errstate(invalid="ignore", divide="ignore"):
        found = special.xlog1py(-y, 1.0 / mu) - np.log1p(mu)
    return np.where(mu < 0.0, -np.inf, found)


def _log_tails(y: Array, parameters: dict[str, Array]) -> Tails:
    mu = parameters["mu"]
    return counted(y, np.inf, lambda count: of_hazard((count + 1.0) * np.log1p(1.0 / mu)))


def _partial(y: Array, parameters: dict[str, Array], power: int) -> Tails:
    # A negative binomial of shape 1, and one of a larger shape.
    mu, shape = parameters["mu"], 1.0 + power
    p, q = 1.0 / (1.0 + mu), mu / (1.0 + mu)
    whole = power * np.log(mu) + special.gammaln(1.0 + power)
    count = y - power
    lower, upper = counted(count, np.inf, lambda k: beta(p, q, np.array(shape), k + 1.0))
    return whole + lower, whole + upper


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    mu = parameters["mu"]
    return poisson_counts(generator, mu * generator.standard_exponential(mu.shape))


def _mean(parameters: dict[str, Array]) -> Array:
    return parameters["mu"]


def _variance(parameters: dict[str, Array]) -> Array:
    return parameters["mu"] + np.square(parameters["mu"])


geometric = Family(
    name="geometric",
    parameters=(COUNT,),
    distribution="dist.GeometricLogits(-jnp.log({mu}))",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    variance=_variance,
    check=counts("geometric"),
    counts=True,
    log_tails=_log_tails,
    partial=_partial,
    discrete=True,
)
"""y ~ Geometric(1 / (1 + mu)): counts of mean mu and variance mu + mu^2.

It is the negative binomial of shape 1.
"""
