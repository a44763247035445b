"""The inverse Gaussian family: positive numbers with a long tail to the right."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from formix import closed_tails
from formix.dispersion import SHAPES
from formix.families.draws import inverse_gaussian_numbers
from formix.families.family import Family, FamilyParameter
from formix.families.parameters import positive
from formix.families.responses import positives
from formix.families.tails import mills, within

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.masses import Tails

    Array = Float[np.ndarray, "..."]

_LINKS = ("log", "inverse", "identity", "1/mu^2", "softplus")
_WEIGHTED = tuple(replace(one, words=one.words.replace("mu^2", "mu^3")) for one in SHAPES)
_LOG_2PI = float(np.log(2.0 * np.pi))


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    mu, shape = parameters["mu"], parameters["shape"]
    with np.errstate(invalid="ignore", divide="ignore"):
        away = np.square((y - mu) / mu) / y
        found = 0.5 * (np.log(shape) - _LOG_2PI - 3.0 * np.log(y) - shape * away)
    return np.where(mu > 0.0, found, -np.inf)


def _log_tails(y: Array, parameters: dict[str, Array]) -> Tails:
    mu, shape = parameters["mu"], parameters["shape"]

    def tails(y: Array) -> Tails:
        with np.errstate(invalid="ignore"):
            return closed_tails.inverse_gaussian(np, mills, y, mu, shape)

    return within(y, 0.0, np.inf, tails)


def _partial(y: Array, parameters: dict[str, Array], power: int) -> Tails | None:
    if power > 1:
        return None
    # What counts by its size is mu^2 over such a number.
    mu = parameters["mu"]
    there = np.maximum(y, 0.0)
    upper, lower = _log_tails(np.square(mu) / there, parameters)
    return np.log(mu) + lower, np.log(mu) + upper


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    return inverse_gaussian_numbers(generator, parameters["mu"], parameters["shape"])


def _mean(parameters: dict[str, Array]) -> Array:
    return parameters["mu"]


def _variance(parameters: dict[str, Array]) -> Array:
    return parameters["mu"] ** 3 / parameters["shape"]


inverse_gaussian = Family(
    name="inverse_gaussian",
    parameters=(
        FamilyParameter("mu", _LINKS, "positive"),
        positive(
            "shape",
            (("default", "InverseGamma(0.4, {spread})"), ("brms", "Gamma(0.01, 0.01)")),
            (("default", "Normal({location}, 2.5)"), ("brms", "StudentT(3, 0, 2.5)")),
        ),
    ),
    distribution="InverseGaussian({mu}, {shape})",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    variance=_variance,
    check=positives("inverse_gaussian"),
    aliases=("inverse.gaussian", "wald"),
    dispersion="shape",
    dispersions=_WEIGHTED,
    log_tails=_log_tails,
    partial=_partial,
)
"""y ~ InverseGaussian(mu, shape): positive numbers of mean mu and variance mu^3 / shape.

`shape` is in the units of the response, and so is its prior: it shrinks the squared coefficient of
variation, mu / shape, as that of a gamma response is. The default link is log, under which every
predictor has a mean; the canonical 1 / mu^2 gives none to predictors below 0.

References
----------
Tweedie (1957), doi:10.1214/aoms/1177706964; Simpson, Rue, Riebler, Martins and Sorbye (2017),
doi:10.1214/16-STS576 (penalised complexity).
"""
