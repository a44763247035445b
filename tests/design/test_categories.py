"""Factors made of numbers keep the levels of the training data."""

from __future__ import annotations

import numpy as np
import pytest
from r_results import design_and_encoding, new_design

from formix.design.coding import Coded, Layout, fill
from formix.design.encoding import Encoding
from formix.design.values import Matrix
from formix.errors import DataError, FormulaError, UnknownLevelError
from formix.spec import Column

ROWS = np.arange(48)
DATA = {
    "y": np.sin(ROWS),
    "n": ROWS % 4 + 1.0,
    "k": np.array([0.5, 2.0, 7.0])[ROWS // 4 % 3],
    "g": ROWS // 8,
}
SOME = np.array([11, 2, 2])
CALLS = [
    "dummy(n)", "dummy(n, 3)", "as.numeric(interaction(n, k))", "interaction(n, k)",
    "as.numeric(C(n))", "as.numeric(relevel(n, 2))", "C(n, treatment, base = 3)",
    "relevel(n, '2')", "C(n, Sum)", "as.numeric(interaction(as.character(n), k))",
    "as.numeric(as.factor(n))", "I(dummy(n) * 2)", "as.character(n)", "C(relevel(n, '3'), Helmert)",
]  # fmt: skip


@pytest.mark.parametrize("formula", [*(f"y ~ {call}" for call in CALLS), "y ~ 1 + (dummy(n) | g)"])
def test_levels_of_numbers_are_remembered(formula):
    design, encoding = design_and_encoding(formula, DATA)
    stored = Encoding.from_json(encoding.to_json())
    for rows in (SOME, SOME[:1]):
        new = new_design(formula, stored, {name: values[rows] for name, values in DATA.items()})
        np.testing.assert_array_equal(new.X, design.X[rows])
        for ours, theirs in zip(new.blocks, design.blocks, strict=True):
            np.testing.assert_array_equal(ours.Z, theirs.Z[rows])


@pytest.mark.parametrize("call", CALLS)
def test_a_number_that_is_no_level(call):
    _, encoding = design_and_encoding(f"y ~ {call}", DATA)
    with pytest.raises(UnknownLevelError, match="9"):
        new_design(f"y ~ {call}", encoding, {"n": [9.0], "k": [2.0]})


def test_new_data_must_make_the_columns_that_are_remembered():
    functions = {"f": lambda x: np.column_stack([x] * min(3, len(x)))}
    _, encoding = design_and_encoding("y ~ f(n)", DATA, functions=functions)
    with pytest.raises(FormulaError, match=r"columns 1, 2, 3 when .* the columns 1, 2 here"):
        new_design("y ~ f(n)", encoding, {"n": [1.0, 2.0]}, functions=functions)
    functions = {"f": lambda x: x if len(x) > 3 else x.astype(str)}
    _, encoding = design_and_encoding("y ~ f(n)", DATA, functions=functions)
    with pytest.raises(FormulaError, match=r"a column of numbers when .* makes a factor here"):
        new_design("y ~ f(n)", encoding, {"n": [1.0, 2.0]}, functions=functions)


def test_no_column_is_left_unfilled():
    names = ("1", "2")
    plan = Layout(False, ((Coded("f(x)", names, names),),), tuple(Column(n, n, "") for n in names))
    with pytest.raises(DataError, match="has 1 columns, where the model remembers 2"):
        fill(np.empty((3, 2)), plan, {"f(x)": Matrix(np.ones((3, 1)), ("1",))})
