"""The point and its slopes are what SciPy's factors and autodiff through JAX's make of them."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.scipy.linalg import solve_triangular
from scipy import linalg

from formix.engines.options import jitted
from formix.engines.precision import float64
from formix.engines.whitened.dense import placed


def given(size: int, count: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return positive definite matrices, right sides, and standard normals."""
    generator = np.random.default_rng(size)
    root = generator.normal(size=(count, size, 2 * size))
    base = root @ np.swapaxes(root, 1, 2)
    return base, generator.normal(size=(count, size)), generator.normal(size=(count, size))


def plain(base, right, z):
    L = jnp.linalg.cholesky(base)
    first = solve_triangular(L, right, lower=True) + z
    return solve_triangular(L, first, lower=True, trans=1), -jnp.sum(jnp.log(jnp.diagonal(L)))


@pytest.mark.parametrize("size", [1, 2, 7])
def test_the_point_has_the_mean_and_the_root_of_the_precision(size):
    base, right, z = given(size)
    with float64():
        found, log_slope = jax.device_get(jitted(jax.vmap(placed))(base, right, z))
    for A, b, normals, x, less in zip(base, right, z, found, log_slope, strict=True):
        L = linalg.cholesky(A, lower=True)
        expected = linalg.solve(A, b) + linalg.solve_triangular(L.T, normals)
        np.testing.assert_allclose(x, expected, rtol=1e-12)
        np.testing.assert_allclose(less, -0.5 * np.linalg.slogdet(A)[1], rtol=1e-12)


@pytest.mark.parametrize("size", [1, 2, 7])
def test_slopes_are_those_of_autodiff_along_symmetric_changes(size):
    weights = np.random.default_rng(1).normal(size=size)

    def slopes(function):
        def one(base, right, z):
            found, log_slope = function(base, right, z)
            return weights @ jnp.sin(found) + 0.3 * log_slope**2

        return jitted(jax.vmap(jax.grad(one, (0, 1, 2))))(*given(size))

    with float64():
        ours, theirs = jax.device_get((slopes(placed), slopes(plain)))
    np.testing.assert_allclose(both(ours[0]), both(theirs[0]), rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(ours[1], theirs[1], rtol=1e-10)
    np.testing.assert_allclose(ours[2], theirs[2], rtol=1e-10)


def both(slopes: np.ndarray) -> np.ndarray:
    return slopes + np.swapaxes(slopes, 1, 2)
