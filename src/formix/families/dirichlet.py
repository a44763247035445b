"""The Dirichlet family: shares that sum to 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from formix.families.categories import rows_outside, softmax_of
from formix.families.family import Family, FamilyParameter

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.errors import FormixError
    from formix.spec import Response

    Array = Float[np.ndarray, "..."]

_ROUNDING = 1e-6
"""How far from 1 the sum of shares may be, which are often written with few digits."""


def _counts(parameters: dict[str, Array]) -> Array:
    return parameters["phi"][..., None] * np.exp(softmax_of(parameters["logits"]))


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    counts = _counts(parameters)
    whole = np.asarray(special.gammaln(np.sum(counts, axis=-1)), dtype=np.float64)
    ways = whole - np.sum(np.asarray(special.gammaln(counts), dtype=np.float64), axis=-1)
    return ways + np.sum((counts - 1.0) * np.log(y), axis=-1)


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    least = np.finfo(np.float64).tiny
    drawn = np.maximum(generator.standard_gamma(np.maximum(_counts(parameters), least)), least)
    return drawn / drawn.sum(axis=-1, keepdims=True)


def _mean(parameters: dict[str, Array]) -> Array:
    return np.exp(softmax_of(parameters["logits"]))


def _variance(parameters: dict[str, Array]) -> Array:
    share = _mean(parameters)
    return share * (1.0 - share) / (1.0 + np.expand_dims(parameters["phi"], -1))


def _check(response: Response) -> FormixError | None:
    y = response.values
    good = (y > 0.0).all(axis=-1) & (np.abs(y.sum(axis=-1) - 1.0) <= _ROUNDING)
    return rows_outside(response, good, "dirichlet", "numbers above 0 that sum to 1")


dirichlet = Family(
    name="dirichlet",
    parameters=(
        FamilyParameter("mu", ("softmax",), "real"),
        FamilyParameter(
            "phi",
            ("log", "identity"),
            "positive",
            (("default", "InverseGamma(0.4, 0.3)"), ("brms", "Gamma(0.01, 0.01)")),
            predicted=(("default", "Normal(0, 2.5)"), ("brms", "StudentT(3, 0, 2.5)")),
        ),
    ),
    distribution="dirichlet({logits}, {phi})",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    variance=_variance,
    check=_check,
    logits=True,
    by_level=True,
    columns=True,
)
"""y ~ Dirichlet(phi softmax(0, mu[b], mu[c], ...)): shares of the levels a, b, c, ...

The response is written `cbind(a, b, c)`, a column a level. Each level but the first has the
predictor that the formula says, of the log of its mean over the first's; `phi` is the precision.
Of two levels it is the beta family.

References
----------
Ferrari and Cribari-Neto (2004), doi:10.1080/0266476042000214501 (for two levels); Simpson, Rue,
Riebler, Martins and Sorbye (2017), doi:10.1214/16-STS576 (the prior of phi).
"""
