"""The negative binomial family: counts that vary more than Poisson ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from formix.families.draws import poisson_counts
from formix.families.family import Family, FamilyParameter
from formix.families.responses import are_counts, not_one_number, outside
from formix.families.tails import beta, counted

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.errors import FormixError
    from formix.masses import Tails
    from formix.spec import Response

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


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    mu, shape = np.broadcast_arrays(parameters["mu"], parameters["shape"])
    return poisson_counts(generator, mu * (generator.standard_gamma(shape) / shape))


def _mean(parameters: dict[str, Array]) -> Array:
    return parameters["mu"]


def _check(response: Response) -> FormixError | None:
    return not_one_number(response, "negative_binomial") or outside(
        response, are_counts(response.values), "negative_binomial", "a whole number of at least 0"
    )


negative_binomial = Family(
    name="negative_binomial",
    parameters=(
        FamilyParameter("mu", ("log", "identity", "sqrt"), "positive"),
        FamilyParameter(
            "shape",
            ("log", "identity"),
            "positive",
            (("default", "InverseGamma(0.4, 0.3)"), ("brms", "InverseGamma(0.4, 0.3)")),
        ),
    ),
    distribution="dist.NegativeBinomialLogits({shape}, jnp.log({mu} / {shape}))",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    check=_check,
    counts=True,
    log_tails=_log_tails,
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
