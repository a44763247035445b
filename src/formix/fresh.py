"""Effects of levels that a fit has not seen, drawn from the distribution of their group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float, Int

    from formix.spec import Block

_LEAST = 1e-300
"""A precision that is as good as none."""

_EFFECTS, _MEAN = 101, 102
"""Purposes of random numbers: the effects of new levels, and what all of them share.

Responses and residuals have purposes of their own, below these.
"""

_TOGETHER = 64
"""New levels whose random numbers are one stream: any of them can be drawn again by itself."""


@dataclass(frozen=True, eq=False)
class FreshLevels:
    """What draws effects of new levels: by seed and level the same, in whatever order asked for.

    Parameters
    ----------
    blocks
        Those of one group's sites, whose effects stand side by side.
    scaled
        The factor of their covariance, at every sample.
    seed
        Of the random numbers, with a number of the group's own.
    df
        The degrees of freedom of effects of a t distribution; nothing for normal ones.
    """

    blocks: tuple[Block, ...]
    scaled: Float[np.ndarray, "sample effect effect"]
    seed: tuple[int, ...]
    df: Float[np.ndarray, " sample"] | None = None

    @property
    def site(self) -> str:
        """The site of the group-level effects."""
        return f"{self.blocks[0].prefix}r_{self.blocks[0].group}"

    def effects(
        self, levels: Int[np.ndarray, " level"]
    ) -> Float[np.ndarray, "sample level effect"]:
        """Return effects of some of the new levels, by their number."""
        samples, size = self.scaled.shape[:2]
        standard = np.empty((samples, len(levels), size))
        for stream in np.unique(levels // _TOGETHER):
            generator = self._generator(_EFFECTS, int(stream))
            drawn = generator.standard_normal((_TOGETHER, samples, size))
            if self.df is not None:
                half = np.broadcast_to(0.5 * self.df, (_TOGETHER, samples))
                precision = np.maximum(generator.gamma(half, 1.0 / half), _LEAST)
                drawn /= np.sqrt(precision)[..., None]
            mine = np.flatnonzero(levels // _TOGETHER == stream)
            standard[:, mine] = np.swapaxes(drawn[levels[mine] % _TOGETHER], 0, 1)
        if self.blocks[0].varying.sum_to_zero:
            # Effects are those of the population less the mean of the levels of the fit, which is
            # the same for all new ones.
            mean = self._generator(_MEAN, 0).standard_normal((samples, 1, size))
            standard -= mean / np.sqrt(len(self.blocks[0].levels))
        return standard @ np.swapaxes(self.scaled, -1, -2)

    def _generator(self, purpose: int, stream: int) -> np.random.Generator:
        """Return random numbers that nothing else draws: a seed's trailing zeros do not count."""
        first, *group = self.seed
        return np.random.default_rng([first, purpose, *group, stream])


def fresh_levels(
    blocks: tuple[Block, ...], values: Mapping[str, np.ndarray], seed: tuple[int, ...]
) -> FreshLevels:
    """Return what draws effects of new levels of a group, from its standard deviations."""
    before, group = blocks[0].prefix, blocks[0].group
    sd = values[f"{before}sd_{group}"]
    correlation = values.get(f"{before}cor_{group}")
    if correlation is None:
        scaled = sd[:, :, None] * np.eye(sd.shape[1])
    else:
        scaled = sd[:, :, None] * _factor(correlation)
    df = values[f"{before}df_{group}"] if blocks[0].varying.student else None
    return FreshLevels(blocks, scaled, seed, df)


def _factor(correlation: Float[np.ndarray, "sample k k"]) -> Float[np.ndarray, "sample k k"]:
    """Return lower factors of correlation matrices, which may be singular to rounding."""
    try:
        return np.linalg.cholesky(correlation)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(correlation)
        return vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :]
