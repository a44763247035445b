"""Smoothed densities against SciPy's kernels, and laws that they keep."""

import numpy as np
import pytest
from scipy import stats

from formix.plots.smoothing import bandwidth, smoothed

Z = np.random.default_rng(3).gamma(3.0, 2.0, 400)


def test_it_is_scipys_kernel_estimate():
    at = np.linspace(-2.0, 25.0, 200)
    kernel = stats.gaussian_kde(Z, bandwidth(Z) / np.std(Z, ddof=1))
    # A bin of a tenth of the bandwidth rounds by less than a thousandth of the peak.
    np.testing.assert_allclose(smoothed(Z, at), kernel(at), atol=1e-3 * kernel(at).max())


def test_points_that_are_few_or_far_have_the_same_density():
    at = np.array([1.0, 5.0, 6.0])
    fine = smoothed(Z, np.linspace(-2.0, 25.0, 2701))
    np.testing.assert_allclose(smoothed(Z, at), fine[[300, 700, 800]], atol=2e-4)
    assert smoothed(Z, np.array([500.0, 501.0])).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("bounds", [(0.0, np.inf), (-np.inf, 0.0), (0.0, 1.0)])
def test_a_bound_holds_all_of_the_mass(bounds):
    u = np.random.default_rng(1).random(500)
    values = -u if bounds[1] == 0.0 else u
    at = np.linspace(-1.5, 1.5, 3001)
    density = smoothed(values, at, bounds)
    assert np.trapezoid(density, at) == pytest.approx(1.0, abs=5e-3)
    assert not density[(at < bounds[0]) | (at > bounds[1])].any()
    # Uniform numbers do not thin out before the bound: the mirror keeps half a kernel's mass.
    edge = np.argmin(np.abs(at))
    assert density[edge] == pytest.approx(1.0, abs=0.25)


def test_numbers_that_are_all_the_same_or_not_finite():
    at = np.linspace(-1.0, 1.0, 101)
    peak = smoothed(np.zeros(5), at)
    assert np.argmax(peak) == 50
    np.testing.assert_allclose(peak, smoothed(np.array([0.0, np.nan, np.inf, 0.0]), at))


def test_the_bandwidth_is_silvermans():
    spread = np.std(Z, ddof=1)
    middle = stats.iqr(Z) / 1.349
    assert bandwidth(Z) == pytest.approx(0.9 * min(spread, middle) * 400**-0.2)
    # Where half of the numbers are one, the spread of the middle says nothing.
    assert bandwidth(np.array([0.0] * 9 + [1.0])) > 0.0
