"""How the levels of two groups meet: counted from their codes, without a table of all pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

if TYPE_CHECKING:
    from jaxtyping import Int, Shaped

    from formix.spec import Block

How = Literal["nested", "contains", "same", "crossed", "partly crossed"]


@dataclass(frozen=True)
class Group:
    """A group and its counts.

    Parameters
    ----------
    name
        As in the results, outer factor first.
    levels
        How many levels occur in the rows.
    rows
        The fewest and the most rows that a level has.
    members
        To how many levels a row belongs.
    """

    name: str
    levels: int
    rows: tuple[int, int]
    members: int = 1


@dataclass(frozen=True)
class Pair:
    """Two groups and how their levels meet.

    Parameters
    ----------
    first, second
        Their names.
    how
        Whether each level of the first lies in one of the second (`nested`), it is the other way
        round (`contains`), each level is one of the other's (`same`), every level meets every other
        (`crossed`), or some do (`partly crossed`).
    met, possible
        How many pairs of levels occur, and how many there could be.
    rows
        The fewest and the most rows that a pair has, of those that occur.
    each
        The fewest and the most levels of the inner group that a level of the outer one has, where
        one is nested in the other.
    parts
        How many sets of levels there are that do not meet levels of another: effects of two such
        sets are compared through the common (fixed) effects alone.
    """

    first: str
    second: str
    how: How
    met: int
    possible: int
    rows: tuple[int, int]
    each: tuple[int, int]
    parts: int = 1


def group_of(block: Block) -> Group:
    """Return the counts of a block's group."""
    codes, _ = _long(block)
    counts = np.bincount(codes.astype(np.intp))
    counts = counts[counts > 0]
    name, members = block.group, block.varying.members
    return Group(name, len(counts), (int(counts.min()), int(counts.max())), members)


def pair_of(first: Block, second: Block) -> Pair:
    """Return how the levels of two blocks' groups meet."""
    table = _met(first, second)
    per_row, per_column = np.diff(table.indptr), np.bincount(table.indices)
    each_first, each_second = per_row[per_row > 0], per_column[per_column > 0]
    a, b, met = len(each_first), len(each_second), int(table.nnz)
    rows = int(table.data.min()), int(table.data.max())
    how: How = "crossed" if met == a * b else "partly crossed"
    each, parts = (1, 1), 1
    if met == a == b:
        how = "same"
    elif met == a:
        how, each = "nested", (int(each_second.min()), int(each_second.max()))
    elif met == b:
        how, each = "contains", (int(each_first.min()), int(each_first.max()))
    elif how == "partly crossed":
        parts = _parts(table, a + b)
    return Pair(first.group, second.group, how, met, a * b, rows, each, parts)


def is_constant(column: Shaped[np.ndarray, " obs"], block: Block) -> bool:
    """Whether a column has one value in all rows of a level."""
    codes, rows = _long(block)
    value = np.zeros(len(block.levels), dtype=column.dtype)
    value[codes] = column[rows]
    return bool(np.all(value[codes] == column[rows]))


def _met(first: Block, second: Block) -> sparse.csr_array:
    """Return how many rows each pair of levels has, those that have any."""
    a, b = _long(first), _long(second)
    if first.varying.members > 1 or second.varying.members > 1:
        # A row that belongs to several levels is a row of each.
        a, b = _joined(a, b)
    ones = np.ones(len(a[0]), dtype=np.int64)
    shape = len(first.levels), len(second.levels)
    table = sparse.csr_array((ones, (a[0], b[0])), shape=shape)
    table.sum_duplicates()
    return table


def _joined(
    a: tuple[Int[np.ndarray, " i"], Int[np.ndarray, " i"]],
    b: tuple[Int[np.ndarray, " j"], Int[np.ndarray, " j"]],
) -> tuple[
    tuple[Int[np.ndarray, " k"], Int[np.ndarray, " k"]],
    tuple[Int[np.ndarray, " k"], Int[np.ndarray, " k"]],
]:
    """Return codes of both for every pair of memberships that a row has."""
    order_a, order_b = np.argsort(a[1], kind="stable"), np.argsort(b[1], kind="stable")
    rows = int(max(a[1].max(), b[1].max())) + 1
    many_a, many_b = np.bincount(a[1], minlength=rows), np.bincount(b[1], minlength=rows)
    starts_b = np.cumsum(many_b) - many_b
    row = np.repeat(np.arange(rows), many_a * many_b)
    within = np.arange(len(row)) - np.repeat(
        np.cumsum(many_a * many_b) - many_a * many_b, many_a * many_b
    )
    starts_a = np.cumsum(many_a) - many_a
    place_a = order_a[starts_a[row] + within // many_b[row]]
    place_b = order_b[starts_b[row] + within % many_b[row]]
    return (a[0][place_a], row), (b[0][place_b], row)


def _long(block: Block) -> tuple[Int[np.ndarray, " i"], Int[np.ndarray, " i"]]:
    """Return the level and the row of every membership that counts."""
    index = block.index
    if index.ndim == 1:
        return index, np.arange(len(index))
    rows = np.broadcast_to(np.arange(len(index))[:, None], index.shape)
    weights = block.varying.weights
    counts = np.ones(index.shape, dtype=bool) if weights is None else weights != 0.0
    # A row that names a level twice is one of its rows once.
    found = np.unique(np.stack([rows[counts], index[counts]]), axis=1)
    return found[1], found[0]


def _parts(table: sparse.csr_array, occurring: int) -> int:
    """Return how many sets of levels meet nothing outside themselves."""
    size, (first, second) = sum(table.shape), table.nonzero()
    ends = first, second + table.shape[0]
    graph = sparse.csr_array((np.ones(len(first)), ends), shape=(size, size))
    parts, _ = csgraph.connected_components(graph, directed=False)
    # Levels that occur in no row are sets of their own, and none of these.
    return int(parts) - (size - occurring)
