"""The exponential family: times of a constant hazard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from formix.families.family import Family
from formix.families.parameters import POSITIVE
from formix.families.responses import not_negatives
from formix.families.tails import gamma, of_hazard, within

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.masses import Tails

    Array = Float[np.ndarray, "..."]


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    mu = parameters["mu"]
    with np.errstate(invalid="ignore", divide="ignore"):
        found = -np.log(mu) - y / mu
    return np.where(mu > 0.0, found, -np.inf)


def _log_tails(y: Array, parameters: dict[str, Array]) -> Tails:
    return within(y, 0.0, np.inf, lambda y: of_hazard(y / parameters["mu"]))


def _partial(y: Array, parameters: dict[str, Array], power: int) -> Tails:
    mu = parameters["mu"]
    whole = power * np.log(mu) + special.gammaln(1.0 + power)
    lower, upper = within(y, 0.0, np.inf, lambda y: gamma(y / mu, np.array(1.0 + power)))
    return whole + lower, whole + upper


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    mu = parameters["mu"]
    return np.where(mu > 0.0, mu * generator.standard_exponential(mu.shape), np.nan)


def _mean(parameters: dict[str, Array]) -> Array:
    return parameters["mu"]


def _variance(parameters: dict[str, Array]) -> Array:
    return np.square(parameters["mu"])


exponential = Family(
    name="exponential",
    parameters=(POSITIVE,),
    distribution="dist.Exponential(1.0 / {mu})",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    variance=_variance,
    check=not_negatives("exponential"),
    log_tails=_log_tails,
    partial=_partial,
)
"""y ~ Exponential(1 / mu): numbers of at least 0, of mean mu and standard deviation mu."""
