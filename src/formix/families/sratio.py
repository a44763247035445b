"""The sratio family: levels in order, one after another until one stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.families.categories import (
    DISCRIMINATION,
    at_level,
    drawn_level,
    not_ordered,
    ordinal,
    stopping_of,
)
from formix.families.family import Family, FamilyParameter

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.errors import FormixError
    from formix.spec import Response

    Array = Float[np.ndarray, "..."]


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    return at_level(y, stopping_of(parameters["logits"]))


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    return drawn_level(generator, stopping_of(parameters["logits"]))


def _mean(parameters: dict[str, Array]) -> Array:
    return np.exp(stopping_of(parameters["logits"]))


def _variance(parameters: dict[str, Array]) -> Array:
    share = _mean(parameters)
    return share * (1.0 - share)


def _check(response: Response) -> FormixError | None:
    return not_ordered(response, "sratio")


sratio = Family(
    name="sratio",
    parameters=(
        FamilyParameter("mu", ("logit", "probit", "cloglog", "cauchit"), "unit"),
        DISCRIMINATION,
    ),
    distribution="dist.Categorical(logits=stopping({logits}))",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    variance=_variance,
    check=_check,
    logits=True,
    thresholds="free",
    coded=ordinal,
)
"""y = k with probability F(disc (threshold[k] - mu)) where it is k or more: stopping ratios.

Thresholds may have any order. `disc` is 1 unless the formula predicts it.

References
----------
Tutz (1991), doi:10.1016/0167-9473(91)90032-2; Buerkner and Vuorre (2019),
doi:10.1177/2515245918823199.
"""
