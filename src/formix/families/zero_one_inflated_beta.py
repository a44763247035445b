"""The zero-one-inflated beta family: proportions from 0 to 1, the ends included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix import closed_tails
from formix.families.beta import beta, log_tails as between_ends, partial as of_between
from formix.families.family import Family
from formix.families.parameters import concentration, probability
from formix.families.responses import numbers
from formix.families.tails import from_zero

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.masses import Tails

    Array = Float[np.ndarray, "..."]


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    zoi, coi = parameters["zoi"], parameters["coi"]
    inside = (y > 0.0) & (y < 1.0)
    with np.errstate(divide="ignore"):
        end = np.log(zoi) + np.where(y == 0.0, np.log1p(-coi), np.log(coi))
        between = np.log1p(-zoi) + beta.log_density(np.where(inside, y, 0.5), parameters)
    return np.where(inside, between, end)


def _log_tails(y: Array, parameters: dict[str, Array]) -> Tails:
    zoi, coi = parameters["zoi"], parameters["coi"]

    def tails(y: Array) -> Tails:
        with np.errstate(divide="ignore"):
            between = between_ends(y, parameters)
            return closed_tails.with_ends(np, between, zoi * (1.0 - coi), zoi * coi)

    return from_zero(y, 1.0, tails)


def _partial(y: Array, parameters: dict[str, Array], power: int) -> Tails:
    zoi, coi = parameters["zoi"], parameters["coi"]
    lower, upper = of_between(y, parameters, power)
    rest, one = np.log1p(-zoi), np.log(zoi) + np.log(coi)
    return (
        np.logaddexp(rest + lower, np.where(y >= 1.0, one, -np.inf)),
        np.logaddexp(rest + upper, np.where(y >= 1.0, -np.inf, one)),
    )


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    between = beta.draw(generator, parameters)
    ones = generator.random(between.shape) < parameters["coi"]
    return np.where(generator.random(between.shape) < parameters["zoi"], ones, between)


def _mean(parameters: dict[str, Array]) -> Array:
    zoi = parameters["zoi"]
    return zoi * parameters["coi"] + (1.0 - zoi) * parameters["mu"]


def _variance(parameters: dict[str, Array]) -> Array:
    mu, zoi, coi = parameters["mu"], parameters["zoi"], parameters["coi"]
    within = zoi * coi * (1.0 - coi) + (1.0 - zoi) * beta.variance(parameters)
    return within + zoi * (1.0 - zoi) * np.square(coi - mu)


def _are_shares(values: Array) -> Array:
    return (values >= 0.0) & (values <= 1.0)


zero_one_inflated_beta = Family(
    name="zero_one_inflated_beta",
    parameters=(
        beta.parameters[0],
        concentration("phi"),
        probability("zoi"),
        probability("coi"),
    ),
    distribution=(
        "InflatedBeta({phi} * expit({logits}), {phi} * expit(-{logits}), "
        "{zoi} * (1.0 - {coi}), {zoi} * {coi})"
    ),
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    variance=_variance,
    check=numbers("zero_one_inflated_beta", _are_shares, "a number from 0 to 1"),
    logits=True,
    aliases=("zoib",),
    log_tails=_log_tails,
    partial=_partial,
)
"""y is 0 or 1 with probability zoi, a 1 then with probability coi; else Beta(mu phi, (1 - mu) phi).

mu is the mean of the beta part; the mean of the response as a whole is zoi coi + (1 - zoi) mu.

References
----------
Ospina and Ferrari (2010), doi:10.1007/s00362-008-0125-4; Simpson, Rue, Riebler, Martins and Sorbye
(2017), doi:10.1214/16-STS576 (the prior of phi).
"""
