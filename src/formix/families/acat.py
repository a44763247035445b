"""The acat family: levels in order, each compared with the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.families.categories import (
    DISCRIMINATION,
    adjacent_of,
    at_level,
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
    return at_level(y, adjacent_of(parameters["logits"]))


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    return drawn_level(generator, adjacent_of(parameters["logits"]))


def _mean(parameters: dict[str, Array]) -> Array:
    return np.exp(adjacent_of(parameters["logits"]))


def _variance(parameters: dict[str, Array]) -> Array:
    share = _mean(parameters)
    return share * (1.0 - share)


def _check(response: Response) -> FormixError | None:
    return not_ordered(response, "acat")


acat = Family(
    name="acat",
    parameters=(
        FamilyParameter("mu", ("logit", "probit", "cloglog", "cauchit"), "unit"),
        DISCRIMINATION,
    ),
    distribution="dist.Categorical(logits=adjacent({logits}))",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    variance=_variance,
    check=_check,
    logits=True,
    thresholds="free",
    onward=True,
    coded=ordinal,
)
"""y = k + 1 rather than k with probability F(disc (mu - threshold[k])): adjacent levels.

Thresholds may have any order. `disc` is 1 unless the formula predicts it.

References
----------
Agresti (2010), *Analysis of Ordinal Categorical Data*, section 4.1; Buerkner and Vuorre (2019),
doi:10.1177/2515245918823199.
"""
