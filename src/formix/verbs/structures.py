"""What is told of a group's covariance: each number once, where one stands for several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from formix.results.layout import Site
    from formix.results.sample import Sample


@dataclass(frozen=True)
class Told:
    """The numbers of a group's covariance that say all of it.

    Parameters
    ----------
    deviations
        The places of standard deviations, and what each is called.
    correlations
        The places below the diagonal of correlations that were free, by column, as R lists them.
    """

    deviations: tuple[tuple[int, str], ...]
    correlations: tuple[tuple[int, int], ...]


def told(drawn: Sample, sd: Site, cor: Site | None) -> Told:
    """Return what is told of a group: `rho` stands for the correlations that it makes.

    Effects of such a block that share one standard deviation are called by their factor.
    """
    labels = drawn.labels(sd.dims[-1])
    draws = drawn.draws(sd).to_numpy()
    names = {place: str(label) for place, label in enumerate(labels)}
    made: list[set[int]] = []
    for site in drawn.of("covariance"):
        if site.effects and (site.group, site.predictor) == (sd.group, sd.predictor):
            own = [sd.effects.index(effect) for effect in site.effects]
            made.append(set(own))
            first = draws[..., own[0]]
            if all(np.array_equal(draws[..., place], first) for place in own[1:]):
                names = {p: name for p, name in names.items() if p not in own[1:]}
                names[own[0]] = names[own[0]].partition("[")[0]
    pairs: list[tuple[int, int]] = []
    if cor is not None:
        matrix = drawn.draws(cor).to_numpy()
        pairs = [
            (i, j)
            for j in range(len(labels))
            for i in range(j + 1, len(labels))
            if np.any(matrix[..., i, j] != 0.0) and not any({i, j} <= own for own in made)
        ]
    return Told(tuple(sorted(names.items())), tuple(pairs))
