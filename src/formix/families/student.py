"""The Student-t family: numbers some of which lie far out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from formix.dispersion import STANDARD_DEVIATIONS
from formix.families.family import Family
from formix.families.parameters import NUMBER, SIGMA, positive
from formix.families.responses import numbers
from formix.families.tails import student as tails, within
from formix.masses import log_between

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.masses import Tails

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


def _mean_within(low: Array, high: Array, parameters: dict[str, Array]) -> Array:
    mu, sigma, nu = parameters["mu"], parameters["sigma"], parameters["nu"]
    a, b = (low - mu) / sigma, (high - mu) / sigma
    # By symmetry the bound that is farther out is the upper one.
    left = a + b < 0.0
    a, b = np.where(left, -b, a), np.where(left, -a, b)
    # How much the density falls between them but for its last power, by (nu - 1) / 2.
    fall = np.log1p((b - a) * (b + a) / (nu + np.square(a)))
    open_end = np.where(nu > 1.0, 2.0 / (nu - 1.0), np.inf)
    between = fall * special.exprel(-0.5 * (nu - 1.0) * fall)
    share = np.where(np.isfinite(b), between, open_end)
    height = -0.5 * (nu - 1.0) * np.log1p(np.square(a) / nu) - special.betaln(0.5 * nu, 0.5)
    lower, upper = (within(z, -np.inf, np.inf, lambda z: tails(z, nu)) for z in (a, b))
    mass: Array = log_between(np, lower, upper)
    away = 0.5 * np.sqrt(nu) * share * np.exp(height - mass)
    return mu + sigma * np.where(left, -away, away)


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    mu, sigma, nu = np.broadcast_arrays(
        parameters["mu"], parameters["sigma"], np.maximum(parameters["nu"], _LEAST)
    )
    return mu + sigma * generator.standard_t(nu)


def _mean(parameters: dict[str, Array]) -> Array:
    mu, nu = np.broadcast_arrays(parameters["mu"], parameters["nu"])
    return np.where(nu > 1.0, mu, np.nan)


def _variance(parameters: dict[str, Array]) -> Array:
    sigma, nu = np.broadcast_arrays(parameters["sigma"], parameters["nu"])
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.square(sigma) * nu / (nu - 2.0)
    found = np.where(nu > 2.0, found, np.where(nu > 1.0, np.inf, np.nan))
    return np.broadcast_arrays(found, parameters["mu"])[0]


student = Family(
    name="student",
    parameters=(
        NUMBER,
        SIGMA,
        positive(
            "nu",
            _NU,
            (("default", "Normal(2.7, 0.8)"), ("brms", "Normal(2.7, 0.8)")),
        ),
    ),
    distribution="dist.StudentT({nu}, {mu}, {sigma})",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    variance=_variance,
    check=numbers("student"),
    aliases=("t",),
    dispersion="sigma",
    dispersions=STANDARD_DEVIATIONS,
    log_tails=_log_tails,
    mean_within=_mean_within,
)
"""y ~ StudentT(nu, mu, sigma): mu the centre, sigma a scale, nu the degrees of freedom.

The standard deviation is sigma sqrt(nu / (nu - 2)) where nu is above 2, and the mean is mu where it
is above 1. brms cuts the same prior of nu at 1.

References
----------
Juarez and Steel (2010), doi:10.1198/jbes.2009.07145 (the prior of nu).
"""
