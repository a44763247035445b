"""The binomial family: successes among trials."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from formix.errors import DataError
from formix.families.family import Family
from formix.families.parameters import PROBABILITY
from formix.families.responses import are_counts, listed, outside
from formix.families.tails import beta, counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from jaxtyping import Float

    from formix.masses import Tails
    from formix.spec import Response

    Array = Float[np.ndarray, "..."]


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    n, logits = parameters["trials"], parameters["logits"]
    ways = special.gammaln(n + 1.0) - special.gammaln(y + 1.0) - special.gammaln(n - y + 1.0)
    # As `logaddexp(0, -logits)` and `logaddexp(0, logits)`, and a third of their time.
    more = np.log1p(np.exp(-np.abs(logits)))
    yes, no = np.maximum(-logits, 0.0) + more, np.maximum(logits, 0.0) + more
    return ways - y * yes - (n - y) * no


def _log_tails(y: Array, parameters: dict[str, Array]) -> Tails:
    n, logits = parameters["trials"], parameters["logits"]
    p, q = special.expit(logits), special.expit(-logits)
    return counted(y, n, lambda k: beta(q, p, np.maximum(n - k, 1.0), k + 1.0))


def _partial(y: Array, parameters: dict[str, Array], power: int) -> Tails:
    # What counts by its factorial power is of so many trials fewer.
    n, logits = parameters["trials"], parameters["logits"]
    ways = np.maximum(n * (n - 1.0) if power > 1 else n, 0.0)
    whole = np.log(ways) + power * special.log_expit(logits)
    fewer = {**parameters, "trials": np.maximum(n - power, 0.0)}
    lower, upper = _log_tails(y - power, fewer)
    return whole + lower, whole + upper


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    return generator.binomial(parameters["trials"].astype(np.int64), parameters["mu"]).astype(
        np.float64
    )


def _mean(parameters: dict[str, Array]) -> Array:
    return parameters["trials"] * parameters["mu"]


def _variance(parameters: dict[str, Array]) -> Array:
    return parameters["trials"] * parameters["mu"] * (1.0 - parameters["mu"])


def successes(family: str) -> Callable[[Response], DataError | None]:
    """Return the check of a response that counts successes among trials."""

    def check(response: Response) -> DataError | None:
        if response.levels:
            return DataError(
                f"the response `{response.name}` is not numeric; "
                f"a {family} response is successes among trials",
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
        return outside(response, good, family, "a whole number between 0 and its trials")

    return check


binomial = Family(
    name="binomial",
    parameters=(PROBABILITY,),
    distribution="dist.Binomial({trials}, logits={logits})",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    variance=_variance,
    check=successes("binomial"),
    arrays=("trials",),
    logits=True,
    counts=True,
    log_tails=_log_tails,
    partial=_partial,
    discrete=True,
)
"""y ~ Binomial(trials, mu): y successes among trials, each with probability mu."""
