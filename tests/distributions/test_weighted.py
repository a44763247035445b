"""Rows that count several times."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import numpyro.distributions as dist
from scipy import stats

from formix.distributions import weighted


def test_a_weight_counts_a_row_so_many_times():
    y, weights = np.array([0.0, 1.0, 3.0]), np.array([2.0, 0.0, 0.5])
    with jax.enable_x64(True):
        found = weighted(dist.Normal(1.0, 2.0), weights).log_prob(jnp.asarray(y))
    np.testing.assert_allclose(found, weights * stats.norm(1.0, 2.0).logpdf(y), rtol=1e-14)


def test_draws_have_no_weights():
    base = dist.Normal(jnp.arange(3.0), 1.0)
    drawn = weighted(base, jnp.array([1.0, 0.0, 2.0])).sample(jax.random.key(1), (2,))
    np.testing.assert_array_equal(drawn, base.sample(jax.random.key(1), (2,)))
    assert weighted(dist.Normal(0.0, 1.0), jnp.ones(4)).sample(jax.random.key(1)).shape == (4,)
