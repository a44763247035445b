"""The categorical family: one of several levels, without an order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.families.categories import at_level, drawn_level, not_levels, softmax_of
from formix.families.family import Family, FamilyParameter

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.errors import FormixError
    from formix.spec import Response

    Array = Float[np.ndarray, "..."]


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    return at_level(y, softmax_of(parameters["logits"]))


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    return drawn_level(generator, softmax_of(parameters["logits"]))


def _mean(parameters: dict[str, Array]) -> Array:
    return np.exp(softmax_of(parameters["logits"]))


def _variance(parameters: dict[str, Array]) -> Array:
    share = _mean(parameters)
    return share * (1.0 - share)


def _check(response: Response) -> FormixError | None:
    return not_levels(response, "categorical")


categorical = Family(
    name="categorical",
    parameters=(FamilyParameter("mu", ("softmax",), "real"),),
    distribution="dist.Categorical(logits={logits})",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    variance=_variance,
    check=_check,
    logits=True,
    by_level=True,
)
"""y ~ Categorical(softmax(0, mu[B], mu[C], ...)): one of the levels A, B, C, ...

Each level but the first has the predictor that the formula says, of the log of its probability over
the first level's. The mean is the probability of each level.
"""
