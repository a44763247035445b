"""The negative binomial family: counts that vary more than Poisson ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from formix.families.draws import poisson_counts
from formix.families.family import Family
from formix.families.parameters import COUNT, concentration
from formix.families.responses import counts
from formix.families.tails import beta, counted

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.masses import Tails

    Array = Float[np.ndarray, "..."]


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    mu, shape = parameters["mu"], parameters["shape"]
    with np.errstate(invalid="ignore", divide="ignore"):
        ways = -special.betaln(shape, y + 1.0) - np.log(shape + y)
        found = ways - shape * np.log1p(mu / shape) + special.xlogy(y, mu / (mu + shape))
    return np.where(mu < 0.0, -np.inf, found)


def _log_tails(y: Array, parameters: dict[str, Array]) -> Tails:
    mu, shape = parameters["mu"], parameters["shape"]
    p, q = shape / (mu + shape), mu / (mu + shape)
    return counted(y, np.inf, lambda count: beta(p, q, shape, count + 1.0))


def _partial(y: Array, parameters: dict[str, Array], power: int) -> Tails:
    # What counts by its factorial power has a larger shape and as probable successes.
    mu, shape = parameters["mu"], parameters["shape"]
    more = shape + power
    whole = power * np.log(mu) + (np.log1p(1.0 / shape) if power > 1 else 0.0)
    lower, upper = _log_tails(y - power, {**parameters, "mu": mu * more / shape, "shape": more})
    return whole + lower, whole + upper


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    mu, shape = np.broadcast_arrays(parameters["mu"], parameters["shape"])
    return poisson_counts(generator, mu * (generator.standard_gamma(shape) / shape))


def _mean(parameters: dict[str, Array]) -> Array:
    return parameters["mu"]


def _variance(parameters: dict[str, Array]) -> Array:
    mu = parameters["mu"]
    return mu + np.square(mu) / parameters["shape"]


negative_binomial = Family(
    name="negative_binomial",
    parameters=(COUNT, concentration("shape", brms="InverseGamma(0.4, 0.3)")),
    distribution="dist.NegativeBinomialLogits({shape}, jnp.log({mu} / {shape}))",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    variance=_variance,
    check=counts("negative_binomial"),
    counts=True,
    aliases=("negbinomial", "negbin", "nb", "nb2", "nbinom2"),
    log_tails=_log_tails,
    partial=_partial,
    discrete=True,
    rates=("mu", "shape"),
)
"""y ~ NegativeBinomial(mu, shape): counts of variance mu + mu^2 / shape (nb2).

The prior of `shape` is close to one that shrinks to Poisson at a constant rate. The program writes
logits, since NumPyro's `NegativeBinomial2` goes through JAX's `betaln`, which errs by 1e-6.

References
----------
Simpson, Rue, Riebler, Martins and Sorbye (2017), doi:10.1214/16-STS576 (penalised complexity).
"""
