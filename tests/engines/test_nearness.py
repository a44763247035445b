"""What weights say of an approximation that is known to be near, or far."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from formix.engines.decline import Decline
from formix.engines.nearness import is_near, weighed


def weights(scale: float) -> np.ndarray:
    """Log weights of a standard normal distribution at draws from one of another width."""
    draws = scale * np.random.default_rng(1).normal(size=4000)
    return stats.norm.logpdf(draws) - stats.norm.logpdf(draws, scale=scale)


def test_the_tail_of_weights_is_that_of_the_two_widths():
    """Draws of a narrower one have weights whose tail is k = 1 - scale^2, but for slow factors."""
    for scale, expected in ((0.5, 0.75), (0.8, 0.36)):
        _, said = weighed(weights(scale))
        assert said["k_hat"] == pytest.approx(expected, abs=0.3)
        assert is_near(said) == (said["k_hat"] <= said["max_k_hat"])
    assert is_near(weighed(weights(1.2))[1])
    assert not is_near(weighed(weights(0.2))[1])


def test_the_bound_is_minus_the_divergence():
    """Of normal distributions, in closed form."""
    log_weights = weights(0.8)
    divergence = 0.5 * (0.8**2 - 1.0) - np.log(0.8)
    error = log_weights.std() / np.sqrt(len(log_weights))
    assert weighed(log_weights)[1]["elbo"] == pytest.approx(-divergence, abs=5.0 * error)


def test_equal_weights_are_exact_and_stay_as_they_are():
    smooth, said = weighed(np.full(1000, -3.0))
    np.testing.assert_array_equal(smooth, -3.0)
    assert said["k_hat"] == 0.0
    assert said["importance_ess"] == pytest.approx(1000.0)


def test_draws_without_a_density_have_no_weight():
    log_weights = weights(0.8)
    log_weights[:3] = np.nan, np.inf, -np.inf
    smooth, said = weighed(log_weights)
    assert np.all(smooth[:3] == -np.inf)
    assert said["elbo"] is None
    with pytest.raises(Decline, match="finite at none"):
        weighed(np.full(100, np.nan))
