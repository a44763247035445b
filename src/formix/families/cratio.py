"""The cratio family: levels in order, one after another for as long as one goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.families.categories import (
    DISCRIMINATION,
    at_level,
    continuing_of,
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
    return at_level(y, continuing_of(parameters["logits"]))


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    return drawn_level(generator, continuing_of(parameters["logits"]))


def _mean(parameters: dict[str, Array]) -> Array:
    return np.exp(continuing_of(parameters["logits"]))


def _variance(parameters: dict[str, Array]) -> Array:
    share = _mean(parameters)
    return share * (1.0 - share)


def _check(response: Response) -> FormixError | None:
    return not_ordered(response, "cratio")


cratio = Family(
    name="cratio",
    parameters=(
        FamilyParameter("mu", ("logit", "probit", "cloglog", "cauchit"), "unit"),
        DISCRIMINATION,
    ),
    distribution="dist.Categorical(logits=continuing({logits}))",
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
"""y > k with probability F(disc (mu - threshold[k])) where it is k or more: continuation ratios.

It is `sratio` under links that are symmetric. `disc` is 1 unless the formula predicts it.

References
----------
Fienberg (1980), *The Analysis of Cross-Classified Categorical Data*, section 6.6; Buerkner and
Vuorre (2019), doi:10.1177/2515245918823199.
"""
