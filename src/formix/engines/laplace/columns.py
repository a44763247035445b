"""The columns of a model, and the sums over rows that its cross-products are made of.

Rows have weights that change from step to step, and columns that do not: so the sums are matrices,
made once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from formix.engines.marginal.levels import entries

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.marginal.coefficients import Coefficients
    from formix.engines.marginal.structure import Structure


@dataclass(frozen=True, eq=False)
class Columns:
    """A model's columns, and the coordinates of its coefficients."""

    of: Structure
    coefficients: Coefficients

    @cached_property
    def all(self) -> Float[np.ndarray, "obs coef1"]:
        """The columns of Q, and what the centre of the coefficients takes from a response."""
        return self.coefficients.columns(self.of.X, np.zeros(self.of.rows))

    @cached_property
    def products(self) -> Float[np.ndarray, "obs entry"]:
        """The products of the columns of Q with one another."""
        Q = self.all[:, :-1]
        return np.stack([Q[:, i] * Q[:, j] for i, j in entries(Q.shape[1])], axis=1)

    def sums(self, f: int, i: int) -> sparse.csr_array:
        """Return the matrix that sums over rows of each level of a group, times its column."""
        group = self.of.groups[f]
        return self._kept((f, i), lambda: indicator(group.index, group.levels, group.Z[:, i]))

    def borders(self, f: int, i: int) -> sparse.csr_array:
        """Return the matrix that sums over rows of each level, times columns of group and Q."""
        group, Q = self.of.groups[f], self.all[:, :-1]

        def make() -> sparse.csr_array:
            each = [indicator(group.index, group.levels, group.Z[:, i] * q) for q in Q.T]
            return sparse.csr_array(sparse.vstack(each, format="csr"))

        return self._kept((f, i, -1), make)

    def pairs(self, f: int, i: int, h: int, j: int) -> sparse.csr_array:
        """Return the matrix that sums over rows of each pair of levels, times both columns."""
        one, other = self.of.groups[f], self.of.groups[h]
        code = one.index.astype(np.int64) * other.levels + other.index
        return self._kept(
            (f, i, h, j),
            lambda: indicator(code, one.levels * other.levels, one.Z[:, i] * other.Z[:, j]),
        )

    def _kept(self, key: tuple[int, ...], make: Callable[[], sparse.csr_array]) -> sparse.csr_array:
        if key not in self._matrices:
            self._matrices[key] = make()
        return self._matrices[key]

    @cached_property
    def _matrices(self) -> dict[tuple[int, ...], sparse.csr_array]:
        return {}


def indicator(
    index: np.ndarray, count: int, column: Float[np.ndarray, " obs"] | None = None
) -> sparse.csr_array:
    """Return the matrix that sums over rows of each level, times a column."""
    values = np.ones(len(index)) if column is None else column
    return sparse.csr_array((values, (index, np.arange(len(index)))), shape=(count, len(index)))


def is_one(column: Float[np.ndarray, " obs"]) -> bool:
    """Whether a column is that of an intercept."""
    return bool(np.all(column == 1.0))
