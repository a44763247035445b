"""The Weibull family: times whose hazard rises or falls as a power of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from formix.families.family import Family
from formix.families.parameters import POSITIVE, positive
from formix.families.responses import positives
from formix.families.tails import gamma, of_hazard, within

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.masses import Tails

    Array = Float[np.ndarray, "..."]


def _log_scale(parameters: dict[str, Array]) -> Array:
    return np.log(parameters["mu"]) - special.gammaln(1.0 + 1.0 / parameters["shape"])


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    mu, shape = parameters["mu"], parameters["shape"]
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        above = np.log(y) - _log_scale(parameters)
        found = np.log(shape) - np.log(y) + shape * above - np.exp(shape * above)
    return np.where(mu > 0.0, found, -np.inf)


def _log_tails(y: Array, parameters: dict[str, Array]) -> Tails:
    def tails(y: Array) -> Tails:
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            return of_hazard(np.exp(parameters["shape"] * (np.log(y) - _log_scale(parameters))))

    return within(y, 0.0, np.inf, tails)


def _partial(y: Array, parameters: dict[str, Array], power: int) -> Tails:
    order, scale = 1.0 + power / parameters["shape"], _log_scale(parameters)
    whole = power * scale + special.gammaln(order)

    def tails(y: Array) -> Tails:
        return gamma(np.exp(parameters["shape"] * (np.log(y) - scale)), order)

    lower, upper = within(y, 0.0, np.inf, tails)
    return whole + lower, whole + upper


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    mu, shape = np.broadcast_arrays(parameters["mu"], parameters["shape"])
    drawn = generator.standard_exponential(mu.shape)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        return np.exp(_log_scale(parameters) + np.log(drawn) / shape)


def _mean(parameters: dict[str, Array]) -> Array:
    return parameters["mu"]


def _variance(parameters: dict[str, Array]) -> Array:
    mu, shape = parameters["mu"], parameters["shape"]
    ratio = special.gammaln(1.0 + 2.0 / shape) - 2.0 * special.gammaln(1.0 + 1.0 / shape)
    with np.errstate(over="ignore"):
        return np.square(mu) * np.expm1(ratio)


weibull = Family(
    name="weibull",
    parameters=(
        POSITIVE,
        positive(
            "shape",
            (("default", "LogNormal(0, 1)"), ("brms", "Gamma(0.01, 0.01)")),
            (("default", "Normal(0, 1)"), ("brms", "StudentT(3, 0, 2.5)")),
        ),
    ),
    distribution="dist.Weibull({mu} / jnp.exp(gammaln(1.0 + 1.0 / {shape})), {shape})",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    variance=_variance,
    check=positives("weibull"),
    log_tails=_log_tails,
    partial=_partial,
)
"""y ~ Weibull(mu / Gamma(1 + 1 / shape), shape): positive numbers of mean mu.

The hazard goes as y^(shape - 1). The prior of `shape` is centred at the exponential distribution,
a shape of 1.

References
----------
van Niekerk, Bakka and Rue (2021), doi:10.1016/j.spl.2021.109098 (the exponential as the simpler
model that the prior shrinks to).
"""
