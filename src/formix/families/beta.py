"""The beta family: proportions strictly between 0 and 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from formix.families.family import Family
from formix.families.parameters import PROBABILITY, concentration
from formix.families.responses import numbers
from formix.families.tails import beta as tails, within

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.masses import Tails

    Array = Float[np.ndarray, "..."]


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    a, b = _counts(parameters)
    return (a - 1.0) * np.log(y) + (b - 1.0) * np.log1p(-y) - special.betaln(a, b)


def _counts(parameters: dict[str, Array]) -> tuple[Array, Array]:
    """Return the two parameters of the textbooks, each with its digits where it is all but 0."""
    phi, logits = parameters["phi"], parameters["logits"]
    return phi * special.expit(logits), phi * special.expit(-logits)


def log_tails(y: Array, parameters: dict[str, Array]) -> Tails:
    """Return the tails of a proportion strictly between 0 and 1."""
    return within(y, 0.0, 1.0, lambda y: tails(y, 1.0 - y, *_counts(parameters)))


def partial(y: Array, parameters: dict[str, Array], power: int) -> Tails:
    """Return the parts of the moments of such a proportion."""
    # What counts by its power is a beta too.
    a, b = _counts(parameters)
    whole = np.log(a) - np.log(a + b)
    if power > 1:
        whole = whole + np.log1p(a) - np.log1p(a + b)
    lower, upper = within(y, 0.0, 1.0, lambda y: tails(y, 1.0 - y, a + power, b))
    return whole + lower, whole + upper


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    least = np.finfo(np.float64).tiny
    a, b = (np.maximum(count, least) for count in _counts(parameters))
    return generator.beta(a, b)


def _mean(parameters: dict[str, Array]) -> Array:
    return parameters["mu"]


def _variance(parameters: dict[str, Array]) -> Array:
    mu = parameters["mu"]
    return mu * (1.0 - mu) / (1.0 + parameters["phi"])


def _are_inside(values: Array) -> Array:
    return (values > 0.0) & (values < 1.0)


beta = Family(
    name="beta",
    parameters=(PROBABILITY, concentration("phi")),
    distribution="dist.Beta({phi} * expit({logits}), {phi} * expit(-{logits}))",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    variance=_variance,
    check=numbers("beta", _are_inside, "a number above 0 and below 1"),
    logits=True,
    log_tails=log_tails,
    partial=partial,
)
"""y ~ Beta(mu phi, (1 - mu) phi): proportions of mean mu and variance mu (1 - mu) / (1 + phi).

The prior of `phi` shrinks the standard deviation at a rate all but constant.

References
----------
Ferrari and Cribari-Neto (2004), doi:10.1080/0266476042000214501; Simpson, Rue, Riebler, Martins and
Sorbye (2017), doi:10.1214/16-STS576 (penalised complexity).
"""
