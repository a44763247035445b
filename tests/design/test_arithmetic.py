"""Rounding is R's."""

from __future__ import annotations

import numpy as np
import pytest
from r_results import design_of

from formix.design.arithmetic import rounded

# round(x, digits) of R 4.2.2
OF_R = [
    (0.15, 1, 0.1), (0.25, 1, 0.2), (0.35, 1, 0.3), (0.45, 1, 0.4), (0.55, 1, 0.6), (0.65, 1, 0.7),
    (1.15, 1, 1.1), (2.675, 2, 2.67), (-2.675, 2, -2.67), (1.005, 2, 1.0), (5.015, 2, 5.02),
    (0.285, 2, 0.28), (2.5, 0, 2.0), (-1.5, 0, -2.0), (150.0, -2, 200.0), (250.0, -2, 200.0),
    (-45.0, -1, -40.0), (5.0, -1, 0.0), (1234.0, -5, 0.0), (1e16, 2, 1e16),
    (0.1 + 0.2, 17, 0.1 + 0.2),
    (0.1 + 0.2, 15, 0.3), (7.0, 400, 7.0), (7.0, -400, 0.0), (0.15, 0.6, 0.1),
]  # fmt: skip


@pytest.mark.parametrize(("x", "digits", "expected"), OF_R)
def test_round(x, digits, expected):
    assert rounded(x, float(digits)) == expected
    np.testing.assert_array_equal(rounded(np.array([x, -x]), float(digits)), [expected, -expected])


def test_round_keeps_what_is_not_finite():
    with np.errstate(all="ignore"):
        found = rounded(np.array([np.nan, np.inf, -np.inf, 0.0]), 2.0)
    np.testing.assert_array_equal(found, [np.nan, np.inf, -np.inf, 0.0])


def test_round_of_a_number_in_a_formula():
    data = {"y": [1.0, 2.0, 4.0], "x": [0.15, 2.675, 1.005]}
    X = design_of("y ~ I(round(x, 1) * round(2.675, 2))", data).X
    np.testing.assert_array_equal(X[:, 1], np.array([0.1, 2.7, 1.0]) * 2.67)
