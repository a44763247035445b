"""The Bernoulli family: yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.errors import DataError
from formix.families.family import Family
from formix.families.parameters import PROBABILITY
from formix.families.responses import listed, outside
from formix.families.tails import counted

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.errors import FormixError
    from formix.masses import Tails
    from formix.spec import Response

    Array = Float[np.ndarray, "..."]


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    logits = parameters["logits"]
    against = np.where(y > 0.0, -logits, logits)
    # As `logaddexp(0, against)`, and a third of its time.
    return -np.maximum(against, 0.0) - np.log1p(np.exp(-np.abs(against)))


def _log_tails(y: Array, parameters: dict[str, Array]) -> Tails:
    logits = parameters["logits"]
    both = (-np.logaddexp(0.0, logits), -np.logaddexp(0.0, -logits))
    return counted(y, 1.0, lambda _: both)


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    mu = parameters["mu"]
    return (generator.random(mu.shape) < mu).astype(np.float64)


def _mean(parameters: dict[str, Array]) -> Array:
    return parameters["mu"]


def _variance(parameters: dict[str, Array]) -> Array:
    return parameters["mu"] * (1.0 - parameters["mu"])


def _check(response: Response) -> FormixError | None:
    if "trials" in response.known:
        return DataError(
            f"the response `{response.name}` counts successes among trials; "
            "a bernoulli response is one yes or no a row",
            hint="take the family binomial",
        )
    if response.levels:
        return None if len(response.levels) == 2 else _levels(response)
    values = response.values
    good = (values == 0.0) | (values == 1.0)
    hint = "counts of successes among trials are of the family binomial"
    return outside(response, good, "bernoulli", "0 or 1, a truth, or one of two levels", hint)


def _levels(response: Response) -> DataError:
    number = len(response.levels)
    example = f"{response.name}[{response.levels[-1]}]"
    return DataError(
        f"the response `{response.name}` has {number} {'level' if number == 1 else 'levels'}; "
        "a bernoulli response has two",
        hint=f"name the one that counts as success, as in `{example}`; "
        f"there are: {listed(response.levels)}",
    )


bernoulli = Family(
    name="bernoulli",
    parameters=(PROBABILITY,),
    distribution="dist.Bernoulli(logits={logits})",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    variance=_variance,
    check=_check,
    logits=True,
    log_tails=_log_tails,
    discrete=True,
)
"""y ~ Bernoulli(mu): mu the probability of 1, of a truth, or of the second of two levels."""
