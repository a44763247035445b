"""Counts of groups, against tables of pandas and groups that are known to nest."""

from itertools import combinations

import group_shapes
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import formix as fx
from formix.diagrams.nesting import group_of, is_constant, pair_of
from formix.spec import Block


def block(name: str, codes, levels: int | None = None) -> Block:
    codes = np.asarray(codes, dtype=np.int32)
    count = levels if levels is not None else int(codes.max()) + 1
    labels = tuple(range(count))
    return Block("group", name, (name,), "us", (), np.ones((len(codes), 1)), codes, labels, name)


def how(a, b) -> str:
    """What two columns of codes are to one another, by sets of pairs."""
    pairs = set(zip(a, b, strict=True))
    nested = all(len({y for x, y in pairs if x == level}) == 1 for level in set(a))
    contains = all(len({x for x, y in pairs if y == level}) == 1 for level in set(b))
    if nested and contains:
        return "same"
    if nested or contains:
        return "nested" if nested else "contains"
    whole = len(pairs) == len(set(a)) * len(set(b))
    return "crossed" if whole else "partly crossed"


codes = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12)


@settings(max_examples=100, deadline=None)
@given(codes)
def test_pairs_are_those_of_the_definition(rows):
    a, b = zip(*rows, strict=True)
    pair = pair_of(block("a", a, 4), block("b", b, 4))
    table = np.zeros((4, 4), dtype=int)
    np.add.at(table, (a, b), 1)
    table = table[table.any(axis=1)][:, table.any(axis=0)]
    assert pair.how == how(a, b)
    assert pair.met == (table > 0).sum()
    assert pair.possible == table.size
    assert pair.rows == (table[table > 0].min(), table.max())


def test_the_inner_levels_of_each_outer_one_are_counted():
    inner, outer = [0, 0, 1, 2, 3, 3], [0, 0, 0, 0, 1, 1]
    assert pair_of(block("a", inner), block("b", outer)).each == (1, 3)
    assert pair_of(block("b", outer), block("a", inner)).each == (1, 3)


def test_parts_that_do_not_meet_are_counted():
    a, b = [0, 0, 1, 2, 2, 3], [0, 1, 0, 2, 3, 2]
    # Levels 0 and 1 of both meet, and 2 and 3: two parts; levels 4 occur in no row.
    assert pair_of(block("a", a, 5), block("b", b, 5)).parts == 2
    assert pair_of(block("a", [*a, 1], 5), block("b", [*b, 2], 5)).parts == 1


@pytest.mark.parametrize(
    "formula",
    ["y ~ (1 | g) + (1 | mm(g, second)) + (1 | k)", "y ~ (1|mm(g, second)) + (1|mm(c, h))"],
)
def test_a_row_of_several_levels_is_a_row_of_each(formula: str):
    data = group_shapes.data()
    blocks = fx.Model(formula, data).design.blocks

    def sets(one: Block):
        index = one.index if one.index.ndim > 1 else one.index[:, None]
        return [set(row) for row in index.tolist()]

    for a, b in combinations(blocks, 2):
        table = np.zeros((len(a.levels), len(b.levels)), dtype=int)
        for x, y in zip(sets(a), sets(b), strict=True):
            for i in x:
                for j in y:
                    table[i, j] += 1
        pair = pair_of(a, b)
        assert pair.met == (table > 0).sum()
        assert pair.rows == (table[table > 0].min(), table.max())


def test_memberships_without_weight_do_not_count():
    data = group_shapes.data()
    data["w"] = np.where(np.arange(60) < 50, 0.0, 1.0)
    (of,) = fx.Model("y ~ (1 | mm(g, second, weights = cbind(v, w)))", data).design.blocks
    rows = pd.concat([data["g"], data["second"][50:]]).groupby(level=0).unique().explode()
    counts = rows.value_counts()
    assert group_of(of).rows == (counts.min(), counts.max())
    assert group_of(of).members == 2


def test_columns_of_a_group_are_told_from_those_that_vary():
    group = block("g", [0, 1, 0, 1])
    assert is_constant(np.array([3.0, 5.0, 3.0, 5.0]), group)
    assert not is_constant(np.array([3.0, 5.0, 3.0, 4.0]), group)
