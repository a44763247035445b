"""Rows by the levels of a column, a group, or values that are given."""

import group_shapes
import numpy as np
import pandas as pd
import pytest

import formix as fx
from formix.plots.partition import some_of, split

DATA = group_shapes.data()
DATA.index = DATA.index + 100
MODEL = fx.Model("y ~ x + f + l + (1 | k / c) + (1 | mm(g, second))", DATA)


@pytest.mark.parametrize("by", ["k", "f", "l", "c"])
def test_a_column(by: str):
    parts, name = split(MODEL, by)
    assert name == by
    # The levels of a factor keep their own order.
    levels = ["lo", "mid", "hi"] if by == "f" else np.unique(DATA[by])
    assert [str(label) for label, _ in parts] == [str(level) for level in levels]
    for label, rows in parts:
        np.testing.assert_array_equal(rows, DATA[by].astype(str) == str(label))


def test_a_group():
    parts, name = split(MODEL, "k:c")
    assert name == "k:c"
    both = DATA["k"].astype(str) + ":" + DATA["c"]
    for label, rows in parts:
        np.testing.assert_array_equal(rows, both == label)


def test_values_by_the_labels_of_the_rows_or_in_their_order():
    shuffled = DATA["h"].sample(frac=1.0, random_state=1)
    (_, by_label), named = split(MODEL, shuffled)[0][0], split(MODEL, shuffled)[1]
    (_, in_order), unnamed = (
        split(MODEL, DATA["h"].to_numpy())[0][0],
        split(MODEL, DATA["h"].to_numpy())[1],
    )
    np.testing.assert_array_equal(by_label, DATA["h"] == "a")
    np.testing.assert_array_equal(in_order, by_label)
    assert (named, unnamed) == ("h", "by")


def test_values_of_more_rows_than_were_kept_are_taken_by_their_labels():
    data = DATA.copy()
    data.loc[[101, 105], "x"] = np.nan
    model = fx.Model("y ~ x", data)
    (label, rows), _ = split(model, data["h"])[0]
    assert label == "a"
    np.testing.assert_array_equal(rows, data["h"].drop([101, 105]) == "a")


@pytest.mark.parametrize(
    ("by", "says"),
    [
        ("kk", "neither a group nor a column"),
        ("x", "60 different numbers"),
        ("mm(g, second)", "neither a group nor a column"),
        ([1, 2], "has the shape (2,), and the model has 60 rows"),
        (pd.Series([1, 2]), "has the shape (2,)"),
    ],
)
def test_what_parts_no_rows_is_refused(by, says):
    with pytest.raises(fx.ArgumentError) as caught:
        split(MODEL, by)
    assert says in str(caught.value)


def test_levels_of_many_are_spread_evenly():
    parts = [(k, np.ones(1, dtype=bool)) for k in range(100)]
    assert [label for label, _ in some_of(parts, 4)] == [0, 33, 66, 99]
    assert some_of(parts, 200) == parts
