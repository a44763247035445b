"""Normal priors that stand in for others of coefficients, so that all can be integrated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from formix.engines.marginal.coefficients import coefficient_priors, is_gaussian
from formix.prior import Prior, PriorTable

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.marginal.density import Marginal
    from formix.prior import PriorEntry
    from formix.spec import Spec

_LOOSE = 1.5
"""A normal prior stands in for a heavier one with so many times its scale."""


@dataclass(frozen=True, eq=False)
class StandIn:
    """A spec whose coefficients all have normal or flat priors, and what that changed."""

    spec: Spec
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


def stand_in(spec: Spec) -> StandIn:
    """Return a spec whose coefficients can all be integrated; weights make up for the change."""
    entries = coefficient_priors(spec)
    places = tuple(j for j, entry in enumerate(entries) if not is_gaussian(entry))
    given = tuple(entries[j] for j in places)
    taken = tuple(replace(entry, prior=_normal(entry.of_table)) for entry in given)
    changed = {entry.key: entry for entry in taken}
    table = tuple(changed.get(entry.key, entry) for entry in spec.priors)
    priors = PriorTable(table, spec.priors.name)
    return StandIn(replace(spec, priors=priors), places, given, taken)


def _normal(prior: Prior) -> Prior:
    named = prior.named
    if "loc" in named and "scale" in named:
        return Prior("Normal", named["loc"], _LOOSE * named["scale"])
    return Prior("Flat")
