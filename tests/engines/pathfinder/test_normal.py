"""Normal distributions along a path, against dense matrices and SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from formix.engines.pathfinder.normal import MEMORY, Normal, along


def quadratic(size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the precision and the mean of a normal distribution."""
    generator = np.random.default_rng(seed)
    root = generator.normal(size=(size, size))
    return root @ root.T / size + 0.3 * np.eye(size), generator.normal(size=size)


def wandering(precision: np.ndarray, mean: np.ndarray, steps: int, seed: int):
    """Return points that lead nowhere, and the slopes of the energy there."""
    generator = np.random.default_rng(seed)
    points = np.cumsum(generator.normal(size=(steps + 1, len(mean))), axis=0)
    return points, (points - mean) @ precision


def dense(points: np.ndarray, slopes: np.ndarray) -> np.ndarray:
    """The inverse Hessian by the textbook's recursion, from the diagonal of the last step."""
    size = points.shape[1]
    diagonal = np.ones(size)
    pairs = list(zip(np.diff(points, axis=0), np.diff(slopes, axis=0), strict=True))
    for s, z in pairs:
        # The diagonal of the BFGS update of diag(1 / diagonal), inverted.
        b = np.diag(1.0 / diagonal)
        scaled = b * (z @ (diagonal * z)) / (s @ z)
        updated = scaled - np.outer(scaled @ s, scaled @ s) / (s @ scaled @ s)
        diagonal = 1.0 / np.diag(updated + np.outer(z, z) / (s @ z))
    inverse = np.diag(diagonal)
    for s, z in pairs[-MEMORY:]:
        left = np.eye(size) - np.outer(s, z) / (s @ z)
        inverse = left @ inverse @ left.T + np.outer(s, s) / (s @ z)
    return inverse


def covariance(of: Normal) -> np.ndarray:
    moved = of.draws(np.eye(len(of.mean))) - of.mean
    return moved.T @ moved


@pytest.mark.parametrize(("size", "steps"), [(4, 3), (6, 30), (60, 25)])
def test_the_covariance_is_the_inverse_hessian_of_bfgs(size: int, steps: int):
    precision, mean = quadratic(size, 1)
    points, slopes = wandering(precision, mean, steps, 2)
    *_, last = along(points, slopes)
    assert last is not None
    expected = dense(points, slopes)
    np.testing.assert_allclose(covariance(last), expected, rtol=1e-6, atol=1e-8)
    # Downhill: against the slope of the energy.
    np.testing.assert_allclose(last.mean, points[-1] - expected @ slopes[-1], rtol=1e-6, atol=1e-8)


def test_the_last_change_of_slope_is_explained():
    """The secant equation, of the last step whatever came before."""
    precision, mean = quadratic(30, 3)
    points, slopes = wandering(precision, mean, 40, 4)
    *_, last = along(points, slopes)
    assert last is not None
    change = slopes[-1] - slopes[-2]
    np.testing.assert_allclose(covariance(last) @ change, points[-1] - points[-2], atol=1e-8)


def test_before_any_step_it_is_as_wide_as_the_coordinates():
    precision, mean = quadratic(3, 5)
    points, slopes = wandering(precision, mean, 0, 6)
    (only,) = along(points, slopes)
    assert only is not None
    np.testing.assert_array_equal(covariance(only), np.eye(3))
    np.testing.assert_array_equal(only.mean, points[0] - slopes[0])


def test_a_step_without_curvature_teaches_nothing():
    points = np.array([[0.0, 0.0], [1.0, 0.5], [2.0, 0.0]])
    slopes = np.array([[0.0, 0.0], [2.0, 1.5], [-3.0, 1.5]])
    _, second, third = along(points, slopes)
    assert second is not None
    assert third is not None
    np.testing.assert_allclose(covariance(third), covariance(second))


def test_the_log_density_is_that_of_the_draws():
    precision, mean = quadratic(8, 7)
    points, slopes = wandering(precision, mean, 5, 8)
    *_, last = along(points, slopes)
    assert last is not None
    draws = last.draws(np.random.default_rng(9).normal(size=(20, 8)))
    expected = stats.multivariate_normal(last.mean, covariance(last)).logpdf(draws)
    np.testing.assert_allclose(last.log_density(draws), expected, rtol=1e-9)
