"""What a prior of coefficients together says: the priors of its sites, and scales that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

import numpy as np

from formix.errors import PriorError
from formix.prior.prior import Prior
from formix.spec import prefix

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.prior.kind import Joint, JointSite

    Array = Float[np.ndarray, "..."]


_DIGITS = 12


@dataclass(frozen=True, eq=False)
class Shrinkage:
    """Coefficients of one predictor, the last of its columns, whose prior is one of all together.

    Parameters
    ----------
    predictor
        The parameter of the family whose predictor it is.
    prior
        What it expands to sites of its own, from which a scale follows for each coefficient.
    labels
        Of the columns.
    units
        What that scale is in, a coefficient.
    dispersion
        The site in whose multiples the units are; empty where there is none.
    unit
        What the units are, over the width of a column, in words.
    beside_intercept
        Whether there is an intercept too, so that columns are as wide as their standard deviations.
    rows
        How many the data have.
    """

    predictor: str
    prior: Prior
    labels: tuple[str, ...]
    units: Float[np.ndarray, " coef"]
    dispersion: str
    unit: str
    beside_intercept: bool
    rows: int

    @property
    def prefix(self) -> str:
        """What stands before its site names."""
        return prefix(self.predictor)

    @property
    def site(self) -> str:
        """The site of the coefficients."""
        return f"{self.prefix}beta"


def is_joint(prior: object) -> TypeGuard[Prior]:
    """Whether a prior is one of several coefficients together."""
    return isinstance(prior, Prior) and prior.kind.joint is not None


def joint(prior: Prior) -> Joint:
    """Return what a prior of coefficients together expands to.

    Raises
    ------
    LookupError
        If it is of one number.
    """
    if prior.kind.joint is None:
        raise LookupError(prior.name)
    return prior.kind.joint


def site_priors(prior: Prior, rows: int) -> tuple[tuple[JointSite, Prior], ...]:
    """Return the sites of a prior of coefficients together, each with its own prior.

    Parameters
    ----------
    rows
        How many rows the data have.
    """
    # Rounded where products of decimals are no decimals.
    return tuple(
        (site, Prior(site.kind, *site.arguments(prior.named, rows)).rounded(_DIGITS))
        for site in joint(prior).sites
    )


def shrunk_scales(prior: Prior, values: Mapping[str, Array]) -> Float[np.ndarray, "... coef"]:
    """Return the standard deviations of the coefficients in their units.

    Parameters
    ----------
    values
        Of the sites, by name; a number a coefficient is along the last axis.
    """
    of: dict[str, Array] = {name: np.asarray(x) for name, x in prior.named.items()}
    for site in joint(prior).sites:
        of[site.name] = values[site.name] if site.each else np.asarray(values[site.name])[..., None]
    return joint(prior).scales(of)


def misplaced(key: str, prior: Prior) -> PriorError:
    """Return the error of a prior of coefficients together that is given to something else."""
    before, dot, _ = key.partition("[")[0].rpartition(".")
    return PriorError(
        f"`{prior}` is not a prior for `{key}`: it is of all coefficients but the intercept",
        hint=f'give it to all of them: {{"{before}{dot}beta": "{prior.name}(...)"}}',
    )
