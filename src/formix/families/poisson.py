"""The Poisson family: counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from formix.families.draws import poisson_counts
from formix.families.family import Family, FamilyParameter
from formix.families.responses import are_counts, not_one_number, outside
from formix.families.tails import counted, gamma

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.errors import FormixError
    from formix.masses import Tails
    from formix.spec import Response

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


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    return poisson_counts(generator, parameters["mu"])


def _mean(parameters: dict[str, Array]) -> Array:
    return parameters["mu"]


def _check(response: Response) -> FormixError | None:
    return not_one_number(response, "poisson") or outside(
        response, are_counts(response.values), "poisson", "a whole number of at least 0"
    )


poisson = Family(
    name="poisson",
    parameters=(FamilyParameter("mu", ("log", "identity", "sqrt"), "positive"),),
    distribution="dist.Poisson({mu})",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    check=_check,
    counts=True,
    log_tails=_log_tails,
    discrete=True,
    rates=("mu",),
)
"""y ~ Poisson(mu): counts whose mean and variance are mu."""
