"""The factors that the sites of a result hold."""

from __future__ import annotations

import numpy as np
import pytest

from formix.engines.marginal.stored import root


@pytest.mark.parametrize("size", [1, 2, 4])
def test_factors_are_lower_and_give_the_matrix(size: int):
    wide = np.random.default_rng(size).normal(size=(6, size, size + 1))
    matrices = wide @ np.swapaxes(wide, 1, 2)
    sd = np.sqrt(np.diagonal(matrices, axis1=1, axis2=2))
    matrices /= sd[:, :, None] * sd[:, None, :]
    found = root(matrices)
    np.testing.assert_allclose(found @ np.swapaxes(found, 1, 2), matrices, atol=1e-12)
    np.testing.assert_array_equal(found, np.tril(found))


def test_a_singular_matrix_among_others_has_a_factor_too():
    half = np.array([[1.0, 0.5], [0.5, 1.0]])
    matrices = np.stack([half, np.array([[1.0, -1.0], [-1.0, 1.0]]), half])
    matrices[1, 0, 1] = matrices[1, 1, 0] = -1.0 - 1e-15
    found = root(matrices)
    np.testing.assert_allclose(found @ np.swapaxes(found, 1, 2), matrices, atol=1e-7)
    np.testing.assert_allclose(found[0], np.linalg.cholesky(half))
