"""The lognormal family: positive numbers whose logarithms are normal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.families.draws import normals
from formix.families.family import Family, FamilyParameter
from formix.families.parameters import SIGMA
from formix.families.responses import positives
from formix.families.tails import normal, within

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.masses import Tails

    Array = Float[np.ndarray, "..."]

_HALF_LOG_2PI = 0.5 * float(np.log(2.0 * np.pi))


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    mu, sigma, logarithm = parameters["mu"], parameters["sigma"], np.log(y)
    z = (logarithm - mu) / sigma
    return -0.5 * np.square(z) - np.log(sigma) - logarithm - _HALF_LOG_2PI


def _log_tails(y: Array, parameters: dict[str, Array]) -> Tails:
    mu, sigma = parameters["mu"], parameters["sigma"]
    return within(y, 0.0, np.inf, lambda y: normal((np.log(y) - mu) / sigma))


def _partial(y: Array, parameters: dict[str, Array], power: int) -> Tails:
    # What counts by its power is lognormal too.
    mu, square = parameters["mu"], np.square(parameters["sigma"])
    whole = power * (mu + 0.5 * power * square)
    lower, upper = _log_tails(y, {**parameters, "mu": mu + power * square})
    return whole + lower, whole + upper


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    mu, sigma = np.broadcast_arrays(parameters["mu"], parameters["sigma"])
    with np.errstate(over="ignore"):
        return np.exp(mu + sigma * normals(generator, mu))


def _mean(parameters: dict[str, Array]) -> Array:
    with np.errstate(over="ignore"):
        return np.exp(parameters["mu"] + 0.5 * np.square(parameters["sigma"]))


def _variance(parameters: dict[str, Array]) -> Array:
    mu, square = parameters["mu"], np.square(parameters["sigma"])
    with np.errstate(over="ignore"):
        return np.expm1(square) * np.exp(2.0 * mu + square)


lognormal = Family(
    name="lognormal",
    parameters=(
        FamilyParameter("mu", ("identity", "inverse"), "real"),
        SIGMA,
    ),
    distribution="dist.LogNormal({mu}, {sigma})",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    variance=_variance,
    check=positives("lognormal"),
    logarithm=True,
    log_tails=_log_tails,
    partial=_partial,
)
"""log(y) ~ Normal(mu, sigma): mu and sigma are of the logarithm, the mean exp(mu + sigma^2 / 2)."""
