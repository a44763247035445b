"""Independence Metropolis-Hastings chains over proposals made and weighed beforehand.

Chains, not resampled draws: what their convergence and effective sample sizes say is so.

References
----------
Tierney (1994), doi:10.1214/aos/1176325750.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float, Int

    from formix.engines.marginal.mode import LogDensity
    from formix.engines.marginal.proposals import Mixture

    Points = Float[np.ndarray, "point coordinate"]
    Values = Float[np.ndarray, " point"]

WARMUP = 50
"""Proposals that each chain sees before its first draw is kept: it forgets its start at the first
that it accepts."""

_DISPERSION = 2.0
"""Starts lie so many times farther out than proposals."""


@dataclass(frozen=True, eq=False)
class Chains:
    """Draws of what is sampled.

    Parameters
    ----------
    points
        Chain, draw, coordinate.
    log_density
        Of each draw.
    acceptance
        The mean probability with which proposals were accepted on the way to each draw.
    place
        Which of all distinct points each draw is.
    """

    points: Float[np.ndarray, "chain draw coordinate"]
    log_density: Float[np.ndarray, "chain draw"]
    acceptance: Float[np.ndarray, "chain draw"]


@dataclass(frozen=True, eq=False)
class Weighed:
    """Proposals, the density at each, and the log of its importance weight."""

    points: Points
    log_density: Values
    log_weights: Values


def weighed(log_density: LogDensity, proposal: Mixture, points: Points) -> Weighed:
    """Return points with their importance weights; a point of no density has none."""
    values = log_density(points)
    return Weighed(points, values, values - proposal.log_density(points))


def independence_chains(
    log_density: LogDensity,
    proposal: Mixture,
    generator: np.random.Generator,
    proposed: Weighed,
    shape: tuple[int, int, int],
) -> Chains:
    """Return chains that walk through proposals, each proposal seen once by one chain.

    Parameters
    ----------
    proposed
        As many as there are steps: chains times (warm-up plus draws times thinning).
    shape
        Chains, draws, and how many proposals there are to a draw.
    """
    chains, draws, thin = shape
    start = proposal.draw(generator, chains, inflation=_DISPERSION)
    first = weighed(log_density, proposal, start)
    steps = len(proposed.points) // chains
    log_weights = np.column_stack(
        [first.log_weights, proposed.log_weights[: chains * steps].reshape(chains, steps)]
    )
    uniforms = np.log(generator.random((chains, steps)))
    places, accepted = zip(
        *(_walk(w, u) for w, u in zip(log_weights, uniforms, strict=True)), strict=True
    )
    kept = slice(steps - draws * thin + thin - 1, None, thin)
    place = np.stack(places)[:, kept]
    probability = np.stack(accepted)[:, -draws * thin :].reshape(chains, draws, thin).mean(axis=2)
    points = np.concatenate(
        [start[:, None], proposed.points[: chains * steps].reshape(chains, steps, -1)], axis=1
    )
    values = np.concatenate(
        [first.log_density[:, None], proposed.log_density[: chains * steps].reshape(chains, steps)],
        axis=1,
    )
    row = np.arange(chains)[:, None]
    return Chains(points[row, place], values[row, place], probability)


def _walk(log_weights: Values, log_uniforms: Values) -> tuple[Int[np.ndarray, " step"], Values]:
    """Return where the chain stands after each step, and how probable the step was."""
    weights, uniforms = log_weights.tolist(), log_uniforms.tolist()
    now, current = 0, weights[0]
    places: list[int] = []
    seen: list[float] = []
    for step, uniform in enumerate(uniforms, start=1):
        seen.append(current)
        if uniform < weights[step] - current or current == -np.inf:
            now, current = step, weights[step]
        places.append(now)
    before = np.array(seen)
    with np.errstate(invalid="ignore"):
        ratio = np.where(np.isneginf(before), 0.0, log_weights[1:] - before)
    return np.array(places), np.exp(np.minimum(ratio, 0.0))
