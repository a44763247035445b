"""The Gaussian family."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.dispersion import STANDARD_DEVIATIONS
from formix.errors import DataError, FormixError
from formix.families.family import Family, FamilyParameter

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.spec import Response

    Array = Float[np.ndarray, "..."]

_HALF_LOG_2PI = 0.5 * float(np.log(2.0 * np.pi))


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    mu, sigma = parameters["mu"], parameters["sigma"]
    z = (y - mu) / sigma
    return -0.5 * np.square(z) - np.log(sigma) - _HALF_LOG_2PI


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    mu, sigma = np.broadcast_arrays(parameters["mu"], parameters["sigma"])
    return mu + sigma * generator.standard_normal(mu.shape)


def _mean(parameters: dict[str, Array]) -> Array:
    return parameters["mu"]


def _check(response: Response) -> FormixError | None:
    if response.levels:
        shown = ", ".join(str(level) for level in response.levels[:5])
        return DataError(
            f"the response `{response.name}` is not numeric; a gaussian response is a number",
            hint=f"its values are levels: {shown}{', ...' if len(response.levels) > 5 else ''}",
        )
    if response.values.ndim != 1 or "trials" in response.known:
        return DataError(
            f"the response `{response.name}` counts successes among trials; "
            "a gaussian response is one number a row",
            hint="make one column of it, or take a family of counts",
        )
    return None


gaussian = Family(
    name="gaussian",
    parameters=(
        FamilyParameter("mu", ("identity", "log", "inverse"), "real"),
        FamilyParameter("sigma", ("log", "identity"), "positive"),
    ),
    distribution="dist.Normal({mu}, {sigma})",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    check=_check,
    dispersion="sigma",
    dispersions=STANDARD_DEVIATIONS,
)
"""y ~ Normal(mu, sigma): mu on the identity link, sigma a standard deviation."""
