"""The gamma family: positive numbers of a constant coefficient of variation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from formix.dispersion import SHAPES
from formix.families.family import Family
from formix.families.parameters import POSITIVE, concentration
from formix.families.responses import positives
from formix.families.tails import gamma as tails, within

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.masses import Tails

    Array = Float[np.ndarray, "..."]


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    mu, shape = parameters["mu"], parameters["shape"]
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = shape / mu
        scaled = shape * np.log(rate) - special.gammaln(shape)
        found = scaled + (shape - 1.0) * np.log(y) - rate * y
    return np.where(mu > 0.0, found, -np.inf)


def _log_tails(y: Array, parameters: dict[str, Array]) -> Tails:
    mu, shape = parameters["mu"], parameters["shape"]
    return within(y, 0.0, np.inf, lambda y: tails(y * shape / mu, shape))


def _partial(y: Array, parameters: dict[str, Array], power: int) -> Tails:
    # What counts by its power is a gamma of a larger shape and the same rate.
    mu, shape = parameters["mu"], parameters["shape"]
    more = shape + power
    whole = power * np.log(mu) + (np.log1p(1.0 / shape) if power > 1 else 0.0)
    lower, upper = _log_tails(y, {**parameters, "mu": mu * more / shape, "shape": more})
    return whole + lower, whole + upper


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    mu, shape = np.broadcast_arrays(parameters["mu"], parameters["shape"])
    drawn = mu * (generator.standard_gamma(shape) / shape)
    # Under the links inverse and identity a prior reaches means that no positive number has.
    return np.where(mu > 0.0, drawn, np.nan)


def _mean(parameters: dict[str, Array]) -> Array:
    return parameters["mu"]


def _variance(parameters: dict[str, Array]) -> Array:
    return np.square(parameters["mu"]) / parameters["shape"]


gamma = Family(
    name="gamma",
    parameters=(POSITIVE, concentration("shape")),
    distribution="dist.Gamma({shape}, {shape} / {mu})",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    variance=_variance,
    check=positives("gamma"),
    dispersion="shape",
    dispersions=SHAPES,
    log_tails=_log_tails,
    partial=_partial,
)
"""y ~ Gamma(shape, shape / mu): positive numbers of mean mu and variance mu^2 / shape.

The prior of `shape` shrinks the coefficient of variation, 1 / sqrt(shape), at a rate all but
constant.

References
----------
Simpson, Rue, Riebler, Martins and Sorbye (2017), doi:10.1214/16-STS576 (penalised complexity).
"""
