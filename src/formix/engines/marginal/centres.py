"""Centres that share out draws: places among the proposals, each near to some of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.engines.marginal.streams import of_chain

if TYPE_CHECKING:
    from jaxtyping import Float, Int

    from formix.engines.marginal.density import Marginal
    from formix.engines.marginal.proposals import Mixture

_CANDIDATES, _ROUNDS = 2000, 8
"""Draws among which centres are sought, and how often they are moved."""

_TOLD = 2.0
"""Precision that the data bring to an effect, in units of its prior's, from which they tell it."""


def centres_of(proposal: Mixture, count: int, seed: int) -> Float[np.ndarray, "centre coordinate"]:
    """Return places that share out the proposals: means of the draws nearest to each."""
    points = proposal.draw(of_chain(seed, -1), _CANDIDATES)
    inverse = np.linalg.inv(proposal.components[0].root)
    z = points @ inverse.T
    means = z[:count].copy()
    for _ in range(_ROUNDS):
        place = nearest(z, means)
        for k in range(count):
            mine = z[place == k]
            if len(mine):
                means[k] = mine.mean(axis=0)
    return means @ proposal.components[0].root.T


def nearest(
    points: Float[np.ndarray, "point coordinate"], centres: Float[np.ndarray, "centre coordinate"]
) -> Int[np.ndarray, " point"]:
    """Return the centre that each point is nearest to."""
    square = np.square(centres).sum(axis=1) - 2.0 * points @ centres.T
    return np.argmin(square, axis=1)


def told(of: Marginal, centres: Float[np.ndarray, "centre coordinate"]) -> frozenset[int]:
    """Return the groups left whose levels have data enough to tell their effects from none.

    A little change of a standard deviation moves their standardised effects more than themselves.
    """
    middle = np.mean(centres, axis=0, keepdims=True)
    scales = of.coordinates.scales(of.coordinates.inside(middle))
    precision = of.precision(scales)[0]
    found: set[int] = set()
    for f, _, size in of.algebra.layout.groups:
        factor, grams = scales.factors[f][0], of.algebra.statistics.grams[f]
        information = precision * np.einsum("ji,ljk,ki->l", factor, grams, factor) / size
        if np.mean(information) > _TOLD:
            found.add(f)
    return frozenset(found)
