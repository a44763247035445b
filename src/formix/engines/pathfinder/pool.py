"""Draws from several approximations, and which of them are taken by their weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import logsumexp

from formix.engines.moments import Moments, added

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jaxtyping import Float, Int

    from formix.engines.pathfinder.machine import Ground
    from formix.engines.pathfinder.path import Nearest

    Values = Float[np.ndarray, " draw"]
    Draws = Float[np.ndarray, "draw coordinate"]
    Chosen = Int[np.ndarray, " taken"]


@dataclass(frozen=True, eq=False)
class Approximation:
    """A normal distribution, and the coordinates that it is in."""

    ground: Ground
    nearest: Nearest

    @property
    def bound(self) -> float:
        """The evidence lower bound, in free coordinates."""
        return self.nearest.bound + self.ground.log_width

    def log_density(self, free: Draws) -> Values:
        """Return the log density at free coordinates."""
        point, width = self.ground.scale
        return self.nearest.normal.log_density((free - point) / width) - self.ground.log_width


class Pool:
    """Draws of each approximation in turn, made in batches and made again where they are needed.

    Parameters
    ----------
    found
        The approximations.
    batch, least
        How many draws are made at once, and how many there are at least of each.
    seed
        Of the random numbers.
    """

    def __init__(self, found: Sequence[Approximation], batch: int, least: int, seed: int) -> None:
        self._found, self._batch, self._seed = found, batch, seed
        self._blocks = -(-least // batch)

    def densities(self) -> tuple[Values, Values]:
        """Return the log density of all draws, and their log weights.

        A draw is weighed against the mean of all approximations, whichever it is from: one that is
        far in the tail of its own may be likely under another.
        """
        densities: list[Values] = []
        weights: list[Values] = []
        for place in range(len(self._found) * self._blocks):
            one, x = self._draws(place)
            point, width = one.ground.scale
            mine = one.ground.looks(x)
            each = [other.log_density(point + width * x) for other in self._found]
            densities.append(mine)
            mean: Values = logsumexp(each, axis=0) - np.log(len(each))
            weights.append(mine - mean)
        return np.concatenate(densities), np.concatenate(weights)

    def bounds(self) -> Values:
        """Return of each draw the bound of what it is from.

        They are the log weights of distributions that do not overlap in the mixture of them that
        is nearest to the posterior.
        """
        return np.repeat([one.bound for one in self._found], self._blocks * self._batch)

    def taken(self, log_weights: Values, count: int) -> Chosen:
        """Return which draws are taken, each as often as its weight says, give or take one.

        Those that are the same follow one another, and else the order is a random one.
        """
        generator = np.random.default_rng([self._seed, 2])
        order: Chosen = generator.permutation(len(log_weights))
        weights: Values = np.exp(log_weights - np.max(log_weights))[order]
        reached: Values = np.cumsum(weights)
        places = (np.arange(count) + generator.uniform()) / count * reached[-1]
        return order[np.searchsorted(reached, places)]

    def sites(
        self, chosen: Chosen, summarised: Sequence[str]
    ) -> tuple[dict[str, np.ndarray], dict[str, Moments]]:
        """Return the sites of the draws that are taken, and the moments of those summarised."""
        kept: dict[str, np.ndarray] = {}
        moments: dict[str, Moments] = {}
        places = chosen // self._batch
        for place in np.unique(places):
            mine = np.flatnonzero(places == place)
            rows, which, times = np.unique(
                chosen[mine] % self._batch, return_inverse=True, return_counts=True
            )
            one, x = self._draws(int(place))
            found = one.ground.sites(x[rows])
            for site, values in found.items():
                if site not in summarised:
                    room = kept.setdefault(site, np.empty((len(chosen), *values.shape[1:])))
                    room[mine] = values[which]
            added(moments, {site: found[site] for site in summarised}, times)
        return kept, moments

    def _draws(self, place: int) -> tuple[Approximation, Draws]:
        """Return a batch of draws, and what they are from."""
        one = self._found[place // self._blocks]
        generator = np.random.default_rng([self._seed, 1, place])
        size = len(one.nearest.normal.mean)
        return one, one.nearest.normal.draws(generator.standard_normal((self._batch, size)))
