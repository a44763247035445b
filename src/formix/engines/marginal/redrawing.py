"""Exact draws of group-level effects, given all else that a result holds of its draws.

So a result need not hold the effects: given coefficients, scales and data they are Gaussian. Only
rows that bear on the levels asked for are looked at: theirs, and those of levels they share rows
with, and so on. Normals belong to a chain, a draw and a level, whatever else is drawn with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from formix.engines.marginal.coefficients import coefficients
from formix.engines.marginal.dense import joined, solution, solved, split
from formix.engines.marginal.density import algebra, one_thread
from formix.engines.marginal.stored import factor, sigmas
from formix.engines.marginal.structure import structure
from formix.engines.marginal.support import likelihood_fault
from formix.errors import UnsupportedError

if TYPE_CHECKING:
    from jaxtyping import Float, Int

    from formix.engines.marginal.density import Algebra
    from formix.engines.marginal.reduced import Reduced
    from formix.engines.marginal.structure import Structure
    from formix.spec import Spec

    Flat = Mapping[str, Float[np.ndarray, "sample ..."]]
    Effects = Float[np.ndarray, "sample level effect"]

_STREAM = 7
"""Sets these normals apart from those that a fit was drawn with."""

_BLOCK = 4096
"""Levels whose normals come from one generator."""

_AT_ONCE = 2_000_000
"""Effects and samples that are made at once: bounds the memory, not the answer."""


@dataclass(frozen=True, eq=False)
class Redrawing:
    """What draws effects again.

    Parameters
    ----------
    of, algebra
        The model of the rows that bear on the levels, and its cross-products.
    levels
        For each group, which of the model's levels these rows have.
    totals
        For each group, how many levels the model has.
    seed
        Of the normals.
    """

    of: Structure
    algebra: Algebra
    levels: tuple[Int[np.ndarray, " level"], ...]
    totals: tuple[int, ...]
    seed: int

    @property
    def at_once(self) -> int:
        """How many samples are worked on at once."""
        numbers = sum(levels * size for levels, size in self.algebra.sizes)
        return max(1, min(self.algebra.batch, _AT_ONCE // max(numbers, 1)))

    def drawn(self, values: Flat, places: Int[np.ndarray, "sample two"]) -> dict[str, Effects]:
        """Return the effects of each group by its site, at some samples.

        Parameters
        ----------
        values
            The other sites, at these samples.
        places
            The chain and the draw of each.
        """
        with one_thread(self.algebra):
            return self._drawn(values, places)

    def _drawn(self, values: Flat, places: Int[np.ndarray, "sample two"]) -> dict[str, Effects]:
        samples, layout = len(places), self.algebra.layout
        factors = [factor(group, values) for group in self.of.groups]
        precision = np.ones(samples)
        if self.of.scaled:
            precision = 1.0 / np.square(sigmas(self.of, values, samples))
        reduced = self.algebra.reduce(factors, precision)
        # Without common effects there is no site of theirs.
        g = self.algebra.common.g(values.get("beta", np.empty((samples, 0))))
        normals = [self._normals(f, places) for f in range(len(factors))]
        order = [f for f, _, _ in layout.groups]
        flat = [normals[f].reshape(samples, -1) for f in order]
        unknowns = self._left(reduced, factors, g, np.concatenate([*flat, g[:, :0]], axis=1))
        *standard, _ = split(unknowns, layout)
        effects = {
            f: u @ np.swapaxes(factors[f], 1, 2) for u, f in zip(standard, order, strict=True)
        }
        eliminated = self.algebra.eliminated
        inner = [np.swapaxes(normals[f], 1, 2) for f in eliminated]
        found = reduced.effects(joined([effects[f] for f in order], g), inner)
        effects |= {f: np.swapaxes(r, 1, 2) for f, r in zip(eliminated, found, strict=True)}
        return {f"r_{one.name}": effects[f] for f, one in enumerate(self.of.groups) if one.name}

    def _left(
        self,
        reduced: Reduced,
        factors: list[Float[np.ndarray, "sample effect effect"]],
        g: Float[np.ndarray, "sample coef"],
        normals: Float[np.ndarray, "sample column"],
    ) -> Float[np.ndarray, "sample column"]:
        """Return the standardised effects that elimination leaves, given the coefficients."""
        q, none = self.algebra.layout.effects, np.empty((len(g), 0))
        lower = solved(reduced.form, self.algebra.layout, factors, none).lower
        # The coefficients come after the effects, so that these have a factor of their own.
        lower[:, -1, :q] -= (g[:, None, :] @ lower[:, q:-1, :q])[:, 0]
        lower[:, q, :q] = lower[:, -1, :q]
        return solution(lower[:, : q + 1, : q + 1], normals)

    def _normals(self, group: int, places: Int[np.ndarray, "sample two"]) -> Effects:
        """Return the standard normals of a group's levels at each sample."""
        levels, total = self.levels[group], self.totals[group]
        size = self.of.groups[group].size
        answer = np.empty((len(places), len(levels), size))
        for block in np.unique(levels // _BLOCK).tolist():
            mine = levels // _BLOCK == block
            within = levels[mine] - block * _BLOCK
            shape = (min(_BLOCK, total - block * _BLOCK), size)
            for sample, (chain, draw) in enumerate(places.tolist()):
                key = np.random.SeedSequence(
                    self.seed, spawn_key=(_STREAM, group, block, chain, draw)
                )
                normals = np.random.Generator(np.random.Philox(key)).standard_normal(shape)
                answer[sample, mine] = normals[within]
        return answer


def redrawing(
    spec: Spec, seed: int, group: str = "", levels: Int[np.ndarray, " level"] | None = None
) -> Redrawing:
    """Return what draws the effects of some levels of a group again; by default all of all groups.

    Raises
    ------
    UnsupportedError
        If the effects are not Gaussian given all else.
    """
    fault = likelihood_fault(spec)
    if fault:
        raise UnsupportedError(
            f"the group-level effects of this model cannot be drawn again: {fault}",
            hint='fit again and keep them: model.fit(keep_groups="draws")',
        )
    of = structure(spec)
    with one_thread():
        common = coefficients(of, priors=False)
        # Coefficients are given: their prior is of no account, but few rows may not tell them.
        prior = np.eye(common.size + 1)
        prior[-1, -1] = 0.0
        common = replace(common, prior=prior)
        some, present = _bearing(of, group, levels)
        how = algebra(some, common)
    totals = tuple(group.levels for group in of.groups)
    return Redrawing(some, how, present, totals, seed)


def _bearing(
    of: Structure, group: str, levels: Int[np.ndarray, " level"] | None
) -> tuple[Structure, tuple[Int[np.ndarray, " level"], ...]]:
    """Return the rows that bear on some levels of a group, and the levels that they have."""
    if levels is None:
        return of, tuple(np.arange(one.levels) for one in of.groups)
    target = next(f for f, one in enumerate(of.groups) if one.name == group)
    starts = np.cumsum([0, *(one.levels for one in of.groups)])
    nodes = [start + one.index for start, one in zip(starts[:-1], of.groups, strict=True)]
    ends = np.concatenate(nodes[1:]) if len(nodes) > 1 else nodes[0]
    begins = np.tile(nodes[0], max(len(nodes) - 1, 1))
    links = sparse.coo_array((np.ones(len(ends)), (begins, ends)), shape=(starts[-1], starts[-1]))
    _, part = connected_components(links, directed=False)
    rows = np.isin(part[nodes[0]], part[starts[target] + levels])
    return _cut(of, rows, target, levels)


def _cut(
    of: Structure,
    rows: np.ndarray,
    target: int,
    levels: Int[np.ndarray, " level"],
) -> tuple[Structure, tuple[Int[np.ndarray, " level"], ...]]:
    groups, present = list(of.groups), list[np.ndarray]()
    for f, one in enumerate(of.groups):
        index = one.index[rows]
        # A level that no row has is drawn from its prior.
        mine = np.union1d(index, levels) if f == target else np.unique(index)
        present.append(mine)
        groups[f] = replace(
            one, Z=one.Z[rows], index=np.searchsorted(mine, index), levels=len(mine)
        )
    weights = None if of.weights is None else of.weights[rows]
    some = replace(of, y=of.y[rows], X=of.X[rows], weights=weights, groups=tuple(groups))
    return some, tuple(present)
