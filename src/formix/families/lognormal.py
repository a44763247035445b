"""The lognormal family: positive numbers whose logarithms are normal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.families.family import Family, FamilyParameter
from formix.families.responses import are_positive, not_one_number, outside
from formix.families.tails import normal, within

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.errors import FormixError
    from formix.masses import Tails
    from formix.spec import Response

    Array = Float[np.ndarray, "..."]

_HALF_LOG_2PI = 0.5 * float(np.log(2.0 * np.pi))


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    mu, sigma, logarithm = parameters["mu"], parameters["sigma"], np.log(y)
    z = (logarithm - mu) / sigma
    return -0.5 * np.square(z) - np.log(sigma) - logarithm - _HALF_LOG_2PI


def _log_tails(y: Array, parameters: dict[str, Array]) -> Tails:
    mu, sigma = parameters["mu"], parameters["sigma"]
    return within(y, 0.0, np.inf, lambda y: normal((np.log(y) - mu) / sigma))


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    mu, sigma = np.broadcast_arrays(parameters["mu"], parameters["sigma"])
    with np.errstate(over="ignore"):
        return np.exp(mu + sigma * generator.standard_normal(mu.shape))


def _mean(parameters: dict[str, Array]) -> Array:
    with np.errstate(over="ignore"):
        return np.exp(parameters["mu"] + 0.5 * np.square(parameters["sigma"]))


def _check(response: Response) -> FormixError | None:
    return not_one_number(response, "lognormal") or outside(
        response, are_positive(response.values), "lognormal", "a number above 0"
    )


lognormal = Family(
    name="lognormal",
    parameters=(
        FamilyParameter("mu", ("identity", "inverse"), "real"),
        FamilyParameter("sigma", ("log", "identity"), "positive"),
    ),
    distribution="dist.LogNormal({mu}, {sigma})",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    check=_check,
    logarithm=True,
    log_tails=_log_tails,
)
"""log(y) ~ Normal(mu, sigma): mu and sigma are of the logarithm, the mean exp(mu + sigma^2 / 2)."""
