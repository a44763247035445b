"""Cross-products of a model's columns, its rows weighted differently at each point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.engines.laplace.columns import indicator, is_one
from formix.engines.marginal.levels import entries
from formix.engines.marginal.nested import Nest

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.laplace.columns import Columns
    from formix.engines.marginal.dense import Layout
    from formix.engines.marginal.structure import GroupColumns

    Rows = Float[np.ndarray, "point obs"]


class Products:
    """Cross-products at points of the columns of groups, Q and the residual."""

    def __init__(self, columns: Columns, layout: Layout, weights: Rows, response: Rows) -> None:
        self.columns, self.layout, self.points = columns, layout, len(weights)
        self.groups = columns.of.groups
        # A row's points lie together, so that sums over rows add up vectors.
        self.weights = np.ascontiguousarray(weights.T)
        self.residual = np.ascontiguousarray(response.T) + columns.all[:, -1:]
        self.weighted = self.weights * self.residual
        self.Q = columns.all[:, :-1]

    def base(self) -> Float[np.ndarray, "point column column"]:
        """Return those of what is left with itself."""
        layout = self.layout
        q, size = layout.effects, self.Q.shape[1]
        answer = np.zeros((self.points, q + size + 1, q + size + 1))
        self._cross(answer[:, q:, q:])
        start = 0
        for place, (f, levels, wide) in enumerate(layout.groups):
            every = start + np.arange(levels) * wide
            for i in range(wide):
                answer[:, every + i, q:] = np.moveaxis(self._border(f, i), 1, 2)
                for j in range(wide):
                    answer[:, every + i, every + j] = self._sums(f, i, f, j)
                other = start + levels * wide
                for h, count, columns in layout.groups[place + 1 :]:
                    for j in range(columns):
                        there = other + np.arange(count) * columns + j
                        pairs = self._pairs(f, i, h, j)
                        answer[:, (every + i)[:, None], there[None]] = pairs
                    other += count * columns
            start += levels * wide
        upper = np.triu_indices(q + size + 1, 1)
        answer[:, upper[1], upper[0]] = answer[:, upper[0], upper[1]]
        return answer

    def _cross(self, into: np.ndarray) -> None:
        size = self.Q.shape[1]
        if size:
            rows, columns = zip(*entries(size), strict=True)
            products = (self.columns.products.T @ self.weights).T
            into[:, rows, columns] = into[:, columns, rows] = products
            into[:, :size, size] = into[:, size, :size] = (self.Q.T @ self.weighted).T
        into[:, size, size] = np.sum(self.weighted * self.residual, axis=0)

    def nest(self, f: int, later: tuple[int, ...]) -> Nest:
        """Return those of an eliminated group with all that comes after it.

        Parameters
        ----------
        f
            The group.
        later
            Those that are eliminated after it, each within the next.
        """
        group, layout = self.groups[f], self.layout
        q, size = layout.effects, self.Q.shape[1]
        left = np.empty((self.points, q + size + 1, group.size, group.levels))
        for i in range(group.size):
            left[:, q:, i] = self._border(f, i)
            start = 0
            for h, levels, wide in layout.groups:
                stop = start + levels * wide
                for j in range(wide):
                    left[:, start + j : stop : wide, i] = self._pairs(h, j, f, i)
                start = stop
        gram = [self._sums(f, i, f, j) for i, j in entries(group.size)]
        parents = [_parents(group, self.groups[h]) for h in later]
        return Nest(
            group=f,
            gram=np.stack(gram, axis=1),
            up=tuple(self._up(f, h) for h in later),
            left=left,
            parents=tuple(parents),
            sums=tuple(
                indicator(above, self.groups[h].levels)
                for above, h in zip(parents, later, strict=True)
            ),
        )

    def _up(self, inner: int, outer: int) -> Float[np.ndarray, "point column effect level"]:
        each = [
            [self._sums(inner, i, outer, j) for i in range(self.groups[inner].size)]
            for j in range(self.groups[outer].size)
        ]
        return np.stack([np.stack(row, axis=1) for row in each], axis=1)

    def _border(self, f: int, i: int) -> Float[np.ndarray, "point coef1 level"]:
        """Return the products of a group's column with those of Q and the residual, by level."""
        size, levels = self.Q.shape[1], self.groups[f].levels
        answer = np.empty((self.points, size + 1, levels))
        if size:
            sums = self.columns.borders(f, i) @ self.weights
            answer[:, :size] = np.moveaxis(sums.reshape(size, levels, self.points), 2, 0)
        answer[:, size] = (self.columns.sums(f, i) @ self.weighted).T
        return answer

    def _sums(self, f: int, i: int, h: int, j: int) -> Float[np.ndarray, "point level"]:
        """Return the products of a group's column with that of another, by level of the first."""
        column = self.groups[h].Z[:, j]
        values = self.weights if is_one(column) else self.weights * column[:, None]
        return (self.columns.sums(f, i) @ values).T

    def _pairs(self, f: int, i: int, h: int, j: int) -> Float[np.ndarray, "point level other"]:
        """Return the products of two groups' columns, by the levels of both."""
        sums = self.columns.pairs(f, i, h, j) @ self.weights
        shape = (self.groups[f].levels, self.groups[h].levels, self.points)
        return np.moveaxis(sums.reshape(shape), 2, 0)


def _parents(inner: GroupColumns, outer: GroupColumns) -> np.ndarray:
    parents = np.zeros(inner.levels, dtype=np.int64)
    parents[inner.index] = outer.index
    return parents
