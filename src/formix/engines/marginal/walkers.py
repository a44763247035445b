"""Many Markov chains side by side on the same density, for posteriors that no proposal fits.

Half of the walkers of a chain move along differences of the other half's places, in turn, and now
and then try a proposal of the fitted mixture: so they need no gradient and no tuning, and one
evaluation of the density moves all of them.

References
----------
ter Braak and Vrugt (2008), doi:10.1007/s11222-008-9104-9; Goodman and Weare (2010),
doi:10.2140/camcos.2010.5.65 (complementary halves).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formix.engines.decline import Decline
from formix.engines.marginal.chains import Chains

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.marginal.mode import LogDensity
    from formix.engines.marginal.proposals import Mixture
    from formix.engines.marginal.streams import Stream

    Cloud = Float[np.ndarray, "chain walker coordinate"]
    Heights = Float[np.ndarray, "chain walker"]

_WALKERS = 64
"""Walkers of each chain; at least four a coordinate."""

_LEAPS = 0.1
"""The share of steps that try a proposal of the mixture."""

_JITTER = 1e-3

_MOST_STEPS = 8_000
_CHECKED = 1.05
"""The split R-hat of walkers, taken as chains, above which they go on."""


@dataclass(eq=False, frozen=True)
class _State:
    cloud: Cloud
    heights: Heights


def walked(
    log_density: LogDensity,
    proposal: Mixture,
    own: Stream,
    shape: tuple[int, int],
) -> Chains:
    """Return chains, each of the draws of its walkers one after another.

    Parameters
    ----------
    shape
        Chains and draws.

    Raises
    ------
    Decline
        If the walkers do not agree in time.
    """
    chains, draws = shape
    size = len(proposal.components[0].center)
    walkers = max(_WALKERS, 4 * size)
    state = _begun(log_density, proposal, own, chains, walkers)
    each = -(-draws // walkers)
    thin = max(1, 5 * size // 2)
    warm = 20 * size + 100
    while True:
        state, _, _ = _steps(log_density, proposal, own, state, warm)
        # Of few draws R-hat says nothing: it is of as many steps as walkers took to settle.
        count = max(each * thin, warm)
        state, trail, accepted = _steps(log_density, proposal, own, state, count)
        worst = split_rhat(trail.reshape(len(trail), -1, size))
        if worst < _CHECKED:
            return _chains(trail[-each * thin :], accepted, log_density, thin, draws)
        if (warm + count) * 2 > _MOST_STEPS:
            raise Decline(
                "the posterior of the standard deviations and correlations has a shape that "
                f"neither proposals nor walkers fit (split R-hat {worst:.3f})"
            )
        warm, thin = warm * 2, thin * 2


def split_rhat(trail: Float[np.ndarray, "step walker coordinate"]) -> float:
    """Return the largest split R-hat, each walker taken as a chain of its own."""
    half = len(trail) // 2
    parts = np.concatenate([trail[:half], trail[-half:]], axis=1)
    # Ranks, so that a heavy tail cannot hide a walker that stays away.
    ranks = np.argsort(np.argsort(parts.reshape(-1, parts.shape[2]), axis=0), axis=0)
    parts = ranks.reshape(parts.shape).astype(np.float64)
    within = parts.var(axis=0, ddof=1).mean(axis=0)
    between = parts.mean(axis=0).var(axis=0, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.sqrt((half - 1) / half + between / within)
    return float(np.max(np.where(np.isnan(found), np.inf, found)))


def _begun(
    log_density: LogDensity,
    proposal: Mixture,
    own: Stream,
    chains: int,
    walkers: int,
) -> _State:
    """Return dispersed places of some density."""
    size = len(proposal.components[0].center)
    cloud = np.empty((0, size))
    heights = np.empty(0)
    for _ in range(100):
        tried = proposal.draw(own, chains * walkers, inflation=1.5)
        values = log_density(tried)
        good = np.isfinite(values)
        cloud = np.concatenate([cloud, tried[good]])
        heights = np.concatenate([heights, values[good]])
        if len(cloud) >= chains * walkers:
            break
    else:
        raise Decline("no points of positive density were found to start from")
    count = chains * walkers
    return _State(
        cloud[:count].reshape(chains, walkers, size), heights[:count].reshape(chains, walkers)
    )


def _steps(
    log_density: LogDensity,
    proposal: Mixture,
    own: Stream,
    state: _State,
    count: int,
) -> tuple[_State, Float[np.ndarray, "step chain walker coordinate"], Heights]:
    """Return the state after so many steps, every place on the way, and mean acceptance."""
    cloud, heights = state.cloud.copy(), state.heights.copy()
    trail = np.empty((count, *cloud.shape))
    accepted = np.zeros(heights.shape)
    half = cloud.shape[1] // 2
    for step in range(count):
        for mine, others in (
            (slice(0, half), slice(half, None)),
            (slice(half, None), slice(0, half)),
        ):
            if own.accept.random() < _LEAPS:
                moved, bias = _leap(proposal, own, cloud[:, mine])
            else:
                moved, bias = _difference(own.effects, cloud[:, mine], cloud[:, others])
            values = log_density(moved.reshape(-1, moved.shape[-1])).reshape(moved.shape[:2])
            with np.errstate(over="ignore"):
                ratio = np.exp(np.minimum(values - heights[:, mine] + bias, 0.0))
            taken = own.accept.random(ratio.shape) < ratio
            cloud[:, mine][taken] = moved[taken]
            heights[:, mine][taken] = values[taken]
            accepted[:, mine] += ratio
        trail[step] = cloud
    return _State(cloud, heights), trail, accepted / count


def _leap(proposal: Mixture, own: Stream, mine: Cloud) -> tuple[Cloud, Heights]:
    flat = mine.reshape(-1, mine.shape[-1])
    moved = proposal.draw(own, len(flat))
    bias = proposal.log_density(flat) - proposal.log_density(moved)
    return moved.reshape(mine.shape), bias.reshape(mine.shape[:2])


def _difference(
    generator: np.random.Generator, mine: Cloud, others: Cloud
) -> tuple[Cloud, Heights]:
    """Move along the difference of two of the others; the move back is as probable."""
    chains, walkers, size = mine.shape
    row = np.arange(int(chains))[:, None]
    count = others.shape[1]
    first = generator.integers(count, size=(chains, walkers))
    second = (first + generator.integers(1, count, size=(chains, walkers))) % count
    length = 2.38 / np.sqrt(2.0 * size) * np.exp(0.5 * generator.standard_normal((chains, walkers)))
    # Now and then a whole difference: it jumps between modes.
    length = np.where(generator.random((chains, walkers)) < 0.1, 1.0, length)
    away = others[row, first] - others[row, second]
    noise = _JITTER * generator.standard_normal(mine.shape) * np.abs(away).mean(axis=(0, 1))
    return mine + length[..., None] * away + noise, np.zeros((chains, walkers))


def _chains(
    trail: np.ndarray, accepted: Heights, log_density: LogDensity, thin: int, draws: int
) -> Chains:
    """Return each chain's walkers one after another, thinned."""
    chains, walkers = trail.shape[1:3]
    thinned = trail[thin - 1 :: thin].transpose(1, 2, 0, 3)
    each = thinned.shape[2]
    points = thinned.reshape(chains, walkers * each, -1)[:, :draws]
    acceptance = np.repeat(accepted, each, axis=1)[:, :draws]
    values = log_density(points.reshape(chains * draws, -1)).reshape(chains, draws)
    return Chains(points, values, acceptance)
