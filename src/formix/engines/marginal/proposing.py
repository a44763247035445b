"""The sampled numbers: mode, proposals, how well they fit, and chains through them or beside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formix.engines.marginal.chains import Chains, Shape, independence_chains, proposed, weighed
from formix.engines.marginal.drawn import Quality
from formix.engines.marginal.mode import edges, modes
from formix.engines.marginal.pareto import importance_ess, smoothed
from formix.engines.marginal.proposals import Mixture, at_modes, fitted
from formix.engines.marginal.start import start
from formix.engines.marginal.streams import of_chain
from formix.engines.marginal.walkers import walked

if TYPE_CHECKING:
    from formix.engines.marginal.chains import Weighed
    from formix.engines.marginal.density import Marginal
    from formix.engines.marginal.streams import Stream

GATE = 0.5
"""k-hat at and beyond which the variance of importance weights may be infinite."""

_PILOT = 1024
"""Proposals a coordinate, and as many again, by which proposals are judged and fitted."""

_ENOUGH, _FAIR = 0.6, 0.3
"""Shares of independent draws that a pilot's draws are worth: enough to stop at; enough to stop at
where a refit gains little."""

_GAIN = 1.15
_REFITS = 5
_MOST_COMPONENTS = 8

_CHEAP = 100_000.0
"""Operations at a point, up to which several proposals are made for each draw kept."""

_SAME, _MOST_THIN = 0.02, 6
"""How probable it may be that a draw is the one before it, and proposals a draw at most."""

_MORE = 4
"""So many times more proposals, where the first ones do not pass the gate."""


@dataclass(frozen=True, eq=False)
class Pilot:
    """Proposals that were tried, and how they came about."""

    proposal: Mixture
    tried: Weighed
    refits: int
    modes: int

    @property
    def share(self) -> float:
        """The share of independent draws that the tried ones are worth."""
        return importance_ess(self.tried.log_weights) / len(self.tried.log_weights)


def sampled(
    of: Marginal, seed: int, chains: int, draws: int, thin: int | None = None
) -> tuple[Chains, Quality]:
    """Return chains of what is left to be sampled, and how well the proposals fitted.

    Parameters
    ----------
    thin
        Proposals a draw, of a run that goes on; by default as many as it takes.

    Raises
    ------
    Decline
        If neither proposals nor walkers fit the density.
    """
    if of.size == 0:
        return _nothing(of, chains, draws)
    pilot = piloted(of, of_chain(seed, -1))
    shape = Shape(chains, draws, thin or thinning(of, pilot))
    given = proposed(of.log_density, pilot.proposal, seed, shape)
    k_hat = _k_hat(pilot, given)
    if k_hat >= GATE and thin is None and of.algebra.work <= _CHEAP:
        shape = Shape(chains, draws, _MORE * shape.thin)
        given = proposed(of.log_density, pilot.proposal, seed, shape)
        k_hat = _k_hat(pilot, given)
    if k_hat < GATE:
        drawn = independence_chains(of.log_density, pilot.proposal, given, seed, shape)
    else:
        drawn = walked(of.log_density, pilot.proposal, of_chain(seed, -1), (chains, draws))
    return drawn, Quality(
        k_hat=k_hat,
        importance_ess=importance_ess(given.log_weights),
        proposals=len(given.points),
        refits=pilot.refits,
        modes=pilot.modes,
        method="independence" if k_hat < GATE else "walkers",
        thin=shape.thin,
    )


def _k_hat(pilot: Pilot, given: Weighed) -> float:
    """Return k-hat of the tried and the given proposals together: a few alone say little."""
    return smoothed(np.concatenate([pilot.tried.log_weights, given.log_weights]))[1]


def _nothing(of: Marginal, chains: int, draws: int) -> tuple[Chains, Quality]:
    """Return chains where nothing is sampled: every draw is exact and independent."""
    points = np.zeros((chains, draws, 0))
    values = np.full((chains, draws), float(of.log_density(np.zeros((1, 0)))[0]))
    count = chains * draws
    quality = Quality(-np.inf, float(count), count, 0, 0, "independence", 1)
    return Chains(points, values, np.ones((chains, draws))), quality


def thinning(of: Marginal, pilot: Pilot) -> int:
    """Return how many proposals to make for a draw, so that draws are all but independent."""
    if of.algebra.work > _CHEAP:
        return 1
    share = min(pilot.share, 0.98)
    return int(np.clip(np.ceil(np.log(_SAME) / np.log1p(-share)), 1, _MOST_THIN))


def piloted(of: Marginal, own: Stream) -> Pilot:
    """Return proposals around the modes, fitted again to weighted draws while that helps."""
    proposal, modes_found = around_modes(of)
    count = _PILOT * (of.size + 1)
    tried = weighed(of.log_density, proposal, proposal.draw(own, count))
    best = Pilot(proposal, tried, 0, modes_found)
    value = _worth(tried)
    for refit in range(1, _REFITS + 1):
        if value >= _ENOUGH:
            return best
        weights = np.exp(smoothed(tried.log_weights)[0])
        components = min(2 * refit, _MOST_COMPONENTS)
        again = fitted(own, tried.points, weights, proposal, components)
        tried = weighed(of.log_density, again, again.draw(own, count))
        worth = _worth(tried)
        settled = worth < _GAIN * value and value > _FAIR
        if worth > value:
            best, value = Pilot(again, tried, refit, modes_found), worth
        if settled:
            return best
    return best


def around_modes(of: Marginal, *, thorough: bool = True) -> tuple[Mixture, int]:
    """Return proposals around the modes, and how many modes there are.

    Parameters
    ----------
    thorough
        Whether the density is cheap enough to look for other modes along whole lines.
    """
    first = start(of)
    folded = of.coordinates.folded
    found = modes(of.mirrored, first.point, first.units, first.widths, folded, thorough=thorough)
    near_zero = edges(of.mirrored, found[0], first.units, first.widths, folded, thorough=thorough)
    proposal = at_modes(of.log_density, found, near_zero, folded, thorough=thorough)
    return proposal, len(found)


def _worth(tried: Weighed) -> float:
    """Return the share of independent draws that proposals are worth, little if weights vary."""
    if not np.any(np.isfinite(tried.log_weights)):
        return 0.0
    share = importance_ess(tried.log_weights) / len(tried.log_weights)
    return share if smoothed(tried.log_weights)[1] < GATE else 0.1 * share
