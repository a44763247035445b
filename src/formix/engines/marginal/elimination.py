"""Which groups are eliminated, in which order, and how: chosen by what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from formix.engines.marginal.levels import entries, packed
from formix.engines.marginal.nested import Nest, NestedElimination
from formix.engines.marginal.patterns import (
    PatternElimination,
    patterns,
    taken_dense,
    taken_sparse,
)

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.marginal.patterns import Patterns
    from formix.engines.marginal.reduced import Elimination
    from formix.engines.marginal.statistics import Statistics
    from formix.engines.marginal.structure import GroupColumns, Structure

_MOST_TAKEN = 10_000_000
"""Numbers in the matrix of what patterns take, beyond which products are made at each point."""

_MOST_PATTERNS = 400
"""Patterns, times entries, up to which a sparse matrix of what they take is worth making."""

_MOST_CROSS = 20_000_000
"""Numbers in a dense matrix of cross-products; a sparse one beyond."""


@dataclass(frozen=True)
class Order:
    """The groups eliminated, the innermost first, each within the next; and those left."""

    eliminated: tuple[int, ...]
    left: tuple[int, ...]


def order(of: Structure) -> Order:
    """Return the order that leaves the fewest effects, the largest group first among equals."""
    sizes = [group.levels * group.size for group in of.groups]
    by_size = sorted(range(len(sizes)), key=lambda f: -of.groups[f].levels)
    best, least = Order((), ()), -1
    for first in by_size:
        chain = [first]
        for f in by_size:
            if f != first and all(within(of.groups[e], of.groups[f]) for e in chain):
                chain.append(f)
        left = tuple(f for f in by_size if f not in chain)
        count = sum(sizes[f] for f in left)
        if least < 0 or count < least:
            best, least = Order(tuple(chain), left), count
    return best


def within(inner: GroupColumns, outer: GroupColumns) -> bool:
    """Whether every level of one group lies within one level of the other."""
    if inner.levels < outer.levels:
        return False
    parents = np.full(inner.levels, -1, dtype=np.int64)
    parents[inner.index] = outer.index
    return bool(np.array_equal(parents[inner.index], outer.index))


def elimination(of: Structure, found: Statistics) -> Elimination | None:
    """Return how to eliminate groups; None where there is no group."""
    if not of.groups:
        return None
    chosen = order(of)
    base = _base(of, found, chosen.left)
    if len(chosen.eliminated) > 1:
        chain = tuple(_nest(of, found, chosen, t) for t in range(len(chosen.eliminated)))
        return NestedElimination(chain, chosen.left, base)
    first = next(iter(chosen.eliminated))
    size = of.groups[first].size
    distinct = patterns(found.grams[first])
    numbers = of.groups[first].levels * size * len(base)
    coupled = _cross(found, first, chosen.left)
    dense = coupled.toarray() if numbers <= _MOST_CROSS else None
    rows = len(entries(size)) * distinct.grams.shape[1]
    if dense is not None and rows * base.size <= _MOST_TAKEN:
        by_level = dense.reshape(-1, size, len(base))
        taken = taken_dense(distinct, by_level)
        return PatternElimination(first, chosen.left, distinct, dense, base, taken)
    if rows <= _MOST_PATTERNS and _worth(distinct, coupled, size):
        taken = taken_sparse(distinct, coupled, size)
        return PatternElimination(first, chosen.left, distinct, coupled, base, taken)
    if dense is not None and coupled.nnz > 0.1 * numbers:
        return NestedElimination((_nest(of, found, chosen, 0),), chosen.left, base)
    return PatternElimination(first, chosen.left, distinct, coupled, base, None)


def _worth(distinct: Patterns, coupled: sparse.csr_array, size: int) -> bool:
    """Whether a sparse matrix of what patterns take stays small."""
    degree = np.diff(coupled.indptr).reshape(-1, size).max(axis=1).astype(np.float64)
    bound = np.bincount(distinct.place, np.square(degree), len(distinct.counts))
    whole = float(coupled.shape[1]) ** 2
    return float(np.minimum(bound, whole).sum()) * len(entries(size)) <= 2.0 * _MOST_TAKEN


def _base(
    of: Structure, found: Statistics, left: tuple[int, ...]
) -> Float[np.ndarray, "column column"]:
    """Return the cross-products of what is left: its groups' columns, Q's, and the residual."""
    sizes = [of.groups[f].levels * of.groups[f].size for f in left]
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(int)
    count = int(starts[-1]) + len(found.cross)
    base = np.zeros((count, count))
    base[starts[-1] :, starts[-1] :] = found.cross
    for place, f in enumerate(left):
        mine = slice(starts[place], starts[place + 1])
        size, levels = of.groups[f].size, of.groups[f].levels
        grams = base[mine, mine].reshape(levels, size, levels, size)
        grams[np.arange(levels), :, np.arange(levels)] = found.grams[f]
        border = found.borders[f].reshape(levels * size, -1)
        base[mine, starts[-1] :] = border
        base[starts[-1] :, mine] = border.T
        for later in range(place + 1, len(left)):
            other = slice(starts[later], starts[later + 1])
            coupling = found.coupling(f, left[later]).toarray()
            base[mine, other] = coupling
            base[other, mine] = coupling.T
    return base


def _cross(found: Statistics, first: int, left: tuple[int, ...]) -> sparse.csr_array:
    """Return the cross-products of a group's columns with what is left."""
    border = found.borders[first].reshape(-1, len(found.cross))
    parts = [*(found.coupling(first, f) for f in left), sparse.csr_array(border)]
    return sparse.csr_array(sparse.hstack(parts, format="csr"))


def _nest(of: Structure, found: Statistics, chosen: Order, t: int) -> Nest:
    group = chosen.eliminated[t]
    later = chosen.eliminated[t + 1 :]
    levels, size = of.groups[group].levels, of.groups[group].size
    left = _cross(found, group, chosen.left).toarray().reshape(levels, size, -1)
    parents = tuple(_parents(of.groups[group], of.groups[f]) for f in later)
    return Nest(
        group=group,
        gram=packed(found.grams[group]),
        up=tuple(
            _up(of, found, group, parents=p, outer=f) for p, f in zip(parents, later, strict=True)
        ),
        left=np.ascontiguousarray(left.transpose(2, 1, 0))[None],
        parents=parents,
        sums=tuple(
            sparse.csr_array(
                (np.ones(levels), (p, np.arange(levels))), shape=(of.groups[f].levels, levels)
            )
            for p, f in zip(parents, later, strict=True)
        ),
    )


def _parents(inner: GroupColumns, outer: GroupColumns) -> np.ndarray:
    parents = np.zeros(inner.levels, dtype=np.int64)
    parents[inner.index] = outer.index
    return parents


def _up(
    of: Structure, found: Statistics, group: int, *, parents: np.ndarray, outer: int
) -> Float[np.ndarray, "one column effect level"]:
    """Return the cross-products of each level's columns with those of its parent."""
    inner, size = of.groups[group], of.groups[outer].size
    coupling = found.coupling(group, outer)
    rows = np.arange(inner.levels) * inner.size
    answer = np.empty((1, size, inner.size, inner.levels))
    for i, j in _places(inner.size, size):
        answer[0, j, i] = coupling[rows + i, parents * size + j]
    return answer


def _places(rows: int, columns: int) -> Iterator[tuple[int, int]]:
    return ((i, j) for i in range(rows) for j in range(columns))
