"""The beta-binomial family: successes among trials that vary more than binomial ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from formix.families.binomial import successes
from formix.families.family import Family
from formix.families.parameters import PROBABILITY, concentration
from formix.families.tails import beta_binomial as tails, counted

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.masses import Tails

    Array = Float[np.ndarray, "..."]


def _counts(parameters: dict[str, Array]) -> tuple[Array, Array]:
    """Return the two parameters of the probability's beta, each with its digits."""
    phi, logits = parameters["phi"], parameters["logits"]
    return phi * special.expit(logits), phi * special.expit(-logits)


def _log_rising(a: Array, k: Array) -> Array:
    """Return log(a (a + 1) ... (a + k - 1)), with its digits for large a too."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = special.gammaln(k + 1.0) - special.betaln(a, k + 1.0) - np.log(a + k)
    return np.where(k == 0.0, 0.0, found)


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    (a, b), n = _counts(parameters), parameters["trials"]
    ways = special.gammaln(n + 1.0) - special.gammaln(y + 1.0) - special.gammaln(n - y + 1.0)
    return ways + _log_rising(a, y) + _log_rising(b, n - y) - _log_rising(parameters["phi"], n)


def _log_tails(y: Array, parameters: dict[str, Array]) -> Tails:
    n = parameters["trials"]
    return counted(y, n, lambda k: tails(k, n, *_counts(parameters)))


def _partial(y: Array, parameters: dict[str, Array], power: int) -> Tails:
    # What counts by its factorial power is of fewer trials and a beta that weighs successes more.
    n, (a, b) = parameters["trials"], _counts(parameters)
    ways = np.maximum(n * (n - 1.0) if power > 1 else n, 0.0)
    whole = np.log(ways) + _log_rising(a, np.array(power)) - _log_rising(a + b, np.array(power))
    fewer = np.maximum(n - power, 0.0)
    lower, upper = counted(y - power, fewer, lambda k: tails(k, fewer, a + power, b))
    return whole + lower, whole + upper


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    least = np.finfo(np.float64).tiny
    a, b = (np.maximum(count, least) for count in _counts(parameters))
    n = parameters["trials"].astype(np.int64)
    return generator.binomial(n, generator.beta(a, b)).astype(np.float64)


def _mean(parameters: dict[str, Array]) -> Array:
    return parameters["trials"] * parameters["mu"]


def _variance(parameters: dict[str, Array]) -> Array:
    n, mu, phi = parameters["trials"], parameters["mu"], parameters["phi"]
    return n * mu * (1.0 - mu) * (phi + n) / (phi + 1.0)


beta_binomial = Family(
    name="beta_binomial",
    parameters=(PROBABILITY, concentration("phi")),
    distribution="BetaBinomial({phi} * expit({logits}), {phi} * expit(-{logits}), {trials})",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    variance=_variance,
    check=successes("beta_binomial"),
    arrays=("trials",),
    logits=True,
    counts=True,
    discrete=True,
    log_tails=_log_tails,
    partial=_partial,
    aliases=("betabinomial",),
)
"""y ~ Binomial(trials, p), p ~ Beta(mu phi, (1 - mu) phi): mu the mean, phi the precision.

The variance is that of a binomial response times (phi + trials) / (phi + 1).

References
----------
Crowder (1978), doi:10.2307/2346223; Simpson, Rue, Riebler, Martins and Sorbye (2017),
doi:10.1214/16-STS576 (penalised complexity).
"""
