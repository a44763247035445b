"""The three sets of priors: a rule for every kind of address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formix.errors import PriorError
from formix.prior.address import Address, at_means_key, inner
from formix.prior.prior import Prior

if TYPE_CHECKING:
    from jaxtyping import Float


@dataclass(frozen=True)
class Scale:
    """Where the response lies, on the link of one parameter's predictor.

    Parameters
    ----------
    location, spread
        m and s of the defaults: the response's mean and standard deviation on the link.
    root_mean_square
        q: the size of the response on the link, for coefficients without an intercept.
    median, mad
        brms's location and scale, already rounded and bounded as brms does.
    offset
        The offset's mean.
    group_mad
        brms's scale of group-level effects, where that is not `mad`.
    words
        What `location`, `spread` and `root_mean_square` are.
    brms
        What brms's location and scale are.
    brms_group
        What brms's scale of group-level effects is.
    """

    location: float
    spread: float
    root_mean_square: float
    median: float
    mad: float
    offset: float = 0.0
    group_mad: float | None = None
    words: tuple[str, str, str] = ("mean(y)", "sd(y)", "rms(y)")
    brms: tuple[str, str] = ("0", "2.5")
    brms_group: str = "2.5"


Rules = Callable[[Address, Scale], tuple[str, Prior]]


def deviation(x: Float[np.ndarray, " obs"]) -> float:
    """Return the standard deviation with divisor n - 1; 1 where that is zero or undefined.

    Examples
    --------
    >>> deviation(np.array([1.0, 2.0, 3.0])), deviation(np.array([5.0]))
    (1.0, 1.0)
    """
    with np.errstate(invalid="ignore", over="ignore"):
        found = float(np.std(x, ddof=1)) if len(x) > 1 else 0.0
    return found if np.isfinite(found) and found > 0.0 else 1.0


def _root_mean_square(x: Float[np.ndarray, " obs"]) -> float:
    found = float(np.sqrt(np.mean(np.square(x)))) if len(x) else 0.0
    return found if np.isfinite(found) and found > 0.0 else 1.0


def is_indicator(x: Float[np.ndarray, " obs"]) -> bool:
    """Whether a column holds nothing but 0 and 1."""
    return bool(np.all((x == 0.0) | (x == 1.0)))


def width(address: Address) -> float:
    """Return how wide a coefficient's column is, in whose units the coefficient is taken.

    Beside an intercept that is its standard deviation, at least 0.1 for columns of 0 and 1; where
    there is none, its root mean square.
    """
    if address.rule == "coefficient":
        return _root_mean_square(address.column)
    spread = deviation(address.column)
    return max(spread, 0.1) if is_indicator(address.column) else spread


def default(address: Address, scale: Scale) -> tuple[str, Prior]:
    """Return the default prior: proper, and unchanged when a predictor is shifted or rescaled."""
    s = scale.spread
    if address.rule == "intercept":
        return at_means_key(address.key), Prior("Normal", scale.location, 2.5 * s)
    if address.rule == "slope":
        return address.key, Prior("Normal", 0.0, 2.5 * s / width(address))
    if address.rule == "coefficient":
        return address.key, Prior("Normal", 0.0, 2.5 * scale.root_mean_square / width(address))
    if address.rule == "sd":
        s_j = 1.0 if is_indicator(address.column) else deviation(address.column)
        return address.key, Prior("HalfStudentT", 3.0, s / s_j)
    if address.rule in ("cor", "rho"):
        return address.key, _correlations(address)
    return address.key, Prior("HalfStudentT", 3.0, s)


def brms(address: Address, scale: Scale) -> tuple[str, Prior]:
    """Return brms's documented default (version 2.23).

    References
    ----------
    Bürkner (2017), doi:10.18637/jss.v080.i01, and `set_prior` of brms's manual.
    """
    if address.rule == "intercept":
        prior = Prior("StudentT", 3.0, scale.median - scale.offset, scale.mad)
        return at_means_key(address.key), prior
    if address.rule in ("slope", "coefficient"):
        return address.key, Prior("Flat")
    if address.rule in ("cor", "rho"):
        return address.key, _correlations(address)
    if address.rule == "sd" and scale.group_mad is not None:
        return address.key, Prior("HalfStudentT", 3.0, scale.group_mad)
    return address.key, Prior("HalfStudentT", 3.0, scale.mad)


def flat(address: Address, scale: Scale) -> tuple[str, Prior]:
    """Return no prior at all, but LKJ(1) for correlations: for comparison with lme4."""
    if address.rule == "sd" and address.levels < address.effects + 2:
        group = address.key.split("[")[0]
        raise PriorError(
            f"flat priors leave `{group}` improper: {address.levels} levels are too few "
            f"for {address.effects} effects (at least {address.effects + 2} are needed)",
            hint='use priors="default", or give the standard deviations a proper prior, '
            f'such as {{"{group}": "HalfNormal({scale.spread:.3g})"}}',
        )
    proper = address.rule in ("cor", "rho")
    return address.key, _correlations(address) if proper else Prior("Flat")


def _correlations(address: Address) -> Prior:
    """Return the prior that is even over all correlation matrices that an address stands for.

    References
    ----------
    Lewandowski, Kurowicka and Joe (2009), doi:10.1016/j.jmva.2009.04.008: LKJ(1), whose density
    over the matrices that one correlation makes is the same for each.
    """
    if address.rule == "cor":
        return Prior("LKJ", 1.0)
    return Prior("Uniform", inner(address.least), 1.0)


SETS: Mapping[str, Rules] = {"default": default, "brms": brms, "flat": flat}
"""The sets by name."""
