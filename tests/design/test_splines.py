"""What holds of the bases for any knots; their numbers are compared with R's elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from formix.design.splines import b_splines, bs, ns

X = np.linspace(-1, 4, 401)
INNER = [0.3, 1.0, 1.0, 2.5]


def sequence(order):
    return np.array([-1.0] * order + INNER + [4.0] * order)


@pytest.mark.parametrize("order", [1, 2, 3, 4, 6])
def test_b_splines_sum_to_one_and_are_local(order):
    basis = b_splines(X, sequence(order), order)
    assert basis.shape == (401, len(INNER) + order)
    assert (basis >= -1e-15).all()
    np.testing.assert_allclose(basis.sum(axis=1), 1, rtol=1e-13)
    assert ((basis > 0).sum(axis=1) <= order).all()


@pytest.mark.parametrize("derivative", [1, 2])
def test_derivatives_are_those_of_differences(derivative):
    points, h = np.array([-0.5, 0.6, 1.7, 3.2]), 1e-5
    knots = sequence(4)
    above = b_splines(points + h, knots, 4, derivative - 1)
    below = b_splines(points - h, knots, 4, derivative - 1)
    exact = b_splines(points, knots, 4, derivative)
    np.testing.assert_allclose(exact, (above - below) / (2 * h), atol=1e-5)


def test_polynomials_go_on_beyond_the_boundary():
    """A cubic is in the span, and stays the same cubic outside."""
    memory = {}
    basis = np.column_stack([np.ones(401), bs(memory, X, knots=[0.5, 2.0]).values])
    cubic = 1 + 2 * X - X**2 + 0.3 * X**3
    beta, *_ = np.linalg.lstsq(basis, cubic, rcond=None)
    outside = np.array([-3.0, -1.5, 5.0, 8.0])
    there = np.column_stack([np.ones(4), bs(memory, outside).values]) @ beta
    expected = 1 + 2 * outside - outside**2 + 0.3 * outside**3
    np.testing.assert_allclose(there, expected, rtol=1e-9)


def test_natural_splines_are_straight_beyond_the_boundary():
    memory = {}
    ns(memory, X, df=4.0)
    for start in (-9.0, 4.0):
        line = ns(memory, start + np.array([0.0, 1.0, 2.0, 5.0])).values
        slope = line[1] - line[0]
        np.testing.assert_allclose(line, line[0] + np.outer([0, 1, 2, 5], slope), atol=1e-9)
    at = np.array([4 - 1e-9, 4 + 1e-9])
    np.testing.assert_allclose(*ns(memory, at).values, atol=1e-7)
