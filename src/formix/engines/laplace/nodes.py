"""Points of theta, weighed by its approximate posterior, and which of them each draw has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from formix.engines.decline import Decline
from formix.engines.marginal.chains import weighed
from formix.engines.marginal.mode import Mode
from formix.engines.marginal.pareto import importance_ess, smoothed
from formix.engines.marginal.proposals import DF, at_modes, fitted

if TYPE_CHECKING:
    from jaxtyping import Float, Int

    from formix.engines.laplace.mode import JointMode
    from formix.engines.marginal.chains import Weighed
    from formix.engines.marginal.proposals import Mixture
    from formix.engines.marginal.streams import Stream

    Points = Float[np.ndarray, "point coordinate"]
    Values = Float[np.ndarray, " point"]

_MOST_WORK = 2_000_000
"""Rows, times points of theta, that are worth their time."""

_FEWEST, _EACH = 100, 50
"""Points of theta at least, and more for each of its numbers, to tell how heavy weights are."""

_EVEN = 5.0
"""Points for each number of theta and each square root of a draw: being even, they tell about as
much of the mean of a number as independent draws do."""

_PRIMES = [p for p in range(2, 200) if all(p % q for q in range(2, p))]

_EDGE = 1e-12
"""Between the points and the edges of the cube, where there is no normal quantile."""

_GATE = 0.5
"""k-hat at and beyond which proposals are fitted again to what has been seen."""

_COMPONENTS = 3


@dataclass(frozen=True, eq=False)
class Nodes:
    """Points of theta, and which of them each draw has.

    Parameters
    ----------
    theta
        The points.
    chosen
        For each draw the place of its point, in random order.
    k_hat, ess
        How heavy the tail of the weights is, and how many of the points weights leave.
    """

    theta: Points
    chosen: Int[np.ndarray, " draw"]
    k_hat: float
    ess: float


def nodes(mode: JointMode, own: Stream, draws: int) -> Nodes:
    """Return points of theta for so many draws.

    Raises
    ------
    Decline
        If the approximate density is nowhere positive.
    """
    if not len(mode.theta):
        nothing = np.zeros((1, 0))
        return Nodes(nothing, np.zeros(draws, dtype=np.int64), 0.0, float(draws))
    count = _count(len(mode.theta), draws, mode.density.structure.rows)
    density = mode.density.log_density
    none = np.zeros(len(mode.theta), dtype=bool)
    peak = Mode(mode.theta, mode.log_density, mode.root)
    proposal = at_modes(density, [peak], [], none, thorough=False)
    tried = weighed(density, proposal, even(proposal, own.normal, count))
    if not np.any(np.isfinite(tried.log_weights)):
        raise Decline("its log density is not finite around the mode")
    weights, k_hat = smoothed(tried.log_weights)
    if k_hat >= _GATE:
        again = fitted(own, tried.points, np.exp(weights), proposal, _COMPONENTS)
        more = weighed(density, again, even(again, own.normal, count))
        other, k_other = smoothed(more.log_weights)
        if k_other < k_hat:
            tried, weights, k_hat = more, other, k_other
    return _chosen(tried, weights, k_hat, own, draws)


def _count(size: int, draws: int, rows: int) -> int:
    """Return how many points to weigh."""
    enough = min(draws, max(_MOST_WORK // rows, int(_EVEN * size * np.sqrt(draws))))
    return max(_FEWEST + _EACH * size, enough)


def even(proposal: Mixture, generator: np.random.Generator, count: int) -> Points:
    """Return points of a proposal that lie more evenly than independent draws.

    They are a scrambled Halton sequence: each is distributed as a draw is, so that weighted means
    stay what they are on average; but they differ far less from seed to seed. Points of theta are
    dear, and each is shared by many draws.

    References
    ----------
    Owen (2017), arXiv:1706.02808.
    """
    size = len(proposal.components[0].center)
    columns = [_scrambled(prime, count, generator) for prime in _PRIMES[: size + 2]]
    cube = np.clip(np.stack(columns, axis=1), _EDGE, 1.0 - _EDGE)
    spread = special.chdtri(DF, cube[:, 1]) / DF
    return proposal.placed(cube[:, 0], special.ndtri(cube[:, 2:]) / np.sqrt(spread)[:, None])


def _scrambled(base: int, count: int, generator: np.random.Generator) -> Values:
    """Return numbers between 0 and 1 whose digits are those of 0, 1, 2, ... the other way round.

    Digits of each place change places at random.
    """
    found, rest, unit = np.zeros(count), np.arange(count), 1.0
    while unit > _EDGE:
        unit /= base
        found += unit * generator.permutation(base)[rest % base]
        rest //= base
    return found + unit * generator.random(count)


def _chosen(tried: Weighed, weights: Values, k_hat: float, own: Stream, draws: int) -> Nodes:
    """Return the points, each for as many draws as it weighs."""
    bounds = np.cumsum(np.exp(weights))
    # Evenly spaced in the sum of weights, so that no chance is added to how often a point is drawn.
    spaced = (np.arange(draws) + own.accept.random()) / draws * bounds[-1]
    chosen = np.asarray(np.searchsorted(bounds[:-1], spaced, side="right"), dtype=np.int64)
    return Nodes(
        tried.points, chosen[own.accept.permutation(draws)], k_hat, importance_ess(weights)
    )
