"""Truncated distributions: their density and tails against SciPy's, and their draws."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import numpyro.distributions as dist
import pytest
from scipy import stats

from formix.distributions import truncated
from formix.distributions.tails import log_tails

DRAWS = 4000
LEAST = 1e-6
"""The share of seeds at which a test of draws fails for nothing; the seed is fixed."""


@pytest.fixture(autouse=True)
def _double():
    with jax.enable_x64(True):
        yield


@pytest.mark.parametrize(
    ("low", "high"), [(-1.0, 2.0), (-np.inf, 0.5), (25.0, np.inf), (-30.0, -28.0), (3.0, 3.001)]
)
def test_density_and_tails_of_a_truncated_normal(low: float, high: float):
    ours, theirs = (
        truncated(dist.Normal(0.3, 1.0), low, high),
        stats.truncnorm(low - 0.3, high - 0.3, 0.3),
    )
    y = theirs.ppf(np.linspace(0.05, 0.95, 7))
    # SciPy's own normaliser has ten digits where the bounds are a thousandth apart.
    np.testing.assert_allclose(ours.log_prob(y), theirs.logpdf(y), rtol=1e-9, atol=1e-9)
    lower, upper = log_tails(ours, jnp.asarray(y))
    np.testing.assert_allclose(lower, theirs.logcdf(y), rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(upper, theirs.logsf(y), rtol=1e-8, atol=1e-9)


def test_both_bounds_belong_to_counts():
    ours, theirs = truncated(dist.Poisson(3.0), 2.0, 5.0), stats.poisson(3.0)
    y = np.arange(8.0)
    expected = np.where((y >= 2) & (y <= 5), theirs.pmf(y), 0.0) / theirs.pmf([2, 3, 4, 5]).sum()
    np.testing.assert_allclose(np.exp(ours.log_prob(y)), expected, rtol=1e-12)
    lower, upper = log_tails(ours, jnp.asarray(y))
    np.testing.assert_allclose(np.exp(lower), np.cumsum(expected), rtol=1e-12)
    np.testing.assert_allclose(np.exp(upper), 1.0 - np.cumsum(expected), rtol=1e-12, atol=1e-12)


def test_a_bound_that_is_no_whole_number_lies_between_counts():
    inner, outer = truncated(dist.Poisson(3.0), 1.5, 4.5), truncated(dist.Poisson(3.0), 2.0, 4.0)
    y = np.arange(2.0, 5.0)
    np.testing.assert_allclose(inner.log_prob(y), outer.log_prob(y), rtol=1e-14)


def test_beyond_the_bounds_nothing_lies():
    ours = truncated(dist.Gamma(2.0, 1.0), 1.0, 3.0)
    found = np.asarray(ours.log_prob(jnp.array([0.5, 2.0, 3.5])))
    assert np.isneginf(found[[0, 2]]).all()
    assert np.isfinite(found[1])


@pytest.mark.parametrize(
    ("base", "theirs", "low", "high"),
    [
        (dist.Normal(0.0, 1.0), stats.norm(), 0.5, 2.0),
        (dist.Normal(0.0, 1.0), stats.norm(), 20.0, np.inf),
        (dist.Gamma(2.0, 0.5), stats.gamma(2.0, scale=2.0), -np.inf, 3.0),
        (dist.Beta(2.0, 3.0), stats.beta(2.0, 3.0), 0.4, np.inf),
        (dist.StudentT(3.0, 0.0, 1.0), stats.t(3.0), -np.inf, -5.0),
    ],
)
def test_draws_are_of_the_truncated_distribution(base, theirs, low: float, high: float):
    """By the test of Kolmogorov and Smirnov: a false alarm in a million seeds."""
    drawn = np.asarray(truncated(base, low, high).sample(jax.random.key(2), (DRAWS,)))
    assert ((drawn >= low) & (drawn <= high)).all()
    upper = theirs.sf(low) - theirs.sf(high)
    share = (theirs.sf(low) - theirs.sf(drawn)) / upper
    assert stats.kstest(share, "uniform").pvalue > LEAST


def test_draws_of_counts_have_their_probabilities():
    """By the chi-square test: a false alarm in a million seeds."""
    drawn = np.asarray(truncated(dist.Poisson(3.0), 2.0, 6.0).sample(jax.random.key(3), (DRAWS,)))
    assert drawn.dtype.kind == "i"
    counts = np.array([(drawn == k).sum() for k in range(2, 7)])
    assert counts.sum() == DRAWS
    share = stats.poisson(3.0).pmf(np.arange(2, 7))
    assert stats.chisquare(counts, DRAWS * share / share.sum()).pvalue > LEAST


@pytest.mark.parametrize("low", [0.0, -np.inf])
def test_an_end_with_a_probability_belongs_to_its_bounds(low: float):
    """The share of an end is within five standard errors: a false alarm in a million seeds."""
    base, high = dist.HurdleGamma(0.3, 2.0, 1.0), 3.0
    inside = 0.3 + 0.7 * stats.gamma(2.0).cdf(high)
    found = np.exp(truncated(base, low, high).log_prob(np.array([0.0, 1.0])))
    expected = np.array([0.3, 0.7 * stats.gamma(2.0).pdf(1.0)]) / inside
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    drawn = np.asarray(truncated(base, low, high).sample(jax.random.key(5), (DRAWS,)))
    share = 0.3 / inside
    assert abs((drawn == 0.0).mean() - share) <= 5.0 * np.sqrt(share * (1.0 - share) / DRAWS)
    assert drawn[drawn != 0.0].min() > 1e-9


def test_where_the_bounds_hold_no_probability_the_nearer_one_is_drawn():
    base = dist.Normal(jnp.array([0.0, 0.0]), 1.0)
    far = truncated(base, jnp.array([1e200, -2e200]), jnp.array([2e200, -1e200]))
    drawn = np.asarray(far.sample(jax.random.key(4), (3,)))
    np.testing.assert_allclose(drawn, np.broadcast_to([1e200, -1e200], (3, 2)))


def test_its_shape_is_that_of_bounds_and_parameters():
    ours = truncated(dist.Normal(jnp.zeros((4, 1)), 1.0), low=jnp.arange(3.0) - 5.0)
    assert ours.batch_shape == (4, 3)
    assert ours.sample(jax.random.key(0), (2,)).shape == (2, 4, 3)
    assert ours.log_prob(jnp.zeros(3)).shape == (4, 3)
