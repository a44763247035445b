"""The cumulative family: levels in order, as a number cut at thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.families.categories import (
    DISCRIMINATION,
    at_level,
    cumulative_of,
    drawn_level,
    not_ordered,
    ordinal,
)
from formix.families.family import Family, FamilyParameter

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.errors import FormixError
    from formix.spec import Response

    Array = Float[np.ndarray, "..."]


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    return at_level(y, cumulative_of(parameters["logits"]))


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    return drawn_level(generator, cumulative_of(parameters["logits"]))


def _mean(parameters: dict[str, Array]) -> Array:
    return np.exp(cumulative_of(parameters["logits"]))


def _variance(parameters: dict[str, Array]) -> Array:
    share = _mean(parameters)
    return share * (1.0 - share)


def _check(response: Response) -> FormixError | None:
    return not_ordered(response, "cumulative")


cumulative = Family(
    name="cumulative",
    parameters=(
        FamilyParameter("mu", ("logit", "probit", "cloglog", "cauchit"), "unit"),
        DISCRIMINATION,
    ),
    distribution="dist.Categorical(logits=cumulative({logits}))",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    variance=_variance,
    check=_check,
    logits=True,
    thresholds="ordered",
    coded=ordinal,
)
"""y <= k with probability F(disc (threshold[k] - mu)): levels in order, F the inverse of the link.

`disc`, 1 unless the formula predicts it, is how well the response tells mu apart. The mean is the
probability of each level.

References
----------
McCullagh (1980), doi:10.1111/j.2517-6161.1980.tb01109.x; Buerkner and Vuorre (2019),
doi:10.1177/2515245918823199.
"""
