"""Laws of the design, for random data and formulas."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings, strategies as st
from r_results import design_and_encoding, design_of, new_design

from formix.design.rank import independent

RIGHT = st.sampled_from(
    [
        "x", "f", "x * f", "0 + f:h + x", "scale(x) + poly(z, 2):h", "f / x + l", "o * h",
        "bs(x, 4) + C(f, Sum)", "I(x^2) + factor(k) + center(z)", "ns(z, 3):f - 1",
    ]
)  # fmt: skip
BARS = st.sampled_from(
    ["", " + (1 | g)", " + (x | g)", " + (f || g)", " + (0 + o | g/h)", " + (l:x | h) + (1 | g:f)"]
)


@st.composite
def tables(draw, least=30, most=60):
    """A table with every kind of column, in which every level occurs."""
    n = draw(st.integers(least, most))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))

    def levels(labels):
        return generator.permutation(np.resize(np.array(labels), n))

    return pd.DataFrame(
        {
            "y": generator.normal(size=n),
            "x": generator.normal(size=n),
            "z": generator.uniform(1, 2, n),
            "f": pd.Categorical(levels(["b", "c", "a"]), ["c", "a", "b"]),
            "h": levels(["u", "v"]),
            "o": pd.Categorical(levels(["1", "2", "3"]), ordered=True),
            "l": levels([True, False]),
            "k": levels([1, 2, 5]),
            "g": levels([30, 10, 20, 40]),
        },
        index=[f"row{i}" for i in range(n)],
    )


def equal(first, second, rows):
    """Two designs agree, the second's rows taken in an order."""
    np.testing.assert_allclose(first.X, second.X[rows], rtol=0, atol=1e-9)
    assert first.columns == second.columns
    np.testing.assert_array_equal(first.response.values, second.response.values[rows])
    for a, b in zip(first.blocks, second.blocks, strict=True):
        assert (a.levels, a.columns, a.group) == (b.levels, b.columns, b.group)
        np.testing.assert_allclose(a.Z, b.Z[rows], rtol=0, atol=1e-9)
        np.testing.assert_array_equal(a.index, b.index[rows])


@settings(deadline=None, max_examples=60)
@given(tables(), RIGHT, BARS, st.randoms(use_true_random=False))
def test_shuffled_rows_permute_the_design(table, right, bars, random):
    order = list(range(len(table)))
    random.shuffle(order)
    formula = f"y ~ {right}{bars}"
    shuffled = design_of(formula, table.iloc[order])
    equal(shuffled, design_of(formula, table), order)
    assert shuffled.rows.tolist() == [f"row{i}" for i in order]


@settings(deadline=None, max_examples=60)
@given(tables(), RIGHT, BARS, st.data())
def test_any_rows_are_encoded_as_they_were(table, right, bars, data):
    rows = data.draw(st.lists(st.integers(0, len(table) - 1), min_size=1, max_size=9))
    formula = f"y ~ {right}{bars}"
    design, encoding = design_and_encoding(formula, table)
    part = new_design(formula, encoding, table.iloc[rows])
    np.testing.assert_allclose(part.X, design.X[rows], rtol=0, atol=1e-12)
    for a, b in zip(part.blocks, design.blocks, strict=True):
        np.testing.assert_array_equal(a.index, b.index[rows])
        np.testing.assert_allclose(a.Z, b.Z[rows], rtol=0, atol=1e-12)


@settings(deadline=None, max_examples=60)
@given(tables(), RIGHT)
def test_x_has_full_rank_and_the_same_span(table, right):
    matrix = design_of(f"y ~ {right}", table)["mu"]
    assert independent(matrix.X).all()
    whole = design_of(f"y ~ 1 + ({right} | g)", table).blocks[0].Z
    if right.startswith("0 +") or right.endswith("- 1"):
        beta, *_ = np.linalg.lstsq(matrix.X, whole, rcond=None)
        np.testing.assert_allclose(matrix.X @ beta, whole, atol=1e-7)
    assert np.linalg.matrix_rank(matrix.X) == np.linalg.matrix_rank(whole)
    assert len(matrix.columns) + len(matrix.dropped) == whole.shape[1]


@settings(deadline=None, max_examples=60)
@given(tables(), RIGHT, BARS, st.data())
def test_rows_with_a_missing_value_might_as_well_not_be_there(table, right, bars, data):
    """Where nothing is learnt from the column; what is learnt is, as in R, from all its values."""
    lost = data.draw(st.sets(st.integers(0, len(table) - 1), min_size=1, max_size=5))
    holes = table.assign(y=table["y"].where(~np.isin(np.arange(len(table)), list(lost))))
    left = [i for i in range(len(table)) if i not in lost]
    learning = ("scale", "center", "poly", "bs", "ns")
    if any(f"{name}(" in right for name in learning):
        right = "x * f + o"
    formula = f"y ~ {right}{bars}"
    with_holes, without = design_of(formula, holes), design_of(formula, table.iloc[left])
    equal(with_holes, without, slice(None))
    assert with_holes.kept.tolist() == left
    assert with_holes.rows.tolist() == without.rows.tolist()


@settings(deadline=None, max_examples=40)
@given(tables(), BARS)
def test_gathered_z_is_wide_z(table, bars):
    for block in design_of(f"y ~ x{bars}", table).blocks:
        levels, effects = len(block.levels), len(block.columns)
        indicator = np.eye(levels)[block.index]
        wide = (indicator[:, :, None] * block.Z[:, None, :]).reshape(len(table), -1)
        r = np.random.default_rng(0).normal(size=(levels, effects))
        gathered = np.sum(block.Z * r[block.index], axis=1)
        np.testing.assert_allclose(gathered, wide @ r.ravel(), atol=1e-10)
