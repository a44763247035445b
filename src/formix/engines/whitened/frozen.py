"""Working weights and responses -> the normal model whose conditional distribution whitens."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from formix.engines.marginal.coefficients import Coefficients
from formix.engines.marginal.statistics import statistics
from formix.engines.whitened.layout import mapping, places, structure
from formix.engines.whitened.shared import products

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.marginal.statistics import Statistics
    from formix.engines.marginal.structure import Structure
    from formix.engines.whitened.layout import Layout
    from formix.prior import Prior
    from formix.spec import Spec

    Rows = Float[np.ndarray, " obs"]
    Moving = Float[np.ndarray, " moving"]
    Tilts = Float[np.ndarray, "moving obs"]

Frozen = dict[str, Any]
"""Arrays that the compiled programs take: cross-products weighted by row, of everything but the
standard deviations and correlations."""

_DRAWN = 4001
"""Draws from which the width of a prior is told that is not normal."""

_FLATTEST = 1e-10
"""The least precision of a coefficient, in units of what the rows say of it."""


class Freezing:
    """Makes the normal model of a spec, for any weights and working response.

    Parameters
    ----------
    spec
        The model.
    of
        Its layout.
    """

    def __init__(self, spec: Spec, of: Layout) -> None:
        self._of = of
        self._structure = structure(spec)
        means = np.zeros(of.common)
        self._common = Coefficients(
            order=tuple(range(of.common)),
            integrated=of.common,
            means=means,
            R=np.eye(of.common),
            center=means,
            prior=np.zeros((of.common + 1, of.common + 1)),
            log_constant=0.0,
        )
        T = mapping(spec, of)
        priors = [_normal(self._structure.beta[place].of_table) for place in places(spec, of)]
        self._centre = np.array([centre for centre, _ in priors])
        self._precision = np.array([precision for _, precision in priors])
        self._structure = replace(self._structure, X=self._structure.X @ T)
        self._parents = _parents(self._structure, of)

    def frozen(
        self, weights: Rows, response: Rows, at: Moving | None = None, tilts: Tilts | None = None
    ) -> Frozen:
        """Return the arrays, given each row's weight and working response less the offset.

        Parameters
        ----------
        at
            The coordinates that move rows' densities, where weights and responses are as given.
        tilts
            By how much the slope of each row's log density changes with each of them.
        """
        count = len(self._of.moving)
        at = np.zeros(count) if at is None else at
        tilts = np.zeros((count, len(weights))) if tilts is None else tilts
        of = replace(self._structure, y=response, weights=weights)
        found = statistics(of, self._common)
        chain, left = self._of.eliminated, self._of.left
        arrays: Frozen = {
            "grams": tuple(found.grams[f] for f in chain),
            "ups": tuple(
                tuple(_up(self._of, found, f, h, self._parents[f, h]) for h in chain[t + 1 :])
                for t, f in enumerate(chain)
            ),
            "borders": tuple(_border(self._of, found, f) for f in chain),
            "rights": tuple(found.borders[f][..., -1] for f in chain),
            "parents": tuple(
                tuple(self._parents[f, h] for h in chain[t + 1 :]) for t, f in enumerate(chain)
            ),
            "base": self._base(found),
            "right": np.concatenate(
                [
                    *(found.borders[f][..., -1].ravel() for f in left),
                    found.cross[:-1, -1] + self._proper(found) * self._centre,
                ]
            ),
            "at": at,
            "tilts": tuple(self._tilt(f, tilts) for f in chain),
            "tilt": np.concatenate(
                [
                    *(self._tilt(f, tilts).reshape(self._of.groups[f].count, count) for f in left),
                    self._structure.X.T @ tilts.T,
                ]
            ),
        }
        return with_products(self._of, arrays)

    def _tilt(self, f: int, tilts: Tilts) -> Float[np.ndarray, "level effect moving"]:
        """Return by how much what a group's columns add up to changes with what moves rows."""
        group = self._structure.groups[f]
        found = np.zeros((group.levels, group.size, len(tilts)))
        for i in range(group.size):
            for j, tilt in enumerate(tilts):
                found[:, i, j] = np.bincount(group.index, group.Z[:, i] * tilt, group.levels)
        return found

    def _proper(self, found: Statistics) -> Float[np.ndarray, " coef"]:
        return np.maximum(self._precision, _FLATTEST * np.diag(found.cross)[:-1])

    def _base(self, found: Statistics) -> Float[np.ndarray, "column column"]:
        """Return the cross-products of what is left with itself, the coefficients' priors added."""
        left, count = self._of.left, self._of.common
        of = self._of.groups
        blocks: list[list[np.ndarray]] = []
        for f in left:
            row = [
                _diagonal(found.grams[f]) if f == h else found.coupling(f, h).toarray()
                for h in left
            ]
            blocks.append([*row, found.borders[f][..., :-1].reshape(of[f].count, count)])
        last = found.cross[:-1, :-1] + np.diag(self._proper(found))
        blocks.append([*(row[-1].T for row in blocks), last])
        return np.block(blocks)


def with_products(of: Layout, arrays: Frozen) -> Frozen:
    """Return the arrays, and products of them where chains are to share those."""
    if len(of.eliminated) != 1:
        return arrays
    found = products(arrays["borders"][0])
    return arrays if found is None else arrays | {"products": found}


def _up(
    of: Layout, found: Statistics, f: int, h: int, parents: np.ndarray
) -> Float[np.ndarray, "level effect effect"]:
    """Return the cross-products of each level's columns with those of the level it is in."""
    inner, outer = of.groups[f], of.groups[h]
    coupling = found.coupling(f, h)
    answer = np.empty((inner.levels, inner.size, outer.size))
    rows = np.arange(inner.levels) * inner.size
    for i in range(inner.size):
        for j in range(outer.size):
            answer[:, i, j] = coupling[rows + i, parents * outer.size + j]
    return answer


def _border(of: Layout, found: Statistics, f: int) -> Float[np.ndarray, "level effect column"]:
    """Return the cross-products of each level's columns with all that is left."""
    group = of.groups[f]
    parts = [found.coupling(f, h).toarray() for h in of.left]
    parts.append(found.borders[f][..., :-1].reshape(group.count, of.common))
    return np.concatenate(parts, axis=1).reshape(group.levels, group.size, of.dense)


def _diagonal(grams: Float[np.ndarray, "level effect effect"]) -> np.ndarray:
    levels, size = grams.shape[:2]
    answer = np.zeros((levels, size, levels, size))
    answer[np.arange(levels), :, np.arange(levels)] = grams
    return answer.reshape(levels * size, levels * size)


def _parents(of: Structure, where: Layout) -> dict[tuple[int, int], np.ndarray]:
    found: dict[tuple[int, int], np.ndarray] = {}
    for t, f in enumerate(where.eliminated):
        for h in where.eliminated[t + 1 :]:
            parents = np.zeros(of.groups[f].levels, dtype=np.int64)
            parents[of.groups[f].index] = of.groups[h].index
            found[f, h] = parents
    return found


def _normal(prior: Prior) -> tuple[float, float]:
    """Return the centre and the precision of a normal prior like this one."""
    if prior.name == "Normal":
        centre, scale = prior.arguments
        return centre, 1.0 / scale**2
    if not prior.is_proper:
        return 0.0, 0.0
    drawn = prior.draw(np.random.default_rng(1), (_DRAWN,))
    low, centre, high = np.quantile(drawn, [0.25, 0.5, 0.75])
    return float(centre), float((1.349 / max(high - low, 1e-300)) ** 2)
