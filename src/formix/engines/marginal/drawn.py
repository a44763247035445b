"""What sampling returns: every site by chain and draw, and how good the proposals were."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import Float

    from formix.engines.moments import Moments

    ByDraw = Float[np.ndarray, "chain draw"]


@dataclass(frozen=True)
class Quality:
    """How well proposals fit.

    Parameters
    ----------
    k_hat
        The shape of the tail of importance weights.
    importance_ess
        How many independent draws all proposals are worth.
    proposals, thin
        How many were made in all, and for each draw.
    refits, modes
        How often they were fitted again, and around how many modes.
    method
        `independence` or `walkers`.
    centres
        How many factors the draws shared; none where every draw has its own.
    """

    k_hat: float
    importance_ess: float
    proposals: int
    refits: int
    modes: int
    method: str
    thin: int
    centres: int = 0


@dataclass(frozen=True, eq=False)
class Drawn:
    """Chains of everything.

    Parameters
    ----------
    values
        Every site of the results that the spec names and that is kept.
    log_density
        Of each draw, in the generated program's own sites.
    acceptance
        The mean probability with which proposals were accepted on the way to each draw.
    moments
        Of the sites that are summarised instead, the earlier draws of a run that goes on left out.
    """

    values: dict[str, np.ndarray]
    log_density: ByDraw
    acceptance: ByDraw
    quality: Quality
    moments: dict[str, Moments] = field(default_factory=dict[str, "Moments"])

    def between(self, first: int, last: int) -> Drawn:
        """Return the draws of each chain from one place to another."""
        kept = slice(first, last)
        return replace(
            self,
            values={site: value[:, kept] for site, value in self.values.items()},
            log_density=self.log_density[:, kept],
            acceptance=self.acceptance[:, kept],
        )
