"""Elimination of one group whose levels share few patterns, or whose effects are few.

The inverse that a level contributes depends on its Z'Z alone. So what all levels of one pattern
take from what is left is a fixed matrix, made once, and each point needs only a sum of them: one
product of matrices for many points.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from formix.engines.marginal.levels import (
    entries,
    mixed,
    mixed_back,
    packed,
    unmixed_back,
    whitened,
)
from formix.engines.marginal.reduced import Reduced

if TYPE_CHECKING:
    from jaxtyping import Float, Int

    from formix.engines.marginal.levels import Half
    from formix.engines.marginal.reduced import Effects, Factors, Left, Precision

    Matrix = Float[np.ndarray, "row column"]
    Way = Callable[[Left, Sequence[Effects]], list[Effects]]

_CHUNK = 2_000_000


@dataclass(frozen=True, eq=False)
class Patterns:
    """The distinct Z'Z of a group's levels, packed, and each level's place among them."""

    grams: Float[np.ndarray, "entry pattern"]
    place: Int[np.ndarray, " level"]
    counts: Int[np.ndarray, " pattern"]


def patterns(grams: Float[np.ndarray, "level effect effect"]) -> Patterns:
    """Return the distinct Z'Z of a group's levels; only equal numbers are equal."""
    flat = packed(grams)
    if len(flat) == 1:
        distinct, place, counts = np.unique(flat[0], return_inverse=True, return_counts=True)
        return Patterns(distinct[None], place, counts)
    distinct, place, counts = np.unique(flat.T, axis=0, return_inverse=True, return_counts=True)
    return Patterns(np.ascontiguousarray(distinct.T), place.reshape(-1), counts)


@dataclass(frozen=True, eq=False)
class PatternElimination:
    """Eliminates one group.

    Parameters
    ----------
    group
        Its place among the model's groups.
    left
        The groups that are left.
    patterns
        Of its levels.
    cross
        Cross-products of its columns with what is left: a row for each effect of each level.
    base
        Cross-products of what is left with itself.
    taken
        What each entry of each pattern's inverse takes from that, a row for each; None where that
        is larger than the data, and the products are made at each point.
    """

    group: int
    left: tuple[int, ...]
    patterns: Patterns
    cross: Matrix | sparse.csr_array
    base: Float[np.ndarray, "column column"]
    taken: Float[np.ndarray, "entry entries"] | sparse.csr_array | None

    @property
    def eliminated(self) -> tuple[int, ...]:
        """The groups that it eliminates, in order."""
        return (self.group,)

    @property
    def group_size(self) -> int:
        """How many effects a level has."""
        return self.cross.shape[0] // len(self.patterns.place)

    @property
    def cost(self) -> int:
        """How many numbers a point takes in memory."""
        return 4 * self.patterns.grams.size + 2 * self.base.size

    def reduce(self, factors: Factors, precision: Precision) -> Reduced:
        """Return what is left, given every group's factor and the noise's precision."""
        determinant, half = whitened(self.patterns.grams, factors[self.group], precision)
        inverse = inverse_entries(half) * np.square(precision)[:, None, None]
        if self.taken is None:
            taken = np.stack([self._product(sparse.csr_array(self.cross), one) for one in inverse])
        else:
            taken = inverse.reshape(len(precision), -1) @ self.taken
        form = precision[:, None, None] * self.base - taken.reshape(-1, *self.base.shape)
        log_determinant = determinant @ self.patterns.counts
        return Reduced(form, log_determinant, *self._ways(half, factors, precision))

    def conditional(self, factors: Factors, precision: Precision) -> Reduced:
        """Return what `reduce` does without the form, which takes the longest."""
        determinant, half = whitened(self.patterns.grams, factors[self.group], precision)
        nothing = np.empty((len(precision), 0, 0))
        log_determinant = determinant @ self.patterns.counts
        return Reduced(nothing, log_determinant, *self._ways(half, factors, precision))

    def _ways(self, half: Half, factors: Factors, precision: Precision) -> tuple[Way, Way]:
        """Return the way from standard normals to the group's effects, and back."""
        size = factors[self.group].shape[-1]

        def mine() -> Half:
            return half[..., self.patterns.place]

        def pull(x: Left) -> Effects:
            product = np.asarray(self.cross @ x.T).reshape(-1, size, len(x))
            return mixed(mine(), product.transpose(2, 1, 0) * precision[:, None, None])

        def effects(x: Left, normals: Sequence[Effects]) -> list[Effects]:
            return [mixed_back(mine(), normals[0] - pull(x))]

        def normals(x: Left, effects: Sequence[Effects]) -> list[Effects]:
            return [unmixed_back(mine(), effects[0]) + pull(x)]

        return effects, normals

    def _product(
        self, cross: sparse.csr_array, inverse: Float[np.ndarray, "entry pattern"]
    ) -> Matrix:
        """Return what all levels take from what is left at one point."""
        count = len(self.patterns.place)
        size = self.group_size
        first = np.arange(count) * size
        values: list[np.ndarray] = []
        rows: list[np.ndarray] = []
        columns: list[np.ndarray] = []
        for entry, (i, j) in enumerate(entries(size)):
            mine = inverse[entry, self.patterns.place]
            both = ((i, j), (j, i)) if i != j else ((i, j),)
            for row, column in both:
                values.append(mine / len(both))
                rows.append(first + row)
                columns.append(first + column)
        place = (np.concatenate(rows), np.concatenate(columns))
        shape = (count * size, count * size)
        blocks = sparse.csr_array((np.concatenate(values), place), shape=shape)
        return np.asarray(sparse.csr_array(cross.T @ (blocks @ cross)).todense())


