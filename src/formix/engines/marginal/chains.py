"""Independence Metropolis-Hastings chains over proposals made and weighed beforehand.

Chains, not resampled draws: what their convergence and effective sample sizes say is so.

References
----------
Tierney (1994), doi:10.1214/aos/1176325750.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formix.engines.marginal.streams import of_chain, stream

if TYPE_CHECKING:
    from jaxtyping import Float, Int

    from formix.engines.marginal.mode import LogDensity
    from formix.engines.marginal.proposals import Mixture
    from formix.engines.marginal.streams import Stream

    Points = Float[np.ndarray, "point coordinate"]
    Values = Float[np.ndarray, " point"]

WARMUP = 50
"""Proposals that each chain sees before its first draw is kept: it forgets its start at the first
that it accepts."""

_BLOCK = 1024
"""Proposals that are made and weighed at once."""

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
        Of each draw, in the coordinates.
    acceptance
        The mean probability with which proposals were accepted on the way to each draw.
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


@dataclass(frozen=True)
class Shape:
    """How many chains and draws, and how many proposals there are to a draw."""

    chains: int
    draws: int
    thin: int

    @property
    def steps(self) -> int:
        """How many proposals a chain sees."""
        return WARMUP + self.draws * self.thin


def proposed(log_density: LogDensity, proposal: Mixture, seed: int, shape: Shape) -> Weighed:
    """Return every chain's proposals with their weights, one chain's after the other's."""
    parts = [
        weighed(log_density, proposal, points)
        for chain in range(shape.chains)
        for points in blocks(proposal, of_chain(seed, chain), shape.steps)
    ]
    place = np.arange(len(parts) * _BLOCK).reshape(shape.chains, -1)
    kept = place[:, : shape.steps].ravel()
    return Weighed(
        np.concatenate([part.points for part in parts])[kept],
        np.concatenate([part.log_density for part in parts])[kept],
        np.concatenate([part.log_weights for part in parts])[kept],
    )


def blocks(proposal: Mixture, own: Stream, steps: int) -> Iterator[Points]:
    """Yield a chain's proposals in blocks of one size, the last one with more than are needed.

    Libraries round a row by the size of the batch it is in: so the same proposals are the same to
    the last digit, however many there are.
    """
    for _ in range(-(-steps // _BLOCK)):
        yield proposal.draw(own, _BLOCK)


def independence_chains(
    log_density: LogDensity, proposal: Mixture, given: Weighed, seed: int, shape: Shape
) -> Chains:
    """Return chains that walk through their proposals, each seen once.

    Parameters
    ----------
    given
        What `proposed` returned for the same seed and shape.
    """
    streams = [of_chain(seed, chain) for chain in range(shape.chains)]
    first = weighed(log_density, proposal, starts(proposal, streams))
    by_chain = (shape.chains, shape.steps)
    log_weights = np.column_stack([first.log_weights, given.log_weights.reshape(by_chain)])
    walks = [
        walk(weights, np.log(own.accept.random(shape.steps)))
        for weights, own in zip(log_weights, streams, strict=True)
    ]
    place = np.stack([places for places, _ in walks])[:, WARMUP + shape.thin - 1 :: shape.thin]
    accepted = np.stack([probability for _, probability in walks])[:, WARMUP:]
    acceptance = accepted.reshape(shape.chains, shape.draws, shape.thin).mean(axis=2)
    points = given.points.reshape(*by_chain, -1)
    points = np.concatenate([first.points[:, None], points], axis=1)
    values = np.column_stack([first.log_density, given.log_density.reshape(by_chain)])
    row = np.arange(shape.chains)[:, None]
    return Chains(points[row, place], values[row, place], acceptance)


def starts(proposal: Mixture, streams: Sequence[Stream]) -> Points:
    """Return the place where each chain starts, farther out than proposals are."""
    return np.stack(
        [proposal.draw(stream(own.start), 1, inflation=_DISPERSION)[0] for own in streams]
    )


def walk(log_weights: Values, log_uniforms: Values) -> tuple[Int[np.ndarray, " step"], Values]:
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
