"""Where chains start by the normal distribution near the posterior, and the metric it gives them.

References
----------
Gelman and Rubin (1992), doi:10.1214/ss/1177011136 (starts wider than the posterior).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formix.engines.decline import Decline
from formix.engines.free import free
from formix.engines.marginal.density import one_thread
from formix.engines.near import near

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jaxtyping import Float

    from formix.engines.latent import LatentSite
    from formix.engines.near import Near
    from formix.spec import Spec

    Free = Mapping[str, Float[np.ndarray, "draw ..."]]

_POINTS, _EACH = 64, 8
"""Draws that the metric is learnt from: points of theta, and draws of the rest at each."""

_MOST = 5_000_000
"""Numbers that these draws come to, where one at each point does."""

_FARTHEST = 3.0
"""Widths from the median beyond which a draw counts as if it were there."""

REMEMBERED = 50
"""Draws that the normal distribution counts for in each window of the adaptation of the metric: as
many as the second one has, and a tenth of those of the last one of a long warm-up."""

_REACH = 6.0
"""Widths from the median beyond which no chain starts: logarithms go on without end."""

_RIDGE = 1e-2
"""Of the correlations, so that no direction of the dense block is all but without width."""


@dataclass(frozen=True, eq=False)
class Given:
    """What is given to chains.

    Parameters
    ----------
    spec, sites
        The model, and the program's latent sites.
    near
        The normal distribution.
    middle, width
        The median of each free coordinate and its standard deviation, by site.
    dense
        The covariance of the sites that share a dense block, in units of the widths.
    """

    spec: Spec
    sites: tuple[LatentSite, ...]
    near: Near
    middle: Mapping[str, np.ndarray]
    width: Mapping[str, np.ndarray]
    dense: Float[np.ndarray, "coordinate coordinate"]

    def point(self, generator: np.random.Generator) -> dict[str, np.ndarray]:
        """Return where a chain starts: free coordinates, by site."""
        with one_thread(), np.errstate(all="ignore"):
            drawn = free(self.spec, self.sites, self.near.wide(generator))
        reach = {name: _REACH * width for name, width in self.width.items()}
        return {
            name: np.clip(x[0], self.middle[name] - reach[name], self.middle[name] + reach[name])
            for name, x in drawn.items()
        }


def given(spec: Spec, sites: tuple[LatentSite, ...], dense: Sequence[str]) -> Given:
    """Return what is given to chains of a spec; nothing random enters.

    Raises
    ------
    Decline
        If there is nothing to give.
    """
    each = int(np.clip(_MOST // (_POINTS * sum(site.size for site in sites)), 1, _EACH))
    with one_thread(), np.errstate(all="ignore"):
        around = near(spec)
        drawn = free(spec, sites, around.drawn(np.random.default_rng(0), _POINTS, each))
    found = {name: _measured(x) for name, x in drawn.items()}
    count = _POINTS * each
    parts = [found[name][2].reshape(count, -1) for name in dense]
    together = np.concatenate([np.zeros((count, 0)), *parts], axis=1)
    covariance = (1.0 - _RIDGE) * (together.T @ together) / count
    return Given(
        spec,
        sites,
        around,
        {name: middle for name, (middle, _, _) in found.items()},
        {name: width for name, (_, width, _) in found.items()},
        covariance + _RIDGE * np.eye(len(covariance)),
    )


def _measured(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return medians, widths, and draws about the medians in units of widths.

    A logarithm's long tail, such as of a standard deviation that may be zero, has little say.
    """
    if not np.all(np.isfinite(x)):
        raise Decline("the normal distribution near it leads to where there is no density")
    low, middle, high = np.quantile(x, [0.1587, 0.5, 0.8413], axis=0)
    half = 0.5 * (high - low)
    if not np.all(half > 0.0):
        raise Decline("the normal distribution near it has no width")
    scaled = np.clip((x - middle) / half, -_FARTHEST, _FARTHEST)
    scaled = scaled - scaled.mean(axis=0)
    sd = np.sqrt(np.mean(np.square(scaled), axis=0))
    return middle, half * sd, scaled / sd
