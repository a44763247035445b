"""The binomial family: successes among trials."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from formix.errors import DataError
from formix.families.family import Family, FamilyParameter
from formix.families.responses import are_counts, listed, outside
from formix.families.tails import beta, counted

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.errors import FormixError
    from formix.masses import Tails
    from formix.spec import Response

    Array = Float[np.ndarray, "..."]


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    n, logits = parameters["trials"], parameters["logits"]
    ways = special.gammaln(n + 1.0) - special.gammaln(y + 1.0) - special.gammaln(n - y + 1.0)
    return ways - y * np.logaddexp(0.0, -logits) - (n - y) * np.logaddexp(0.0, logits)


def _log_tails(y: Array, parameters: dict[str, Array]) -> Tails:
    n, logits = parameters["trials"], parameters["logits"]
    p, q = special.expit(logits), special.expit(-logits)
    return counted(y, n, lambda k: beta(q, p, np.maximum(n - k, 1.0), k + 1.0))


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    return generator.binomial(parameters["trials"].astype(np.int64), parameters["mu"]).astype(
        np.float64
    )


def _mean(parameters: dict[str, Array]) -> Array:
    return parameters["trials"] * parameters["mu"]


def _check(response: Response) -> FormixError | None:
    if response.levels:
        return DataError(
            f"the response `{response.name}` is not numeric; "
            "a binomial response is successes among trials",
            hint=f"its values are levels: {listed(response.levels)}; "
            "the family bernoulli takes one of two a row",
        )
    if "trials" not in response.known:
        return DataError(
            f"the response `{response.name}` does not say of how many trials",
            hint="write cbind(successes, failures), prop(successes, trials), or "
            f"`{response.name} | trials(n)`; for 0 and 1 take the family bernoulli",
        )
    trials = response.known["trials"]
    if not are_counts(trials).all():
        return DataError(
            f"the trials of `{response.name}` are not whole numbers",
            hint="a proportion is prop(successes, trials), both of them counts",
        )
    good = are_counts(response.values) & (response.values <= trials)
    return outside(response, good, "binomial", "a whole number between 0 and its trials")


binomial = Family(
    name="binomial",
    parameters=(FamilyParameter("mu", ("logit", "probit", "cloglog", "cauchit"), "unit"),),
    distribution="dist.Binomial({trials}, logits={logits})",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    check=_check,
    arrays=("trials",),
    logits=True,
    counts=True,
    log_tails=_log_tails,
    discrete=True,
)
"""y ~ Binomial(trials, mu): y successes among trials, each with probability mu."""
