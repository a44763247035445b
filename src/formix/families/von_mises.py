"""The von Mises family: angles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from formix.families.family import Family, FamilyParameter
from formix.families.parameters import positive
from formix.families.responses import numbers
from formix.families.tails import von_mises as tails, within

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.masses import Tails

    Array = Float[np.ndarray, "..."]

_LOG_2PI = float(np.log(2.0 * np.pi))


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    mu, kappa = parameters["mu"], parameters["kappa"]
    away = 2.0 * np.square(np.sin(0.5 * (y - mu)))
    return -kappa * away - _LOG_2PI - np.log(special.i0e(kappa))


def _log_tails(y: Array, parameters: dict[str, Array]) -> Tails:
    mu, kappa = parameters["mu"], parameters["kappa"]
    return within(y, -np.pi, np.pi, lambda y: tails(y, mu, kappa))


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    mu, kappa = np.broadcast_arrays(parameters["mu"], parameters["kappa"])
    return generator.vonmises(mu, kappa)


def _mean(parameters: dict[str, Array]) -> Array:
    return parameters["mu"]


def _variance(parameters: dict[str, Array]) -> Array:
    kappa = parameters["kappa"]
    found = 1.0 - special.i1e(kappa) / special.i0e(kappa)
    return np.broadcast_arrays(found, parameters["mu"])[0]


def _are_angles(values: Array) -> Array:
    return np.abs(values) <= np.pi


von_mises = Family(
    name="von_mises",
    parameters=(
        FamilyParameter("mu", ("tan_half", "identity"), "real"),
        positive(
            "kappa",
            (("default", "Gamma(2, 0.01)"), ("brms", "Gamma(2, 0.01)")),
            (("default", "Normal(5, 0.8)"), ("brms", "Normal(5, 0.8)")),
        ),
    ),
    distribution="dist.VonMises({mu}, {kappa})",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    variance=_variance,
    check=numbers("von_mises", _are_angles, "an angle from -pi to pi"),
    aliases=("vonmises",),
    log_tails=_log_tails,
    angle=True,
)
"""y ~ VonMises(mu, kappa): angles from -pi to pi around mu, the closer the larger kappa.

The mean is the mean direction and the variance the circular one, 1 - I1(kappa) / I0(kappa): between
0, all angles alike, and 1.

References
----------
Mardia and Jupp (2000), "Directional Statistics", doi:10.1002/9780470316979; Bürkner (2017),
doi:10.18637/jss.v080.i01 (the prior of kappa).
"""
