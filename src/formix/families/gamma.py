"""The gamma family: positive numbers of a constant coefficient of variation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from formix.dispersion import SHAPES
from formix.families.family import Family, FamilyParameter
from formix.families.responses import are_positive, not_one_number, outside
from formix.families.tails import gamma as tails, within

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.errors import FormixError
    from formix.masses import Tails
    from formix.spec import Response

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


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    mu, shape = np.broadcast_arrays(parameters["mu"], parameters["shape"])
    drawn = mu * (generator.standard_gamma(shape) / shape)
    # Under the links inverse and identity a prior reaches means that no positive number has.
    return np.where(mu > 0.0, drawn, np.nan)


def _mean(parameters: dict[str, Array]) -> Array:
    return parameters["mu"]


def _check(response: Response) -> FormixError | None:
    return not_one_number(response, "gamma") or outside(
        response, are_positive(response.values), "gamma", "a number above 0"
    )


gamma = Family(
    name="gamma",
    parameters=(
        FamilyParameter("mu", ("log", "inverse", "identity"), "positive"),
        FamilyParameter(
            "shape",
            ("log", "identity"),
            "positive",
            (("default", "InverseGamma(0.4, 0.3)"), ("brms", "Gamma(0.01, 0.01)")),
        ),
    ),
    distribution="dist.Gamma({shape}, {shape} / {mu})",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    check=_check,
    dispersion="shape",
    dispersions=SHAPES,
    log_tails=_log_tails,
)
"""y ~ Gamma(shape, shape / mu): positive numbers of mean mu and variance mu^2 / shape.

The prior of `shape` shrinks the coefficient of variation, 1 / sqrt(shape), at a rate all but
constant.

References
----------
Simpson, Rue, Riebler, Martins and Sorbye (2017), doi:10.1214/16-STS576 (penalised complexity).
"""
