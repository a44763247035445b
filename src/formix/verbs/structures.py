"""What is told of a group's covariance: each number once, where one stands for several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from formix.results.layout import Site
    from formix.results.sample import Sample


@dataclass(frozen=True)
class Deviation:
    """A standard deviation: its place in the site, and the labels that name it."""

    place: tuple[int, ...]
    labels: tuple[object, ...]


@dataclass(frozen=True)
class Pair:
    """A correlation: its place in the site, and the labels before those of its two effects."""

    place: tuple[int, ...]
    before: tuple[object, ...]


@dataclass(frozen=True)
class Told:
    """The numbers of a group's covariance that say all of it.

    Parameters
    ----------
    deviations
        The standard deviations, one where effects share it.
    correlations
        Those below the diagonal that were free, by column, as R lists them.
    """

    deviations: tuple[Deviation, ...]
    correlations: tuple[Pair, ...]


def told(drawn: Sample, sd: Site, cor: Site | None) -> Told:
    """Return what is told of a group: `rho` stands for the correlations that it makes.

    Effects of such a block that share one standard deviation are called by their factor.
    """
    draws = drawn.draws(sd).to_numpy()
    by = drawn.labels(sd.dims[0]) if len(sd.dims) > 1 else None
    names = {
        place: str(label) for place, label in enumerate(drawn.labels(sd.dims[len(sd.dims) - 1]))
    }
    size = len(names)
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
            for j in range(size)
            for i in range(j + 1, size)
            if np.any(matrix[..., i, j] != 0.0) and not any({i, j} <= own for own in made)
        ]
    one: list[tuple[tuple[int, ...], tuple[object, ...]]] = [((), ())]
    leads = one if by is None else [((k,), (level,)) for k, level in enumerate(by)]
    return Told(
        tuple(
            Deviation((*lead, place), (*level, name))
            for lead, level in leads
            for place, name in sorted(names.items())
        ),
        tuple(Pair((*lead, i, j), level) for lead, level in leads for i, j in pairs),
    )
