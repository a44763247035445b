"""The tail of importance weights: shapes that are known, and bounded weights."""

import numpy as np
import pytest
from scipy import stats

from formix.engines.marginal.pareto import importance_ess, pareto_fit, smoothed


@pytest.mark.parametrize("k", [-0.3, 0.0, 0.3, 0.7, 1.2])
def test_the_shape_of_a_pareto_distribution_is_found(k: float):
    """Its standard error is (1 + k) / sqrt(n): four of them, and the pull to one half."""
    size = 20_000
    excess = np.sort(stats.genpareto(k, scale=3.0).rvs(size, random_state=1))
    shape, scale = pareto_fit(excess)
    assert abs(shape - k) < 4.0 * (1.0 + k) / np.sqrt(size) + 20.0 / size
    assert scale == pytest.approx(3.0, rel=0.05)


def test_weights_of_a_narrow_proposal_have_a_heavy_tail():
    """Exponential target of rate 1, proposal of rate r: weights are Pareto of shape 1 - 1 / r."""
    generator = np.random.default_rng(2)
    for rate, expected in ((1.25, 0.2), (2.5, 0.6), (4.0, 0.75)):
        x = generator.exponential(1.0 / rate, 40_000)
        k = smoothed(-x - (np.log(rate) - rate * x))[1]
        assert abs(k - expected) < 0.15


def test_smoothing_keeps_the_order_and_all_but_the_tail():
    logs = np.random.default_rng(3).normal(0.0, 2.0, 5000)
    again, k = smoothed(logs)
    assert np.isfinite(k)
    np.testing.assert_array_equal(np.argsort(again, kind="stable"), np.argsort(logs, kind="stable"))
    changed = np.abs(again - (logs - logs.max())) > 1e-9
    assert 0 < changed.sum() <= np.ceil(3.0 * np.sqrt(5000))


def test_equal_weights_are_worth_all_draws_and_one_large_weight_one():
    assert importance_ess(np.zeros(50)) == pytest.approx(50.0)
    assert importance_ess(np.array([0.0, -900.0, -900.0])) == pytest.approx(1.0)


def test_weights_that_are_all_equal_have_no_tail_to_fit():
    assert smoothed(np.zeros(100))[1] == np.inf
