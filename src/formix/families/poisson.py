"""The Poisson family: counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from formix.families.draws import poisson_counts
from formix.families.family import Family
from formix.families.parameters import COUNT
from formix.families.responses import counts
from formix.families.tails import counted, gamma

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.masses import Tails

    Array = Float[np.ndarray, "..."]


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    mu = parameters["mu"]
    with np.errstate(invalid="ignore", divide="ignore"):
        found = special.xlogy(y, mu) - mu - special.gammaln(y + 1.0)
    return np.where(mu < 0.0, -np.inf, found)


def _log_tails(y: Array, parameters: dict[str, Array]) -> Tails:
    def tails(count: Array) -> Tails:
        lower, upper = gamma(parameters["mu"], count + 1.0)
        return upper, lower

    return counted(y, np.inf, tails)


def _partial(y: Array, parameters: dict[str, Array], power: int) -> Tails:
    whole = power * np.log(parameters["mu"])
    lower, upper = _log_tails(y - power, parameters)
    return whole + lower, whole + upper


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    return poisson_counts(generator, parameters["mu"])


def _mean(parameters: dict[str, Array]) -> Array:
    return parameters["mu"]


def _variance(parameters: dict[str, Array]) -> Array:
    return parameters["mu"]


poisson = Family(
    name="poisson",
    parameters=(COUNT,),
    distribution="dist.Poisson({mu})",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    variance=_variance,
    check=counts("poisson"),
    counts=True,
    log_tails=_log_tails,
    partial=_partial,
    discrete=True,
    rates=("mu",),
)
"""y ~ Poisson(mu): counts whose mean and variance are mu."""
