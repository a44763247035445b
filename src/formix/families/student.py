"""The Student-t family: numbers some of which lie far out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from formix.dispersion import STANDARD_DEVIATIONS
from formix.families.family import Family, FamilyParameter
from formix.families.responses import not_one_number
from formix.families.tails import student as tails, within

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.errors import FormixError
    from formix.masses import Tails
    from formix.spec import Response

    Array = Float[np.ndarray, "..."]

_NU = (("default", "Gamma(2, 0.1)"), ("brms", "TruncatedGamma(2, 0.1, low=1)"))

_LEAST = 1e-3
"""Degrees of freedom below which a draw is farther out than any number."""


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    mu, sigma, nu = parameters["mu"], parameters["sigma"], parameters["nu"]
    z = (y - mu) / sigma
    # betaln has digits where the difference of two log gammas of a large nu has none.
    scale = -special.betaln(0.5 * nu, 0.5) - 0.5 * np.log(nu) - np.log(sigma)
    return scale - 0.5 * (nu + 1.0) * np.log1p(np.square(z) / nu)


def _log_tails(y: Array, parameters: dict[str, Array]) -> Tails:
    z = (y - parameters["mu"]) / parameters["sigma"]
    return within(z, -np.inf, np.inf, lambda z: tails(z, parameters["nu"]))


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    mu, sigma, nu = np.broadcast_arrays(
        parameters["mu"], parameters["sigma"], np.maximum(parameters["nu"], _LEAST)
    )
    return mu + sigma * generator.standard_t(nu)


def _mean(parameters: dict[str, Array]) -> Array:
    mu, nu = np.broadcast_arrays(parameters["mu"], parameters["nu"])
    return np.where(nu > 1.0, mu, np.nan)


def _check(response: Response) -> FormixError | None:
    return not_one_number(response, "student")


student = Family(
    name="student",
    parameters=(
        FamilyParameter("mu", ("identity", "log", "inverse"), "real"),
        FamilyParameter("sigma", ("log", "identity"), "positive"),
        FamilyParameter("nu", ("log", "identity"), "positive", _NU),
    ),
    distribution="dist.StudentT({nu}, {mu}, {sigma})",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    check=_check,
    dispersion="sigma",
    dispersions=STANDARD_DEVIATIONS,
    log_tails=_log_tails,
)
"""y ~ StudentT(nu, mu, sigma): mu the centre, sigma a scale, nu the degrees of freedom.

The standard deviation is sigma sqrt(nu / (nu - 2)) where nu is above 2, and the mean is mu where it
is above 1. brms cuts the same prior of nu at 1.

References
----------
Juarez and Steel (2010), doi:10.1198/jbes.2009.07145 (the prior of nu).
"""
