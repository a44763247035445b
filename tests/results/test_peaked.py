"""Integrals of densities with one peak, against closed forms and SciPy's quadrature."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate, special

from formix.results.peaked import log_integral

LOG_2PI = np.log(2.0 * np.pi)


def normal(effects):
    return -0.5 * np.sum(np.square(effects) + LOG_2PI, axis=2)


@pytest.mark.parametrize("size", [1, 2])
def test_of_normal_densities_it_is_exact(size: int):
    """A normal likelihood times a normal prior: the integral is a normal density too."""
    generator = np.random.default_rng(3)
    z = generator.normal(size=(4, 3, size))
    y, sigma = 3.0 * generator.normal(size=(4, 3)), np.exp(generator.normal(size=(4, 1)))

    def log_density(effects, some):
        residual = (y[some] - np.sum(z[some] * effects, axis=2)) / sigma[some]
        return normal(effects) - 0.5 * (np.square(residual) + LOG_2PI) - np.log(sigma[some])

    found, _ = log_integral(log_density, 4, 3, size)
    variance = sigma**2 + np.sum(z**2, axis=2)
    expected = -0.5 * (y**2 / variance + np.log(variance) + LOG_2PI)
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("sd", [0.1, 1.0, 30.0])
def test_of_bernoulli_densities_it_is_scipys(sd: float):
    """The farther a logistic curve is stretched, the less like a normal density it is."""
    successes, intercept = np.array([0, 1, 3, 10]), np.array([-8.0, 0.0, 1.0])

    def by_hand(u, k, b):
        eta = b + sd * u
        logs = k * special.log_expit(eta) + (10 - k) * special.log_expit(-eta)
        return np.exp(logs - 0.5 * (u**2 + LOG_2PI))

    def log_density(effects, some):
        eta = intercept[some][:, None] + sd * effects[..., 0]
        logs = successes * special.log_expit(eta) + (10 - successes) * special.log_expit(-eta)
        return normal(effects) + logs

    found, error = log_integral(log_density, 3, 4, 1)
    assert error < 1e-8
    for place, b in enumerate(intercept):
        for level, k in enumerate(successes):
            bend = float(np.clip(-b / sd, -37.0, 37.0))
            ends = sorted({-38.0, bend - 3.0 / sd, bend, bend + 3.0 / sd, -3.0, 3.0, 38.0})
            parts = [
                integrate.quad(by_hand, *pair, (k, b), epsabs=0.0, epsrel=1e-12, limit=300)[0]
                for pair in pairwise(ends)
            ]
            assert found[place, level] == pytest.approx(np.log(sum(parts)), abs=1e-8)


def test_a_density_with_a_kink_is_told_by_how_much_it_may_err():
    """The rule gains few digits by halving, and does not claim more."""

    def log_density(effects, some):
        return normal(effects) - 4.0 * np.abs(effects[..., 0] - 0.3)

    found, error = log_integral(log_density, 1, 1, 1)
    assert error > 1e-7
    left, right = (
        integrate.quad(lambda u: np.exp(-0.5 * (u**2 + LOG_2PI) - 4.0 * abs(u - 0.3)), *ends)[0]
        for ends in ((-12.0, 0.3), (0.3, 12.0))
    )
    assert abs(found[0, 0] - np.log(left + right)) < error
