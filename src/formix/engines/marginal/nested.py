"""Elimination of groups that are nested in one another: block diagonal all the way up.

A group whose levels each lie within one level of the next leaves that one's precision block
diagonal, so that it can be eliminated in turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formix.engines.marginal.levels import (
    applied,
    entries,
    mixed_back,
    sum_products,
    unmixed_back,
    whitened,
)
from formix.engines.marginal.reduced import Reduced

if TYPE_CHECKING:
    from jaxtyping import Float, Int
    from scipy import sparse

    from formix.engines.marginal.levels import Half
    from formix.engines.marginal.reduced import Effects, Factors, Left, Precision

    Columns = Float[np.ndarray, "#point column effect level"]


@dataclass(frozen=True, eq=False)
class Nest:
    """One group of a chain, of the innermost first.

    Parameters
    ----------
    group
        Its place among the model's groups.
    gram
        Cross-products of its columns with one another, packed.
    up
        Cross-products with the columns of each later group of the chain, at a level's parent.
    left
        Cross-products with all that is left.
    parents
        For each later group of the chain, the level of it that each level lies in.
    sums
        For each of those, the matrix that sums over the levels within a parent.
    """

    group: int
    gram: Float[np.ndarray, "entry level"]
    up: tuple[Columns, ...]
    left: Columns
    parents: tuple[Int[np.ndarray, " level"], ...]
    sums: tuple[sparse.csr_array, ...]


@dataclass(frozen=True, eq=False)
class _Stage:
    """What a group's elimination leaves behind: its whitening, and that applied to its columns."""

    half: Half
    up: tuple[Columns, ...]
    left: Columns


@dataclass(frozen=True, eq=False)
class NestedElimination:
    """Eliminates a chain of nested groups; with one group alone, any group.

    Parameters
    ----------
    chain
        The groups, the innermost first.
    left
        The groups that are left.
    base
        Cross-products of what is left with itself.
    """

    chain: tuple[Nest, ...]
    left: tuple[int, ...]
    base: Float[np.ndarray, "column column"]

    @property
    def eliminated(self) -> tuple[int, ...]:
        """The groups that it eliminates, in order."""
        return tuple(nest.group for nest in self.chain)

    @property
    def cost(self) -> int:
        """How many numbers a point takes in memory."""
        held = sum(2 * (nest.left.size + sum(up.size for up in nest.up)) for nest in self.chain)
        return held + self.base.size

    def reduce(self, factors: Factors, precision: Precision) -> Reduced:
        """Return what is left, given every group's factor and the noise's precision."""
        scale = precision[:, None, None, None]
        form = precision[:, None, None] * self.base
        grams = [precision[:, None, None] * nest.gram for nest in self.chain]
        ups = [[scale * up for up in nest.up] for nest in self.chain]
        lefts = [scale * nest.left for nest in self.chain]
        log_determinant = np.zeros(len(precision))
        stages: list[_Stage] = []
        for t, nest in enumerate(self.chain):
            determinant, half = whitened(grams[t], factors[nest.group])
            log_determinant += determinant.sum(axis=-1)
            up = tuple(applied(half, columns) for columns in ups[t])
            left = applied(half, lefts[t])
            flat = left.reshape(*left.shape[:2], -1)
            form -= flat @ np.swapaxes(flat, -1, -2)
            for s, mine in enumerate(up):
                later = t + 1 + s
                grams[later] -= _summed(_packed_products(mine), nest.sums[s])
                lefts[later] -= _summed(_products(left, mine), nest.sums[s])
                for r in range(s + 1, len(up)):
                    more = _summed(_products(up[r], mine), nest.sums[s])
                    ups[later][r - s - 1] -= more
            stages.append(_Stage(half, up, left))

        def effects(x: Left, normals: Sequence[Effects]) -> list[Effects]:
            return self._effects(stages, x, normals)

        def normals(x: Left, effects: Sequence[Effects]) -> list[Effects]:
            return self._normals(stages, x, effects)

        return Reduced(form, log_determinant, effects, normals)

    def _effects(self, stages: list[_Stage], x: Left, normals: Sequence[Effects]) -> list[Effects]:
        found: list[Effects] = [np.empty(0)] * len(stages)
        for t in reversed(range(len(stages))):
            found[t] = mixed_back(stages[t].half, normals[t] - self._pull(stages, t, x, found))
        return found

    def _normals(self, stages: list[_Stage], x: Left, effects: Sequence[Effects]) -> list[Effects]:
        return [
            unmixed_back(stage.half, effects[t]) + self._pull(stages, t, x, effects)
            for t, stage in enumerate(stages)
        ]

    def _pull(self, stages: list[_Stage], t: int, x: Left, effects: Sequence[Effects]) -> Effects:
        """Return what the parents' effects and what is left take from a group's own."""
        stage, nest = stages[t], self.chain[t]
        flat = stage.left.reshape(*stage.left.shape[:2], -1)
        pull = (x[:, None] @ flat).reshape(len(x), *stage.left.shape[2:])
        for s, columns in enumerate(stage.up):
            parents = effects[t + 1 + s][:, :, nest.parents[s]]
            for i in range(columns.shape[1]):
                pull += columns[:, i] * parents[:, i, None]
        return pull


def _summed(
    values: Float[np.ndarray, "point ... level"], sums: sparse.csr_array
) -> Float[np.ndarray, "point ... parent"]:
    flat = values.reshape(-1, values.shape[-1])
    return (sums @ flat.T).T.reshape(*values.shape[:-1], sums.shape[0])


def _packed_products(columns: Columns) -> Float[np.ndarray, "point entry level"]:
    return np.stack(
        [
            sum_products(columns[:, i : i + 1], columns[:, j : j + 1])[:, 0]
            for i, j in entries(columns.shape[1])
        ],
        axis=1,
    )


def _products(one: Columns, other: Columns) -> Float[np.ndarray, "point column effect level"]:
    return np.stack([sum_products(other[:, j : j + 1], one) for j in range(other.shape[1])], axis=2)
