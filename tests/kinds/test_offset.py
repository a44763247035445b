"""Offsets are one column of numbers."""

from __future__ import annotations

import numpy as np
import pytest
from r_results import design_and_encoding, design_of, new_design

from formix.errors import FormulaError

DATA = {"y": [1.0, 2.0, 4.0], "n": [2.0, 3.0, 4.0], "f": ["a", "b", "a"]}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("y ~ offset(n)", [2, 3, 4]),
        ("y ~ offset(log(n))", np.log([2, 3, 4])),
        ("y ~ offset(n) + offset(n / 2)", [3, 4.5, 6]),
        ("y ~ offset(center(n))", [-1, 0, 1]),
        ("y ~ offset(2)", [2, 2, 2]),
        ("y ~ offset(as.numeric(f == 'a'))", [1, 0, 1]),
    ],
)
def test_values(formula, expected):
    np.testing.assert_allclose(design_of(formula, DATA)["mu"].offset, expected)


@pytest.mark.parametrize("inner", ["f", "poly(n, 2)", "n > 2"])
def test_what_is_no_offset(inner):
    with pytest.raises(FormulaError, match="must be one column of numbers") as caught:
        design_of(f"y ~ offset({inner})", DATA)
    assert caught.value.span.of(caught.value.text) == inner


def test_new_data():
    _, encoding = design_and_encoding("y ~ offset(center(n))", DATA)
    assert new_design("y ~ offset(center(n))", encoding, {"n": [5.0]})["mu"].offset.tolist() == [2]