def inverse_entries(half: Half) -> Float[np.ndarray, "point entry pattern"]:
    """Return the packed entries of `H'H`, those off the diagonal twice."""
    size = half.shape[1]
    rows: list[np.ndarray] = []
    for i, j in entries(size):
        value = half[:, 0, i] * half[:, 0, j]
        for k in range(1, size):
            value = value + half[:, k, i] * half[:, k, j]
        rows.append(value if i == j else 2.0 * value)
    return np.stack(rows, axis=1)


def taken_dense(
    of: Patterns, cross: Float[np.ndarray, "level effect column"]
) -> Float[np.ndarray, "entry entries"]:
    """Return what the entries of each pattern's inverse take, as a dense matrix."""
    size, columns = cross.shape[1:]
    count = of.grams.shape[1]
    answer = np.zeros((len(entries(size)), count, columns * columns))
    step = max(1, _CHUNK // (columns * columns))
    for start in range(0, len(cross), step):
        some = cross[start : start + step]
        place = of.place[start : start + step]
        sums = sparse.csr_array(
            (np.ones(len(some)), (place, np.arange(len(some)))), shape=(count, len(some))
        )
        for entry, (i, j) in enumerate(entries(size)):
            product = some[:, i, :, None] * some[:, j, None, :]
            if i != j:
                product = 0.5 * (product + np.swapaxes(product, 1, 2))
            answer[entry] += sums @ product.reshape(len(some), -1)
    return answer.reshape(-1, columns * columns)


def taken_sparse(of: Patterns, cross: sparse.csr_array, size: int) -> sparse.csr_array:
    """Return what the entries of each pattern's inverse take, as a sparse matrix."""
    columns = cross.shape[1]
    rows: list[sparse.csr_array] = []
    order = np.argsort(of.place, kind="stable")
    bounds = np.concatenate([[0], np.cumsum(of.counts)])
    for i, j in entries(size):
        for u in range(len(of.counts)):
            levels = order[bounds[u] : bounds[u + 1]] * size
            product = cross[levels + i].T @ cross[levels + j]
            if i != j:
                product = 0.5 * (product + product.T)
            flat = sparse.coo_array(product).reshape((1, columns * columns))
            rows.append(sparse.csr_array(flat))
    return sparse.csr_array(sparse.vstack(rows, format="csr"))
