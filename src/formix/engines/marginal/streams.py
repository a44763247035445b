"""Random numbers in streams of their own, so that more draws begin with the draws of fewer.

Each kind of random number of each chain has its generator: none depends on how many draws are asked
for, nor on how many other chains there are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_KINDS = 6
"""Five generators, and the seed of the place where a chain starts."""


@dataclass(frozen=True, eq=False)
class Stream:
    """The generators of one chain, by what they are used for.

    Parameters
    ----------
    component, normal, spread
        Which component a proposal is of, its direction, its distance.
    accept, effects
        Whether a proposal is accepted; what coefficients and effects are drawn.
    start
        The seed of the stream of the place where the chain starts.
    """

    component: np.random.Generator
    normal: np.random.Generator
    spread: np.random.Generator
    accept: np.random.Generator
    effects: np.random.Generator
    start: np.random.SeedSequence


def stream(seed: np.random.SeedSequence) -> Stream:
    """Return the generators that a seed gives."""
    *kinds, start = seed.spawn(_KINDS)
    component, normal, spread, accept, effects = (np.random.default_rng(kind) for kind in kinds)
    return Stream(component, normal, spread, accept, effects, start)


def of_chain(seed: int, chain: int) -> Stream:
    """Return the generators of a chain; chain -1 is what is tried before any chain starts."""
    return stream(np.random.SeedSequence([seed, chain + 1]))
