"""Dependent columns are those that R's `qr` moves to the end."""

from __future__ import annotations

import numpy as np
import pytest

from formix.design.rank import independent, triangle

GENERATOR = np.random.default_rng(8)
A = GENERATOR.normal(size=(50, 4))
ONE = np.ones((50, 1))


def kept(*columns):
    X = np.column_stack(columns)
    upper = triangle(np.array_split(X, 7), X.shape[1])
    assert independent(upper).tolist() == independent(X).tolist()
    return independent(upper).tolist()


def test_the_latest_dependent_column_goes():
    assert kept(ONE, A) == [True] * 5
    assert kept(A[:, 0], 2 * A[:, 0], A[:, 1]) == [True, False, True]
    assert kept(ONE, A[:, 0], 1 - A[:, 0], A[:, 0] + 3, A[:, 1]) == [True, True, False, False, True]
    assert kept(A[:, :2], A[:, 0] - A[:, 1], ONE) == [True, True, False, True]


def test_zeros_are_dependent_and_scale_does_not_matter():
    assert kept(np.zeros(50), A[:, 0], 3 * ONE, ONE) == [False, True, True, False]
    assert kept(1e-120 * A[:, 0], 1e120 * A[:, 1]) == [True, True]


@pytest.mark.parametrize(("size", "answer"), [(3e-7, True), (3e-8, False)])
def test_the_tolerance_is_rs(size, answer):
    """qr(cbind(a, a + size * b))$rank, with b orthogonal to a and as long."""
    a = A[:, 0] / np.linalg.norm(A[:, 0])
    b = A[:, 1] - a * (a @ A[:, 1])
    b /= np.linalg.norm(b)
    assert kept(a, a + size * b) == [True, answer]


def test_more_columns_than_rows():
    X = GENERATOR.normal(size=(3, 5))
    assert independent(X).tolist() == [True, True, True, False, False]
    assert independent(triangle([X], 5)).tolist() == [True, True, True, False, False]
    assert independent(np.zeros((0, 2))).tolist() == [False, False]
    assert independent(triangle([np.zeros((4, 0))], 0)).tolist() == []


def test_the_span_is_kept():
    for seed in range(20):
        generator = np.random.default_rng(seed)
        rank = int(generator.integers(1, 6))
        X = generator.normal(size=(30, rank)) @ generator.normal(size=(rank, 8))
        keep = np.array(kept(X))
        assert keep.sum() == rank
        beta, *_ = np.linalg.lstsq(X[:, keep], X, rcond=None)
        np.testing.assert_allclose(X[:, keep] @ beta, X, atol=1e-8)
