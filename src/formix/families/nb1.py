"""The negative binomial family whose variance is a multiple of its mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from formix.families.draws import poisson_counts
from formix.families.family import Family
from formix.families.parameters import COUNT, positive
from formix.families.responses import counts
from formix.families.tails import beta, counted

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.masses import Tails

    Array = Float[np.ndarray, "..."]

_PHI = "Gamma(0.4, 0.3)"


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    mu, phi = parameters["mu"], parameters["phi"]
    with np.errstate(invalid="ignore", divide="ignore"):
        shape = mu / phi
        ways = -special.betaln(shape, y + 1.0) - np.log(shape + y)
        found = ways - shape * np.log1p(phi) - y * np.log1p(1.0 / phi)
    found = np.where(mu == 0.0, np.where(y == 0.0, 0.0, -np.inf), found)
    return np.where(mu < 0.0, -np.inf, found)


def _log_tails(y: Array, parameters: dict[str, Array]) -> Tails:
    mu, phi = parameters["mu"], parameters["phi"]

    def tails(count: Array) -> Tails:
        return beta(1.0 / (1.0 + phi), phi / (1.0 + phi), mu / phi, count + 1.0)

    return counted(y, np.inf, tails)


def _partial(y: Array, parameters: dict[str, Array], power: int) -> Tails:
    # What counts by its factorial power has a larger shape, mu / phi.
    mu, phi = parameters["mu"], parameters["phi"]
    whole = power * np.log(mu) + (np.log1p(phi / mu) if power > 1 else 0.0)
    lower, upper = _log_tails(y - power, {**parameters, "mu": mu + power * phi})
    return whole + lower, whole + upper


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    mu, phi = np.broadcast_arrays(parameters["mu"], parameters["phi"])
    shape = np.where(mu >= 0.0, mu, 0.0) / phi
    rate = np.where(mu >= 0.0, phi * generator.standard_gamma(shape), np.nan)
    return poisson_counts(generator, rate)


def _mean(parameters: dict[str, Array]) -> Array:
    return parameters["mu"]


def _variance(parameters: dict[str, Array]) -> Array:
    return parameters["mu"] * (1.0 + parameters["phi"])


nb1 = Family(
    name="nb1",
    parameters=(COUNT, positive("phi", (("default", _PHI), ("brms", _PHI)))),
    distribution="dist.NegativeBinomialLogits({mu} / {phi}, jnp.log({phi}))",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    variance=_variance,
    check=counts("nb1"),
    counts=True,
    log_tails=_log_tails,
    partial=_partial,
    discrete=True,
    rates=("mu",),
    aliases=("nbinom1", "negbinomial1"),
)
"""y ~ NegativeBinomial(mu, mu / phi): counts of variance mu (1 + phi), as glmmTMB's nbinom1.

The prior of `phi` is, at a mean of 1, that of a negative binomial's 1 / shape; brms has no such
family, and its set takes the same.

References
----------
Hardin and Hilbe (2018), "Generalized Linear Models and Extensions" (NB1); Simpson, Rue, Riebler,
Martins and Sorbye (2017), doi:10.1214/16-STS576 (penalised complexity).
"""
