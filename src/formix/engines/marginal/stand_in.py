"""Normal priors that stand in for others of coefficients, so that all can be integrated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from formix.engines.marginal.coefficients import is_gaussian
from formix.prior import Prior

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.marginal.density import Marginal
    from formix.engines.marginal.structure import Structure
    from formix.prior import PriorEntry

_LOOSE = 1.5
"""A normal prior stands in for a heavier one with so many times its scale."""


@dataclass(frozen=True, eq=False)
class StandIn:
    """A model whose coefficients all have normal or flat priors, and what that changed."""

    structure: Structure
    places: tuple[int, ...]
    given: tuple[PriorEntry, ...]
    taken: tuple[PriorEntry, ...]

    def log_ratio(
        self, of: Marginal, g: Float[np.ndarray, "point coef"]
    ) -> Float[np.ndarray, " point"]:
        """Return the log of the priors given over those taken."""
        total = np.zeros(len(g))
        if not self.places:
            return total
        values = of.algebra.common.prior_coordinates(g)
        for place, given, taken in zip(self.places, self.given, self.taken, strict=True):
            total += given.of_table.log_density(values[:, place])
            total -= taken.of_table.log_density(values[:, place])
        return total


def stand_in(of: Structure) -> StandIn:
    """Return a model whose coefficients can all be integrated; weights make up for the change."""
    places = tuple(j for j, entry in enumerate(of.beta) if not is_gaussian(entry))
    given = tuple(of.beta[j] for j in places)
    taken = tuple(replace(entry, prior=_normal(entry.of_table)) for entry in given)
    changed = dict(zip(places, taken, strict=True))
    beta = tuple(changed.get(j, entry) for j, entry in enumerate(of.beta))
    return StandIn(replace(of, beta=beta), places, given, taken)


def _normal(prior: Prior) -> Prior:
    named = prior.named
    if "loc" in named and "scale" in named:
        return Prior("Normal", named["loc"], _LOOSE * named["scale"])
    return Prior("Flat")
