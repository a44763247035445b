"""The joint log density of everything, from the same cross-products: no factor is needed for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.marginal.coordinates import Scales
    from formix.engines.marginal.density import Algebra, Marginal

    Values = Float[np.ndarray, " point"]
    Effects = Float[np.ndarray, "point level effect"]

_LOG_2PI = float(np.log(2.0 * np.pi))


@dataclass(frozen=True, eq=False)
class Whole:
    """Cross-products of all columns with one another, and the diagonal apart.

    Parameters
    ----------
    of
        The marginal posterior.
    above
        Those above the diagonal; columns are each group's effects by level, then those of Q, then
        the residual.
    diagonal
        Those on it.
    """

    of: Marginal
    above: sparse.csr_array
    diagonal: Float[np.ndarray, " column"]

    def log_density(
        self,
        scales: Scales,
        precision: Values,
        effects: Sequence[Effects],
        standard: Sequence[Effects],
        g: Float[np.ndarray, "point coef"],
    ) -> Values:
        """Return the log density of data, coefficients (as `g`) and standardised effects.

        Parameters
        ----------
        effects, standard
            For each group, its effects, and those divided by the factor of their covariance.
        """
        algebra = self.of.algebra
        points = len(g)
        last = np.full((points, 1), -1.0)
        x = np.concatenate([*(r.reshape(points, -1) for r in effects), g, last], axis=1).T
        square = 2.0 * np.einsum("cp,cp->p", x, self.above @ x) + self.diagonal @ np.square(x)
        tail = np.concatenate([g, last], axis=1)
        square = precision * square + np.einsum("pi,ij,pj->p", tail, algebra.common.prior, tail)
        count = 0
        for u in standard:
            square += np.square(u).reshape(points, -1).sum(axis=1)
            count += u[0].size
        rows = algebra.statistics.rows * (np.log(precision) - _LOG_2PI)
        constant = algebra.statistics.log_weights - count * _LOG_2PI
        total = 0.5 * (constant + rows - square) + algebra.common.log_constant
        return total + scales.log_prior + scales.log_slope


def whole(of: Marginal) -> Whole:
    """Return the cross-products of all columns with one another."""
    products = _products(of.algebra)
    return Whole(of, sparse.csr_array(sparse.triu(products, k=1)), products.diagonal())


def _products(algebra: Algebra) -> sparse.csr_array:
    found = algebra.statistics
    count = len(algebra.sizes)
    blocks: list[list[sparse.csr_array]] = []
    for f in range(count):
        row = [_diagonal(found.grams[f]) if f == h else found.coupling(f, h) for h in range(count)]
        border = sparse.csr_array(found.borders[f].reshape(-1, len(found.cross)))
        blocks.append([*row, border])
    last = [sparse.csr_array(blocks[f][-1].T) for f in range(count)]
    blocks.append([*last, sparse.csr_array(found.cross)])
    return sparse.csr_array(sparse.block_array(blocks, format="csr"))


def _diagonal(grams: Float[np.ndarray, "level effect effect"]) -> sparse.csr_array:
    levels, size = int(grams.shape[0]), int(grams.shape[1])
    rows = np.repeat(np.arange(levels * size), size)
    columns = np.repeat(np.arange(levels) * size, size * size) + np.tile(
        np.arange(size), levels * size
    )
    shape = (levels * size, levels * size)
    return sparse.csr_array((grams.ravel(), (rows, columns)), shape=shape)
