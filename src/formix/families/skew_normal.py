"""The skew normal family: numbers that lie farther to one side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from formix.dispersion import STANDARD_DEVIATIONS
from formix.families.draws import normals
from formix.families.family import Family, FamilyParameter
from formix.families.parameters import NUMBER, SIGMA
from formix.families.responses import numbers
from formix.families.tails import skew_normal as tails, within

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.masses import Tails

    Array = Float[np.ndarray, "..."]

_HALF_LOG_2_BY_PI = 0.5 * float(np.log(2.0 / np.pi))
_ALPHA = (("default", "Normal(0, 4)"), ("brms", "Normal(0, 4)"))


def _direct(parameters: dict[str, Array]) -> tuple[Array, Array, Array]:
    """Return location, scale and delta, which is alpha / sqrt(1 + alpha^2)."""
    mu, sigma, alpha = parameters["mu"], parameters["sigma"], parameters["alpha"]
    delta = alpha / np.hypot(1.0, alpha)
    shift = delta * np.sqrt(2.0 / np.pi)
    scale = sigma / np.sqrt(1.0 - np.square(shift))
    return mu - scale * shift, scale, delta


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    location, scale, _ = _direct(parameters)
    z = (y - location) / scale
    skewed = special.log_ndtr(parameters["alpha"] * z)
    return _HALF_LOG_2_BY_PI - np.log(scale) - 0.5 * np.square(z) + skewed


def _log_tails(y: Array, parameters: dict[str, Array]) -> Tails:
    location, scale, _ = _direct(parameters)
    z = (y - location) / scale
    return within(z, -np.inf, np.inf, lambda z: tails(z, parameters["alpha"]))


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    location, scale, delta = np.broadcast_arrays(*_direct(parameters))
    one, other = (normals(generator, delta) for _ in range(2))
    return location + scale * (delta * np.abs(one) + np.sqrt(1.0 - np.square(delta)) * other)


def _mean(parameters: dict[str, Array]) -> Array:
    return parameters["mu"]


def _variance(parameters: dict[str, Array]) -> Array:
    sigma, mu = np.broadcast_arrays(parameters["sigma"], parameters["mu"])
    return np.where(np.isnan(mu), np.nan, np.square(sigma))


skew_normal = Family(
    name="skew_normal",
    parameters=(NUMBER, SIGMA, FamilyParameter("alpha", ("identity",), "real", _ALPHA, _ALPHA)),
    distribution="SkewNormal({mu}, {sigma}, {alpha})",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    variance=_variance,
    check=numbers("skew_normal"),
    dispersion="sigma",
    dispersions=STANDARD_DEVIATIONS,
    log_tails=_log_tails,
)
"""y ~ SkewNormal(mu, sigma, alpha): mu the mean, sigma the standard deviation, alpha the skewness.

An alpha of 0 is a normal; a negative one has its long tail to the left.

References
----------
Azzalini (1985), "A class of distributions which includes the normal ones", Scandinavian Journal of
Statistics 12; Bürkner (2017), doi:10.18637/jss.v080.i01 (the prior of alpha).
"""
