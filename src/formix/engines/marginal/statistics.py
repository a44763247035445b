"""Cross-products of Z, X and y by level, in one pass: after it nothing of the size of the data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from formix.engines.marginal.coefficients import chunks

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.marginal.coefficients import Coefficients
    from formix.engines.marginal.structure import GroupColumns, Structure

    Border = Float[np.ndarray, "coef1 coef1"]


@dataclass(frozen=True, eq=False)
class Statistics:
    """Sums over rows of products of columns, weighted; those of two sets of rows add up.

    Parameters
    ----------
    rows, log_weights
        How many rows, and the sum of the logs of their weights.
    cross
        Of the columns of Q and the residual with one another.
    grams
        For each group, of its columns with one another, by level.
    borders
        For each group, of its columns with those of Q and the residual, by level.
    couplings
        For each pair of groups, of the columns of one with those of the other: a sparse matrix
        with a row for each effect of each level of the first.
    """

    rows: int
    log_weights: float
    cross: Border
    grams: tuple[Float[np.ndarray, "level effect effect"], ...]
    borders: tuple[Float[np.ndarray, "level effect coef1"], ...]
    couplings: dict[tuple[int, int], sparse.csr_array]

    def __add__(self, other: Statistics) -> Statistics:
        """Return the statistics of both sets of rows, made with the same coefficients' map."""
        return Statistics(
            self.rows + other.rows,
            self.log_weights + other.log_weights,
            self.cross + other.cross,
            tuple(a + b for a, b in zip(self.grams, other.grams, strict=True)),
            tuple(a + b for a, b in zip(self.borders, other.borders, strict=True)),
            {
                pair: sparse.csr_array(coupling + other.couplings[pair])
                for pair, coupling in self.couplings.items()
            },
        )

    def coupling(self, one: int, other: int) -> sparse.csr_array:
        """Return the products of two groups' columns, the first group's in rows."""
        if one < other:
            return self.couplings[one, other]
        return sparse.csr_array(self.couplings[other, one].T)


def statistics(of: Structure, coefficients: Coefficients) -> Statistics:
    """Return the statistics of a model's rows."""
    parts = (of_rows(of, coefficients, rows) for rows in chunks(of.rows))
    return reduce(lambda total, part: total + part, parts)


def of_rows(of: Structure, coefficients: Coefficients, rows: slice) -> Statistics:
    """Return the statistics of some rows."""
    common = coefficients.columns(of.X[rows], of.y[rows])
    weights = None if of.weights is None else of.weights[rows]
    weighted = common if weights is None else common * weights[:, None]
    Zs = [np.ascontiguousarray(group.Z[rows].T) for group in of.groups]
    scaled = Zs if weights is None else [Z * weights for Z in Zs]
    indices = [group.index[rows] for group in of.groups]
    pairs = [(f, h) for f in range(len(Zs)) for h in range(f + 1, len(Zs))]
    return Statistics(
        rows=len(common),
        log_weights=0.0 if weights is None else float(np.sum(np.log(weights))),
        cross=common.T @ weighted,
        grams=tuple(
            _gram(group, index, Z, W)
            for group, index, Z, W in zip(of.groups, indices, Zs, scaled, strict=True)
        ),
        borders=tuple(
            _border(group, index, W, common)
            for group, index, W in zip(of.groups, indices, scaled, strict=True)
        ),
        couplings={
            (f, h): _coupling(of.groups[f], of.groups[h], indices[f], indices[h], scaled[f], Zs[h])
            for f, h in pairs
        },
    )


def _gram(
    group: GroupColumns, index: np.ndarray, Z: np.ndarray, W: np.ndarray
) -> Float[np.ndarray, "level effect effect"]:
    answer = np.empty((group.levels, len(Z), len(Z)))
    for i in range(len(Z)):
        for j in range(i + 1):
            answer[:, i, j] = np.bincount(index, W[i] * Z[j], group.levels)
            answer[:, j, i] = answer[:, i, j]
    return answer


def _border(
    group: GroupColumns, index: np.ndarray, W: np.ndarray, common: np.ndarray
) -> Float[np.ndarray, "level effect coef1"]:
    answer = np.empty((group.levels, len(W), common.shape[1]))
    for i, row in enumerate(W):
        for j, column in enumerate(common.T):
            answer[:, i, j] = np.bincount(index, row * column, group.levels)
    return answer


def _coupling(
    one: GroupColumns,
    other: GroupColumns,
    index: np.ndarray,
    other_index: np.ndarray,
    W: np.ndarray,
    Z: np.ndarray,
) -> sparse.csr_array:
    """Return the products of two groups' columns, summed over the rows of each pair of levels."""
    shape = (one.levels * len(W), other.levels * len(Z))
    values: list[np.ndarray] = []
    rows: list[np.ndarray] = []
    columns: list[np.ndarray] = []
    pair, inverse = _pairs(index, other_index, other.levels)
    first, second = np.divmod(pair, other.levels)
    for i in range(len(W)):
        for j in range(len(Z)):
            values.append(np.bincount(inverse, W[i] * Z[j], len(pair)))
            rows.append(first * len(W) + i)
            columns.append(second * len(Z) + j)
    place = (np.concatenate(rows), np.concatenate(columns))
    return sparse.csr_array((np.concatenate(values), place), shape=shape)


def _pairs(index: np.ndarray, other: np.ndarray, levels: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of levels that occur, coded as one number, and each row's pair."""
    code = index.astype(np.int64) * levels + other
    return np.unique(code, return_inverse=True)
