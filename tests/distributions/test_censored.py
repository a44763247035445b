"""Censored rows against SciPy's tails."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import numpyro.distributions as dist
import pytest
from scipy import stats

from formix.distributions import censored, truncated

STATUS = np.array([-1.0, 0.0, 1.0, 2.0])


@pytest.fixture(autouse=True)
def _double():
    with jax.enable_x64(True):
        yield


def test_each_row_has_what_is_known_of_it():
    y, upper = np.array([0.5, 1.0, 2.0, -1.0]), np.array([9.0, np.nan, -3.0, 0.5])
    found = censored(dist.Normal(0.2, 1.5), STATUS, upper).log_prob(jnp.asarray(y))
    theirs = stats.norm(0.2, 1.5)
    expected = [
        theirs.logcdf(0.5),
        theirs.logpdf(1.0),
        theirs.logsf(2.0),
        np.log(theirs.cdf(0.5) - theirs.cdf(-1.0)),
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-13)


def test_a_count_is_at_most_above_and_between_as_said():
    """At most y; above y; above y and at most the upper end."""
    y = np.full(4, 2.0)
    found = np.exp(censored(dist.Poisson(3.0), STATUS, 4.0).log_prob(jnp.asarray(y)))
    pmf = stats.poisson(3.0).pmf(np.arange(5))
    expected = [pmf[:3].sum(), pmf[2], 1.0 - pmf[:3].sum(), pmf[3:].sum()]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("far", [10.0, 30.0, 1e3])
def test_far_out_rows_keep_their_digits_and_gradients(far: float):
    def density(mu, status):
        return censored(dist.Normal(mu, 1.0), status, 2.0 * far).log_prob(far)

    for status in (1.0, 2.0):
        found = density(0.0, status)
        assert float(found) == pytest.approx(stats.norm.logsf(far), rel=1e-9)
        # The derivative of the log survival is the inverse of Mills's ratio.
        slope = np.exp(stats.norm.logpdf(far) - stats.norm.logsf(far))
        assert float(jax.grad(density)(0.0, status)) == pytest.approx(slope, rel=1e-6)


def test_of_a_truncated_response_no_more_is_censored_than_its_bounds_hold():
    base = truncated(dist.Normal(0.0, 1.0), -1.0, 2.0)
    found = censored(base, STATUS, 5.0).log_prob(jnp.full(4, 0.5))
    theirs = stats.truncnorm(-1.0, 2.0)
    expected = [theirs.logcdf(0.5), theirs.logpdf(0.5), theirs.logsf(0.5), theirs.logsf(0.5)]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_draws_are_not_censored():
    status = jnp.asarray(STATUS)
    base = dist.Normal(jnp.arange(4.0), 1.0)
    drawn = censored(base, status).sample(jax.random.key(1), (3,))
    np.testing.assert_array_equal(drawn, base.sample(jax.random.key(1), (3,)))
