"""Columns, their levels, and how a level is written."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from formix.design.column import DataColumn, Frame, factor_column, is_missing, label, text_of
from formix.design.values import Factor, Matrix, Shape, shape_of


@pytest.mark.parametrize(
    ("value", "stored", "text"),
    [
        (3, 3, "3"), (3.0, 3, "3"), (2.5, 2.5, "2.5"), (0.1 + 0.2, 0.3, "0.3"),
        (np.int64(7), 7, "7"), (np.float32(0.5), 0.5, "0.5"), (True, True, "True"),
        (np.True_, True, "True"), ("a", "a", "a"), (np.str_("a"), "a", "a"),
        (Decimal("1.50"), 1.5, "1.5"), (1e-20, 1e-20, "1e-20"),
        (2**60 + 1, 2**60 + 1, str(2**60 + 1)),
        (pd.Interval(0, 1), "(0, 1]", "(0, 1]"), (pd.Timestamp("2020-01-02"), "2020-01-02 00:00:00",
        "2020-01-02 00:00:00"),
    ],
)  # fmt: skip
def test_labels(value, stored, text):
    found = label(value)
    assert found == stored
    assert type(found) is type(stored)
    assert text_of(found) == text


@pytest.mark.parametrize(
    "value", [None, np.nan, pd.NA, pd.NaT, np.datetime64("NaT", "s"), Decimal("NaN")]
)
def test_missing_values(value):
    assert is_missing(value)


@pytest.mark.parametrize("value", [0, "", False, "nan", 0.0, Decimal(0)])
def test_values_that_are_not_missing(value):
    assert not is_missing(value)


def test_levels_that_do_not_occur_go():
    column = factor_column("f", np.array([3, 1, -1, 3]), ["a", "b", "c", "d"])
    kept = column.without_unused_levels()
    assert kept.levels == ("b", "d")
    assert kept.values.tolist() == [1, 0, -1, 1]
    frame = Frame((column,), np.arange(4)).take(np.array([0, 2]))
    assert frame["f"].levels == ("d",)
    assert frame.names == ("f",)
    truth = DataColumn("b", "bool", np.array([1, 1], dtype=np.int32), (False, True))
    assert truth.take(np.array([0])).levels == (False, True)


def test_sorted_levels_keep_the_rows():
    column = factor_column("f", np.array([0, 1, -1, 2]), ["b", "a", "C"], sort=True)
    assert column.levels == ("C", "a", "b")
    assert [column.levels[code] if code >= 0 else None for code in column.values] == [
        "b",
        "a",
        None,
        "C",
    ]


def test_a_factor_coded_into_other_levels():
    factor = Factor(np.array([0, 1, 2, -1], dtype=np.int32), ("a", "b", "c"))
    assert factor.recoded(("c", "a")).codes.tolist() == [1, -1, 0, -1]
    assert factor.recoded(factor.levels) is factor


@pytest.mark.parametrize(
    "value",
    [
        np.arange(3.0),
        Matrix(np.zeros((3, 2)), ("1", "2")),
        Factor(np.array([2, 0, 2], dtype=np.int32), ("a", "b", "c"), ordered=True),
        Factor(np.array([1, 1, 1], dtype=np.int32), (False, True)),
    ],
)
def test_shapes_are_json(value):
    shape = shape_of(value, {"0": {"value": 1.5}})
    assert Shape.from_dict(shape.to_dict()) == shape
    if isinstance(value, Factor):
        assert shape.levels == (("a", "c") if value.ordered else (False, True))
